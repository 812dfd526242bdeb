#include "proxy/report/admin_router.hpp"

#include "proxy/net/address.hpp"
#include "proxy/report/escape.hpp"
#include "proxy/report/page_files.hpp"
#include "proxy/report/simulation_wish.hpp"
#include "rules/credentials.hpp"
#include "rules/text.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/status.hpp>
#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace whogoes::report {
namespace {

using rules::npos;

struct Route {
    std::string_view method;  // GET answers HEAD, too
    std::string_view path;
    bool open;  // no token
    AdminReply (*reply)(const AdminQuestion&, const AdminSources&);
};

AdminReply live(const AdminQuestion&, const AdminSources&) {
    AdminReply reply;
    reply.body = "alive\n";
    return reply;
}

AdminReply ready(const AdminQuestion&, const AdminSources& sources) {
    AdminReply reply;
    const bool yes = sources.ready && sources.ready();
    reply.status = yes ? 200 : 503;
    reply.body = yes ? "ready\n" : "not ready\n";
    return reply;
}

AdminReply metrics(const AdminQuestion&, const AdminSources& sources) {
    AdminReply reply;
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    if (sources.metrics) reply.body = sources.metrics();
    return reply;
}

AdminReply reload(const AdminQuestion&, const AdminSources& sources) {
    if (!sources.reload) return admin_error(501, "this process has nothing to reload");
    const std::string error = sources.reload();
    if (!error.empty()) return admin_error(422, error);
    AdminReply reply;
    reply.content_type = "application/json";
    reply.body = "{\"reloaded\":true}\n";
    return reply;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
    const std::size_t mark = target.find('?');
    return mark == npos ? std::string_view() : target.substr(mark + 1);
}

AdminReply page_file(const AdminQuestion& question, const AdminSources&) {
    const PageFile* const file = find_page_file(path_of(question.target));
    if (file == nullptr) return admin_error(404, "the admin listener has no such path");
    AdminReply reply;
    reply.content_type = file->content_type;
    reply.body = file->text;
    return reply;
}

// Each kind of answer about events: what makes its body, and what it is.
AdminReply about_events(const AdminQuestion& question, const AdminSources& sources,
                        std::string (*body)(const EventQuery&, const ReviewSources&),
                        std::string_view content_type) {
    if (sources.review.kept == nullptr) return admin_error(501, "no events are kept");
    const EventQuery query = parse_event_query(query_of(question.target), sources.review);
    if (!query.flaw.empty()) return admin_error(400, query.flaw);
    AdminReply reply;
    reply.content_type = content_type;
    if (body == events_json && query.format != "json") {
        reply.content_type = query.format == "markdown" ? "text/markdown; charset=utf-8"
                                                        : "text/plain; charset=utf-8";
        body = events_text;
    }
    reply.body = body(query, sources.review);
    return reply;
}

AdminReply events(const AdminQuestion& question, const AdminSources& sources) {
    return about_events(question, sources, events_json, "application/json");
}

AdminReply summary(const AdminQuestion& question, const AdminSources& sources) {
    return about_events(question, sources, summary_json, "application/json");
}

AdminReply causes(const AdminQuestion&, const AdminSources&) {
    AdminReply reply;
    reply.content_type = "application/json";
    reply.body = vocabulary_json();
    return reply;
}

AdminReply export_har(const AdminQuestion& question, const AdminSources& sources) {
    AdminReply reply = about_events(question, sources, events_har, "application/json");
    if (reply.status == 200) reply.file_name = "whogoes.har";
    return reply;
}

AdminReply export_jsonl(const AdminQuestion& question, const AdminSources& sources) {
    AdminReply reply = about_events(question, sources, events_jsonl, "application/jsonl");
    if (reply.status == 200) reply.file_name = "whogoes.jsonl";
    return reply;
}

// Behind the event that the reader saw last; else behind now, or `limit` events before it.
AdminReply stream(const AdminQuestion& question, const AdminSources& sources) {
    const ReviewSources& review = sources.review;
    if (review.kept == nullptr) return admin_error(501, "no events are kept");
    EventQuery query = parse_event_query(query_of(question.target), review);
    if (!query.flaw.empty()) return admin_error(400, query.flaw);
    StreamStart start;
    start.after = review.kept->newest();
    if (!question.last_event_id.empty()) {
        start.after = position_in(review, question.last_event_id);
    } else if (!query.after.empty()) {
        start.after = position_in(review, query.after);
    } else if (query.limit > 0) {
        const auto wanted = wanted_events(query, review);
        if (!wanted.empty()) start.after = wanted.front().sequence - 1;
    }
    start.filter = std::move(query.filter);
    AdminReply reply;
    reply.content_type = "text/event-stream";
    reply.stream = std::move(start);
    return reply;
}

AdminReply simulate(const AdminQuestion& question, const AdminSources& sources) {
    if (!sources.simulate) return admin_error(501, "this process simulates nothing");
    const SimulationOutcome outcome =
        sources.simulate(wish_in(query_of(question.target), question.body));
    if (outcome.status != 200) return admin_error(outcome.status, outcome.words);
    AdminReply reply;
    reply.content_type = "application/json";
    reply.body = "{\"message\":";
    append_json(reply.body, outcome.words);
    reply.body += "}\n";
    return reply;
}

AdminReply agent_reply(AgentReply&& given) {
    AdminReply reply;
    reply.status = given.status;
    reply.content_type = given.body.empty() ? "" : "application/json";
    reply.body = std::move(given.body);
    if (given.later)
        reply.later = [later = std::move(given.later)](const std::atomic<bool>& abandoned) {
            return agent_reply(later(abandoned));
        };
    return reply;
}

// Streamable HTTP of MCP without sessions and without a stream: each request has its answer.
AdminReply agents(const AdminQuestion& question, const AdminSources& sources) {
    if (!sources.agents) return admin_error(501, "this process has no MCP server");
    const std::string_view type = question.content_type.substr(0, question.content_type.find(';'));
    if (!rules::iequals(rules::trim(type), "application/json"))
        return admin_error(415, "an MCP message is application/json");
    return agent_reply(
        sources.agents({std::string(question.body), std::string(question.mcp_version),
                        std::string(question.mcp_method), std::string(question.mcp_name)}));
}

AdminReply about(const AdminQuestion&, const AdminSources& sources) {
    AdminReply reply;
    reply.content_type = "application/json";
    reply.body = about_json(sources.review, sources.ready && sources.ready());
    return reply;
}

constexpr Route routes[] = {
    {"GET", "/livez", true, live},
    {"GET", "/readyz", true, ready},
    {"GET", "/metrics", true, metrics},
    {"POST", "/-/reload", false, reload},
    {"POST", "/api/v1/simulate", false, simulate},
    {"POST", "/mcp", false, agents},
    {"GET", "/api/v1/about", false, about},
    {"GET", "/api/v1/events", false, events},
    {"GET", "/api/v1/stream", false, stream},
    {"GET", "/api/v1/summary", false, summary},
    {"GET", "/api/v1/causes", false, causes},
    {"GET", "/api/v1/export.har", false, export_har},
    {"GET", "/api/v1/export.jsonl", false, export_jsonl},
};
constexpr Route page_route{"GET", "", true, page_file};  // any of the page's files

// They hold nothing secret, and who probes or scrapes comes by whatever name a network gives.
bool is_for_any_name(const AdminQuestion& question) {
    const std::string_view path = path_of(question.target);
    return path == "/livez" || path == "/readyz" || path == "/metrics";
}

bool is_safe(std::string_view method) noexcept { return method == "GET" || method == "HEAD"; }

bool takes(const Route& route, std::string_view method) noexcept {
    return route.method == method || (route.method == "GET" && method == "HEAD");
}

std::string allowed_on(std::string_view path) {
    std::string allow = find_page_file(path) != nullptr ? "GET, HEAD" : "";
    for (const Route& route : routes) {
        if (route.path != path) continue;
        if (!allow.empty()) allow += ", ";
        allow += route.method == "GET" ? "GET, HEAD" : route.method;
    }
    return allow;
}

const Route* route_of(std::string_view path, std::string_view method) {
    if (find_page_file(path) != nullptr) return takes(page_route, method) ? &page_route : nullptr;
    const auto route = std::find_if(
        std::begin(routes), std::end(routes),
        [&](const Route& candidate) { return candidate.path == path && takes(candidate, method); });
    return route != std::end(routes) ? route : nullptr;
}

// A browser says where a request comes from; whoever says nothing is no browser.
bool is_foreign(const AdminQuestion& question) {
    if (!question.fetch_site.empty() && question.fetch_site != "same-origin" &&
        question.fetch_site != "none") {
        return true;
    }
    if (question.origin.empty()) return false;
    const std::string own = "http://" + std::string(question.hosts.front());
    return !rules::iequals(question.origin, own);
}

AdminReply unauthorized(bool offered, const AdminSources& sources) {
    const std::string place =
        sources.token_place ? sources.token_place() : "it was printed at the start";
    AdminReply reply = admin_error(
        401, (offered ? "this is not the key of this whogoes: " : "the key is missing: ") + place +
                 ". Send it as Authorization: Bearer <key>");
    reply.authenticate = "Bearer realm=\"whogoes-admin\"";
    if (offered) reply.authenticate += ", error=\"invalid_token\"";
    return reply;
}

bool has_token(const AdminQuestion& question, const AdminSources& sources) {
    if (sources.token.empty() || question.authorizations.size() != 1) return false;
    const auto credentials = rules::parse_credentials(question.authorizations.front());
    return credentials.kind == rules::Scheme::bearer &&
           equal_in_constant_time(credentials.value, sources.token);
}

bool is_port(std::string_view text) noexcept {
    return text.size() <= 5 && std::all_of(text.begin(), text.end(), rules::is_digit);
}

}  // namespace

