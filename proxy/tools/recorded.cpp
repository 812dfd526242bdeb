#include "proxy/tools/recorded.hpp"

#include "proxy/http/coding.hpp"
#include "proxy/http/field_line.hpp"
#include "proxy/http/rpc_end.hpp"
#include "rules/http_date.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::tools {
namespace {

std::string_view value_of(const std::vector<NameValue>& fields, std::string_view wanted) {
    for (const auto& [name, value] : fields)
        if (rules::iequals(name, wanted)) return value;
    return {};
}

}  // namespace

rules::Exchange Recorded::exchange(rules::TimePoint now, const Knowledge& known) const {
    rules::Exchange exchange;
    exchange.request.method = method;
    exchange.request.target = target;
    const auto mark = target.find('?');
    exchange.request.path = std::string_view(target).substr(0, mark);
    if (mark != std::string::npos)
        exchange.request.query = std::string_view(target).substr(mark + 1);
    exchange.request.form_body = form_body;
    exchange.request.other_body = other_body;
    if (other_body.starts_with('{') || other_body.starts_with('['))
        exchange.request.json_body = other_body;
    exchange.request_seen = request_known;
    exchange.request.client = "recording";
    for (const auto& [name, value] : request_fields) exchange.request.fields.add(name, value);
    exchange.response.status = status;
    exchange.response.reason = reason;
    for (const auto& [name, value] : response_fields) exchange.response.fields.add(name, value);
    for (const auto& [name, value] : trailers) exchange.response.trailers.add(name, value);
    exchange.response.body = body;
    exchange.response.body_evidence = body_evidence;
    exchange.place.client_scheme = origin.substr(0, origin.find(':'));
    exchange.place.client_origin = exchange.place.upstream_origin = origin;
    exchange.answered_at = now;
    if (answered_at) {
        exchange.answered_at = *answered_at;
    } else if (const auto date = exchange.response.fields.first("date")) {
        // A recording may be old: its own clock says how old its tokens were.
        exchange.answered_at = rules::parse_http_date(*date, now).value_or(now);
    }
    exchange.expected = &known.expected;
    exchange.keys = known.keys;
    exchange.dialects = known.dialects;
    exchange.read();
    return exchange;
}

void Recorded::keep_body(std::string_view whole, std::size_t most) {
    body = whole.substr(0, most);
    body_evidence = whole.size() > most ? rules::BodyEvidence::partial : rules::BodyEvidence::whole;
    if (status >= 200 && status < 300 && is_call()) keep_end(whole);
}

bool Recorded::is_call() const {
    return http::rpc_framing(value_of(response_fields, "content-type")) != http::RpcFraming::none;
}

// What stands behind the messages of a call, wherever a recording has it.
void Recorded::keep_end(std::string_view whole) {
    const auto add = [this](std::string_view name, std::string_view value) {
        trailers.emplace_back(name, value);
    };
    const http::RpcFraming framing = http::rpc_framing(value_of(response_fields, "content-type"));
    if (framing == http::RpcFraming::trailers) {
        // curl prints HTTP's trailers right behind the body.
        const std::size_t lines = std::min(whole.find("grpc-status:"), whole.find("grpc-message:"));
        if (lines != std::string_view::npos) http::each_trailer(whole.substr(lines), add);
        return;
    }
    http::RpcEnd end(framing);
    end.take(whole);
    if (!end.ended()) return;
    const bool connect = framing == http::RpcFraming::connect;
    std::string text(end.text());
    if (end.compressed())
        text = http::decoded(value_of(response_fields,
                                      connect ? "connect-content-encoding" : "grpc-encoding"),
                             text, http::RpcEnd::longest)
                   .value_or(std::string());
    if (!connect) return http::each_trailer(text, add);
    body = std::move(text);
    body_evidence = rules::BodyEvidence::whole;
}

std::optional<SplitUrl> split_url(std::string_view url) {
    if (!http::is_field_value(url)) return std::nullopt;  // it goes into heads and lines
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return std::nullopt;
    const std::string scheme = rules::lowered(url.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return std::nullopt;
    const std::string_view rest = url.substr(scheme_end + 3);
    const auto end = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view authority = rest.substr(0, end);
    // User name and password are no part of an origin, and nothing to show.
    if (const auto at = authority.rfind('@'); at != std::string_view::npos)
        authority.remove_prefix(at + 1);
    if (authority.empty()) return std::nullopt;
    std::string_view target = rest.substr(end, rest.find('#') - end);
    std::string whole(target);
    if (!whole.starts_with('/')) whole.insert(0, "/");
    return SplitUrl{scheme + "://" + rules::lowered(authority), std::move(whole)};
}

}  // namespace whogoes::tools
