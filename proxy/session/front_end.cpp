#include "proxy/session/front_end.hpp"

#include "proxy/http/field_line.hpp"
#include "proxy/http/hop_by_hop.hpp"
#include "proxy/report/event.hpp"
#include "proxy/report/route_shape.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/simulation.hpp"
#include "proxy/settings/own_host.hpp"
#include "rules/keyed_hash.hpp"
#include "rules/local_cookie.hpp"

namespace whogoes::session {
namespace {

using http::FieldName;
using http::same_word;

constexpr std::size_t longest_description = 200;

// Who calls from another origin and may read the answer with our help.
struct Caller {
    std::string_view origin;  // empty: the same origin, no browser, or no CORS request
    bool foreign = false;     // of the open web: it gets no help to what runs on this machine
    bool helped() const { return !origin.empty() && !foreign; }
};

Caller caller_of(const Exchange& exchange) {
    const http::RequestHead& request = exchange.request();
    Caller caller;
    const std::string_view origin = request.value(FieldName::origin);
    const std::string_view mode = request.value(FieldName::sec_fetch_mode);
    // Script hears of a WebSocket's refusal by no header (WHATWG WebSockets, establish).
    if (origin.empty() || (!mode.empty() && !same_word(mode, "cors")) ||
        same_word(request.value(FieldName::upgrade), "websocket") ||
        same_word(origin, client_origin(exchange)) ||
        same_word(request.value_named("Sec-Fetch-Site"), "same-origin"))
        return caller;
    caller.origin = origin;
    // A name that was pointed at this machine from outside is no way in either.
    // Near is enough for an answer: localhost and 127.0.0.1 are two sites to a browser.
    caller.foreign = request.count(FieldName::origin) != 1 ||
                     !settings::is_near_origin(*exchange.settings, origin) ||
                     !settings::is_own_host(*exchange.settings, request.value(FieldName::host));
    return caller;
}

bool is_told_anyway(int status) { return status == 401 || status == 403; }

// A refusal is recorded anyway, and its record tells what was done. Whatever else a page asks for
// is told of once a route.
void tell(Exchange& exchange, std::string words) {
    const bool recorded = exchange.event && exchange.event->diagnosis.main;  // a call's refusal
    if (!is_told_anyway(exchange.status) && !recorded) {
        std::string route(exchange.request().method());
        report::append_route_shape(route += ' ', exchange.request().path());
        observe::History& history = exchange.worker.observer.history;
        const std::uint64_t key = rules::brief_hash(history.hash_key(), route);
        if (!history.is_news(rules::brief_hash(key, words))) {
            if (exchange.event) exchange.event->cors_told = true;
            return;
        }
        words += " (said once for " + route + ")";
    }
    exchange.changes.push_back(std::move(words));
}

bool names(const http::Head& head, FieldName field, std::string_view name) {
    for (const http::FieldLine& line : head.fields) {
        if (line.name != field) continue;
        const std::string_view list = head.value_of(line);
        if (http::is_listed(name, list) || http::is_listed("*", list)) return true;
    }
    return false;
}

void append_origin(std::string& lines, std::string_view origin) {
    http::append_field(lines, "Access-Control-Allow-Origin", origin);
    http::append_field(lines, "Access-Control-Allow-Credentials", "true");
}

// What script of another origin could not read of this answer without leave.
std::string hidden_fields(const Exchange& exchange, std::string_view ours) {
    const http::ResponseHead& answer = exchange.answer();
    std::string hidden;
    const auto add = [&](std::string_view name) {
        if (names(answer, FieldName::access_control_expose_headers, name)) return;
        hidden.append(hidden.empty() ? "" : ", ").append(name);
    };
    const bool challenged = ours.find("WWW-Authenticate: ") != std::string_view::npos ||
                            answer.find(FieldName::www_authenticate) != nullptr;
    if (challenged && ours.find("Access-Control-Expose-Headers: ") == std::string_view::npos)
        add("WWW-Authenticate");
    // A gRPC-Web answer of trailers alone has its status in the head.
    for (const std::string_view name : {"grpc-status", "grpc-message", "grpc-status-details-bin"})
        if (!answer.value_named(name).empty()) add(name);
    return hidden;
}

// A browser sends a cookie across origins only where the page asked for credentials; without this
// word it keeps the answer from the page.
void allow_credentials(Exchange& exchange, const Caller& caller, std::string& lines) {
    const http::ResponseHead& answer = exchange.answer();
    if (exchange.request().value(FieldName::cookie).empty() ||
        answer.value(FieldName::access_control_allow_origin) != caller.origin ||
        !answer.value_named("Access-Control-Allow-Credentials").empty())
        return;
    http::append_field(lines, "Access-Control-Allow-Credentials", "true");
    tell(exchange, "Access-Control-Allow-Credentials was added for " + std::string(caller.origin) +
                       ", which sent a cookie: production will show a network error");
}

void add_cors(Exchange& exchange, const Caller& caller, std::string& lines) {
    const http::ResponseHead& answer = exchange.answer();
    const std::string hidden = hidden_fields(exchange, lines);
    const std::string origin(caller.origin);
    if (answer.find(FieldName::access_control_allow_origin)) {
        allow_credentials(exchange, caller, lines);
        if (hidden.empty()) return;
        http::append_field(lines, "Access-Control-Expose-Headers", hidden);
        tell(exchange, hidden == "WWW-Authenticate"
                           ? "the challenge was exposed to " + origin +
                                 ": production will hide it from the page"
                           : hidden + " were exposed to " + origin +
                                 ": production will hide them from the page");
        return;
    }
    if (answer.value_named("Access-Control-Allow-Credentials").empty()) {
        append_origin(lines, origin);
    } else {
        http::append_field(lines, "Access-Control-Allow-Origin", origin);
    }
    if (!names(answer, FieldName::vary, "Origin")) lines += "Vary: Origin\r\n";
    if (!hidden.empty()) http::append_field(lines, "Access-Control-Expose-Headers", hidden);
    tell(exchange, "CORS was added for " + origin + ": production will show a network error");
}

void refuse_cors(Exchange& exchange, const Caller& caller) {
    if (exchange.answer().find(FieldName::access_control_allow_origin)) return;
    // Without the browser's word a success may well be for a page of the same origin, by way of a
    // development server that writes Host anew.
    const std::string_view site = exchange.request().value_named("Sec-Fetch-Site");
    if (!is_told_anyway(exchange.status) && !same_word(site, "cross-site") &&
        !same_word(site, "same-site"))
        return;
    tell(exchange, "no CORS was added for " + std::string(caller.origin) +
                       ": it, or the Host it asked for, is not of this machine; host_names may "
                       "name it");
}

// A header of ours must not make a preflight fail that passed without it.
void allow_own_fields(const Exchange& exchange, std::string& lines) {
    const http::RequestHead& request = exchange.request();
    if (!request.is_preflight() || exchange.status >= 300) return;
    for (const std::string_view own : {std::string_view("Prefer"), simulate_field}) {
        if (!http::is_listed(own, request.value_named("Access-Control-Request-Headers"))) continue;
        bool allowed = false;
        for (const http::FieldLine& line : exchange.answer().fields)
            if (same_word(exchange.answer().name_of(line), "Access-Control-Allow-Headers"))
                allowed = allowed || http::is_listed(own, exchange.answer().value_of(line));
        if (!allowed) http::append_field(lines, "Access-Control-Allow-Headers", own);
    }
}

// All Set-Cookie lines are written anew where one of them changes, so that their order stays.
void localize_cookies(Exchange& exchange, std::string& lines, std::string& cut) {
    const http::ResponseHead& answer = exchange.answer();
    const std::string origin = client_origin(exchange);
    const rules::CookieOrigin here = rules::cookie_origin(origin);
    const bool cross_site =
        same_word(exchange.request().value_named("Sec-Fetch-Site"), "cross-site");
    std::string cookies;
    bool changed = false;
    for (const http::FieldLine& line : answer.fields) {
        if (line.name != FieldName::set_cookie) continue;
        const auto local = rules::localized(answer.value_of(line), here, cross_site);
        if (local) exchange.changes.push_back(local->words);
        changed = changed || local;
        http::append_field(cookies, "Set-Cookie",
                           local ? std::string_view(local->value) : answer.value_of(line));
    }
    if (!changed) return;
    lines += cookies;
    cut += cut.empty() ? "set-cookie" : ",set-cookie";
}

// Server-Timing's description is a quoted string (RFC 9110, 5.6.4); nothing in it needs a
// backslash.
std::string quotable(std::string_view text) {
    std::string result;
    for (const char c : text.substr(0, longest_description))
        if (c >= ' ' && c <= '~' && c != '"' && c != '\\') result += c;
    return result;
}

}  // namespace

void help_front_end(Exchange& exchange, std::string& lines, std::string& cut) {
    const Caller caller = caller_of(exchange);
    const bool preflight = exchange.request().is_preflight();
    if (caller.helped() && preflight) allow_own_fields(exchange, lines);
    if (caller.helped() && !preflight && exchange.status != 101) add_cors(exchange, caller, lines);
    if (caller.foreign) refuse_cors(exchange, caller);
    localize_cookies(exchange, lines, cut);
    if (exchange.event && exchange.event->diagnosis.main)
        lines += timing_lines(exchange, report::reason(exchange.event->diagnosis,
                                                       exchange.event->exchange.response.status));
}

std::string cors_lines(const Exchange& exchange, std::string_view exposed) {
    const Caller caller = caller_of(exchange);
    if (!caller.helped()) return {};
    std::string lines;
    append_origin(lines, caller.origin);
    lines += "Vary: Origin\r\n";
    http::append_field(lines, "Access-Control-Expose-Headers", exposed);
    return lines;
}

std::string timing_lines(const Exchange& exchange, std::string_view reason) {
    const Caller caller = caller_of(exchange);
    std::string lines;
    http::append_field(lines, "Server-Timing", "auth;desc=\"" + quotable(reason) + "\"");
    const bool answered = exchange.answered != net::Clock::time_point{};
    // The same origin needs no leave, and without an Origin it is not known whose page asks.
    if (!caller.helped() ||
        (answered && !exchange.answer().value_named("Timing-Allow-Origin").empty()))
        return lines;
    http::append_field(lines, "Timing-Allow-Origin", caller.origin);
    return lines;
}

bool takes_preflight(const Exchange& exchange) {
    const http::RequestHead& request = exchange.request();
    if (!request.is_preflight()) return false;
    const int status = exchange.answer().status;
    const bool allowed = status >= 200 && status < 300 &&
                         exchange.answer().find(FieldName::access_control_allow_origin) != nullptr;
    // A gateway's error tells of an API that is down, which is what the page shall see.
    const bool broken = status >= 500 && status != 501;
    return !allowed && !broken && status != 101 && caller_of(exchange).helped();
}

net::Task<bool> answer_preflight(Exchange& exchange) {
    const http::RequestHead& request = exchange.request();
    const std::string origin(caller_of(exchange).origin);
    const bool keep = may_keep_after_own_answer(exchange);
    std::string text = "HTTP/1.1 204 No Content\r\n";
    http::append_field(text, "Date", exchange.worker.http_date());
    append_origin(text, origin);
    http::append_field(text, "Access-Control-Allow-Methods",
                       request.value(FieldName::access_control_request_method));
    const std::string_view headers = request.value_named("Access-Control-Request-Headers");
    if (!headers.empty()) http::append_field(text, "Access-Control-Allow-Headers", headers);
    text += "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n";
    if (!keep) text += "Connection: close\r\n";
    text += "\r\n";
    exchange.changes.push_back("the preflight of " + origin + " was answered 204 in place of " +
                               std::to_string(exchange.answer().status) +
                               ": production will show a network error");
    exchange.status = 204;
    exchange.keep_alive = keep;
    const bool kept = co_await send_own_answer(exchange, std::move(text), true);
    co_return kept;
}

}  // namespace whogoes::session