AdminReply admin_error(int status, std::string_view message) {
    AdminReply reply;
    reply.status = status;
    reply.content_type = "application/json";
    const auto phrase = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    reply.body = "{\"error\":";
    append_json(reply.body, std::string_view(phrase.data(), phrase.size()));
    reply.body += ",\"message\":";
    append_json(reply.body, message);
    reply.body += ",\"status\":" + std::to_string(status) + ",\"source\":\"whogoes\"}\n";
    return reply;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_own_host(std::string_view host, const std::vector<std::string>& names) {
    boost::system::error_code error;
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        if (end == npos) return false;
        const std::string_view rest = host.substr(end + 1);
        if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return false;
        boost::asio::ip::make_address_v6(std::string(host.substr(1, end - 1)), error);
        return !error;
    }
    const std::size_t colon = host.find(':');
    if (colon != npos && !is_port(host.substr(colon + 1))) return false;
    std::string_view name = host.substr(0, colon);
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty()) return false;
    boost::asio::ip::make_address_v4(std::string(name), error);
    return !error || net::is_loopback_name(name) ||
           std::any_of(names.begin(), names.end(),
                       [&](const std::string& own) { return rules::iequals(own, name); });
}

AdminReply answer(const AdminQuestion& question, const AdminSources& sources) {
    // Before anything else, reads included: a page whose name was pointed at this address would be
    // same-origin with it, and always brings that name.
    if (question.hosts.size() != 1) return admin_error(400, "exactly one Host field is needed");
    static const std::vector<std::string> none;
    if (!is_own_host(question.hosts.front(), sources.host_names ? sources.host_names() : none) &&
        !is_for_any_name(question)) {
        return admin_error(403,
                           "this Host is not one of ours: use an address or localhost, or add the "
                           "name to host_names in the configuration");
    }
    if (!question.target.starts_with('/')) {
        return admin_error(400, "the request target must be a path");
    }
    const std::string_view path = path_of(question.target);
    const std::string allow = allowed_on(path);
    if (allow.empty()) return admin_error(404, "the admin listener has no such path");
    const Route* const route = route_of(path, question.method);
    if (route == nullptr) {
        AdminReply reply = admin_error(405, "this path takes " + allow);
        reply.allow = allow;
        return reply;
    }
    if (!is_safe(question.method) && is_foreign(question)) {
        return admin_error(403, "requests of other origins are not taken");
    }
    if (!route->open && !has_token(question, sources)) {
        return unauthorized(!question.authorizations.empty(), sources);
    }
    return route->reply(question, sources);
}

}  // namespace whogoes::report
