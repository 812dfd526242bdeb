#include "proxy/session/metadata.hpp"

#include "proxy/http/field_line.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/report/escape.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/sighting.hpp"
#include "proxy/settings/own_host.hpp"

namespace whogoes::session {
namespace {

constexpr std::string_view well_known = "/.well-known/oauth-protected-resource";

// RFC 9728, 3.1: the resource's own path follows the well-known part; of a lone slash nothing does.
std::string_view resource_path(const Exchange& exchange) {
    const std::string_view path = exchange.request().path().substr(well_known.size());
    return path == "/" ? std::string_view() : path;
}

// What the resource at this path is known by, whatever method it is asked with; null: nothing.
const std::string* metadata_of(const settings::Settings& settings, std::string_view path) {
    if (path.empty() && settings.treatment.resource_metadata)
        return settings.treatment.resource_metadata.get();
    for (const settings::Route& route : settings.routes) {
        if (path.empty() && route.treatment.resource_metadata)
            return route.treatment.resource_metadata.get();
        if (path.empty() || !route.match.matches(route.match.method, path)) continue;
        if (route.treatment.resource_metadata) return route.treatment.resource_metadata.get();
        if (route.match.method.empty()) return nullptr;
    }
    return settings.treatment.resource_metadata.get();
}

bool refuse(Exchange& exchange, int status, std::string message, std::string_view allow = {}) {
    exchange.problem = {.status = status, .message = std::move(message), .allow = allow};
    return false;
}

// False: exchange.problem says why not.
bool may_answer(Exchange& exchange, const std::string& origin) {
    const std::string_view method = exchange.request().method();
    if (method != "GET" && method != "HEAD" && method != "OPTIONS")
        return refuse(exchange, 405, "the resource metadata is read with GET",
                      "GET, HEAD, OPTIONS");
    if (origin.empty())
        return refuse(exchange, 421,
                      "whogoes does not know the name in Host, and the resource metadata names it: "
                      "add it to `host_names`");
    return true;
}

std::string head_of(const Exchange& exchange, int status, bool keep) {
    std::string head = status == 204 ? "HTTP/1.1 204 No Content\r\n" : "HTTP/1.1 200 OK\r\n";
    http::append_field(head, "Date", exchange.worker.http_date());
    // Nothing in it is secret, and clients in a browser need it from wherever they are served.
    head += "Access-Control-Allow-Origin: *\r\n";
    if (!keep) head += "Connection: close\r\n";
    return head;
}

std::string preflight_answer(const Exchange& exchange, bool keep) {
    std::string text = head_of(exchange, 204, keep) + "Access-Control-Allow-Methods: GET, HEAD\r\n";
    const std::string_view wanted =
        exchange.request().value_named("Access-Control-Request-Headers");
    if (!wanted.empty()) http::append_field(text, "Access-Control-Allow-Headers", wanted);
    return text + "\r\n";
}

std::string document_answer(const Exchange& exchange, const std::string& origin, bool keep) {
    const std::string_view path = resource_path(exchange);
    std::string body = "{\"resource\":";
    report::append_json(body, origin + std::string(path));
    body.append(*metadata_of(*exchange.settings, path)).append("}");
    std::string text = head_of(exchange, 200, keep);
    text += "Content-Type: application/json\r\nCache-Control: no-cache\r\n";
    http::append_field(text, "Content-Length", std::to_string(body.size()));
    text += "\r\n";
    if (!exchange.request().is_head) text += body;
    return text;
}

}  // namespace

bool asks_for_metadata(const Exchange& exchange) {
    if (!exchange.settings->answers_metadata) return false;
    const std::string_view path = exchange.request().path();
    if (!path.starts_with(well_known)) return false;
    const std::string_view rest = path.substr(well_known.size());
    return (rest.empty() || rest.front() == '/') &&
           metadata_of(*exchange.settings, rest == "/" ? std::string_view() : rest) != nullptr;
}

net::Task<bool> answer_metadata(Exchange& exchange) {
    const std::string origin = settings::own_origin(*exchange.settings, client_scheme(exchange),
                                                    client_authority(exchange));
    if (!may_answer(exchange, origin)) co_return co_await answer_ourselves(exchange);
    const bool keep = may_keep_after_own_answer(exchange);
    const bool preflight = exchange.request().is_options;
    exchange.status = preflight ? 204 : 200;
    std::string text =
        preflight ? preflight_answer(exchange, keep) : document_answer(exchange, origin, keep);
    observe::record_access(exchange.worker.observer, sighting(exchange));
    const bool kept = co_await send_own_answer(exchange, std::move(text), keep);
    co_return kept;
}

}  // namespace whogoes::session
