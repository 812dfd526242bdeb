#include "proxy/session/login.hpp"

#include "proxy/http/coding.hpp"
#include "proxy/http/content_type.hpp"
#include "proxy/http/path_pattern.hpp"
#include "proxy/renew/token_answer.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/settings/own_host.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::session {
namespace {

bool logs_in(const settings::RefreshSettings& block, std::string_view path) {
    return std::any_of(
        block.login_paths.begin(), block.login_paths.end(),
        [&](const std::string& pattern) { return http::path_matches(pattern, path); });
}

// The block of any place that names this path: a login has a route of its own more often than not.
std::shared_ptr<const settings::RefreshSettings> block_for(const settings::Settings& settings,
                                                           std::string_view path) {
    for (const settings::Route& route : settings.routes)
        if (route.treatment.refresh && logs_in(*route.treatment.refresh, path))
            return route.treatment.refresh;
    const auto& block = settings.treatment.refresh;
    return block && logs_in(*block, path) ? block : nullptr;
}

}  // namespace

Login::~Login() { net::wipe(body); }

void expect_tokens(Exchange& exchange) {
    if (!exchange.settings->sees_logins || exchange.method != net::Method::post) return;
    const http::ResponseHead& answer = exchange.answer();
    if (answer.status != 200 && answer.status != 201) return;
    if (answer.framing == http::Framing::length && answer.content_length > login_octets) return;
    if (http::is_event_stream(answer)) return;
    // Whoever makes a browser log in to an account of its own would have the next request go out as
    // that account.
    if (!settings::why_not_trusted(*exchange.settings, exchange.request()).empty()) return;
    auto block = block_for(*exchange.settings, exchange.request().path());
    if (!block) return;
    exchange.login = std::make_unique<Login>();
    exchange.login->block = std::move(block);
    // So that no copy of what is kept stays behind where it grew.
    exchange.login->body.reserve(login_octets);
    exchange.login->coding = answer.value(http::FieldName::content_encoding);
}

void take_tokens(Exchange& exchange) {
    const std::unique_ptr<Login> login = std::exchange(exchange.login, nullptr);
    upstream::Fetched fetched;
    fetched.status = 200;
    if (login->coding.empty() || login->coding == "identity")
        fetched.body = login->body;
    else if (auto text = http::decoded(login->coding, login->body, login_octets))
        fetched.body = std::move(*text);
    // Wipes the body.
    renew::TokenAnswer answer =
        renew::read_token_answer(fetched, login->block->grant, exchange.worker.observer.clock());
    if (answer.kind != renew::TokenAnswer::Kind::renewed || answer.refresh_token.empty()) return;
    exchange.worker.tokens->logged_in(login->block, std::move(answer));
}

}  // namespace whogoes::session
