#include "proxy/session/simulation.hpp"

#include "proxy/http/field_line.hpp"
#include "proxy/observe/evidence.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/front_end.hpp"
#include "proxy/session/refused_call.hpp"
#include "proxy/session/sighting.hpp"
#include "rules/simulation.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::session {
namespace {

constexpr std::size_t most_simulations = 16;

// RFC 7240, 2: name=value, the value a token or a quoted string, parameters behind ";".
std::string_view preferred(std::string_view preference) {
    const std::size_t equals = preference.find('=');
    if (equals == std::string_view::npos ||
        !http::same_word(http::trimmed(preference.substr(0, equals)), "whogoes"))
        return {};
    std::string_view value = preference.substr(equals + 1);
    value = http::trimmed(value.substr(0, value.find(';')));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    return value;
}

// What the request itself asks for; empty: nothing.
std::string_view asked_in_metadata(const http::RequestHead& request) {
    return request.value_named(simulate_field);
}

std::string_view asked_by_preference(const http::RequestHead& request) {
    std::string_view asked;
    for (const http::FieldLine& line : request.fields) {
        if (line.name != http::FieldName::prefer) continue;
        http::each_element(request.value_of(line), [&](std::string_view element) {
            if (const std::string_view value = preferred(element); !value.empty()) asked = value;
        });
    }
    return asked;
}

}  // namespace

bool Simulations::add(Simulation simulation) {
    const std::lock_guard lock(mutex_);
    std::erase_if(running_, [&](const Simulation& one) {
        return one.match.method == simulation.match.method &&
               one.match.pattern == simulation.match.pattern;
    });
    if (running_.size() >= most_simulations) return false;
    running_.push_back(std::move(simulation));
    any_.store(true, std::memory_order_relaxed);
    return true;
}

void Simulations::clear() {
    const std::lock_guard lock(mutex_);
    running_.clear();
    any_.store(false, std::memory_order_relaxed);
}

const rules::Cause* Simulations::cause_for(std::string_view method, std::string_view path,
                                           rules::TimePoint now) {
    if (!any_.load(std::memory_order_relaxed)) return nullptr;
    const std::lock_guard lock(mutex_);
    std::erase_if(running_, [now](const Simulation& one) { return one.until <= now; });
    any_.store(!running_.empty(), std::memory_order_relaxed);
    for (auto one = running_.rbegin(); one != running_.rend(); ++one)
        if (one->match.matches(method, path)) return one->cause;
    return nullptr;
}

const rules::Cause* asked_refusal(Exchange& exchange) {
    const http::RequestHead& request = exchange.request();
    std::string_view asked = asked_by_preference(request), by = "Prefer: whogoes=";
    if (asked.empty()) asked = asked_in_metadata(request), by = simulate_field;
    const rules::Cause* cause = asked.empty() ? nullptr : rules::find_cause(asked);
    if (!asked.empty() && cause == nullptr)
        exchange.changes.emplace_back(by).append(
            " names no cause, so the request went to the API; `whogoes causes` lists them");
    if (cause == nullptr && exchange.worker.simulations != nullptr)
        cause = exchange.worker.simulations->cause_for(request.method(), request.path(),
                                                       exchange.worker.observer.clock());
    if (cause == nullptr) return nullptr;
    // A preflight that is refused hides the refusal that was asked for, unless it is the one.
    const bool about_preflights = cause->has(rules::Trait::of_preflight);
    return request.is_preflight() == about_preflights ? cause : nullptr;
}

namespace {

RefusedCall call_of(Exchange& exchange, const rules::Cause& cause) {
    rules::Request request;
    observe::fill_request(sighting(exchange), request);
    RefusedCall call;
    call.system = rules::rpc_system_of(request, {});
    call.type = exchange.request().value(http::FieldName::content_type);
    call.code = rules::simulated_rpc_code(cause);
    return call;
}

}  // namespace

net::Task<bool> refuse(Exchange& exchange, const rules::Cause& cause) {
    const bool asked = http::same_word(asked_by_preference(exchange.request()), cause.id);
    RefusedCall call = call_of(exchange, cause);
    exchange.status = call ? call.http_status() : rules::simulated_status(cause);
    const std::string message = "simulated: " + std::string(cause.summary) + " (" +
                                std::string(cause.id) + "); the API was not asked";
    exchange.changes.push_back("this refusal is simulated: the API was not asked");
    observe::simulated(exchange.worker.observer, sighting(exchange), cause);

    const bool keep = may_keep_after_own_answer(exchange);
    std::string lines;
    for (const std::string& challenge : exchange.event->remedy.challenges)
        http::append_field(lines, "WWW-Authenticate", challenge);
    lines += rules::simulated_lines(cause);
    lines += timing_lines(exchange, cause.summary);
    // A refused preflight is one without CORS.
    if (!cause.has(rules::Trait::of_preflight))
        lines += cors_lines(exchange, call ? call.exposed() : "WWW-Authenticate");
    if (asked)  // RFC 7240, 3
        http::append_field(lines, "Preference-Applied", "whogoes=" + std::string(cause.id));
    call.message = message;
    std::string text;
    if (call)
        text = render(call, lines, exchange.worker.http_date(), !keep);
    else
        text = render_own_answer(exchange, message, lines, keep);
    observe::conclude(exchange.worker.observer, sighting(exchange));
    const bool kept = co_await send_own_answer(exchange, std::move(text), keep);
    co_return kept;
}

}  // namespace whogoes::session
