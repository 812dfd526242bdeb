#include "proxy/report/admin_messages.hpp"

#include <boost/beast/core/string.hpp>

#include <utility>

namespace whogoes::report {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

void take_mcp_field(std::string_view name, std::string_view value, AdminQuestion& question) {
    if (beast::iequals(name, "MCP-Protocol-Version")) question.mcp_version = value;
    if (beast::iequals(name, "Mcp-Method")) question.mcp_method = value;
    if (beast::iequals(name, "Mcp-Name")) question.mcp_name = value;
}

}  // namespace

AdminQuestion question_of(const http::request<http::string_body>& request) {
    AdminQuestion question;
    question.method = view(request.method_string());
    question.target = view(request.target());
    question.body = request.body();
    for (const auto& field : request) {
        const std::string_view value = view(field.value());
        switch (field.name()) {
            case http::field::host:
                question.hosts.push_back(value);
                break;
            case http::field::authorization:
                question.authorizations.push_back(value);
                break;
            case http::field::origin:
                question.origin = value;
                break;
            case http::field::content_type:
                question.content_type = value;
                break;
            default:
                if (beast::iequals(field.name_string(), "Sec-Fetch-Site"))
                    question.fetch_site = value;
                if (beast::iequals(field.name_string(), "Last-Event-ID"))
                    question.last_event_id = value;
                take_mcp_field(view(field.name_string()), value, question);
        }
    }
    return question;
}

http::response<http::string_body> response_of(AdminReply&& reply, unsigned version) {
    http::response<http::string_body> response;
    response.version(version);
    response.result(static_cast<unsigned>(reply.status));
    response.set(http::field::server, "whogoes");
    if (!reply.content_type.empty()) response.set(http::field::content_type, reply.content_type);
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    response.set("Content-Security-Policy",
                 "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                 "frame-ancestors 'none'");
    response.set("Cross-Origin-Resource-Policy", "same-origin");
    response.set("Referrer-Policy", "no-referrer");
    if (!reply.allow.empty()) response.set(http::field::allow, reply.allow);
    if (!reply.authenticate.empty()) {
        response.set(http::field::www_authenticate, reply.authenticate);
    }
    if (!reply.file_name.empty()) {
        response.set(http::field::content_disposition,
                     "attachment; filename=\"" + reply.file_name + "\"");
    }
    response.body() = std::move(reply.body);
    return response;
}

}  // namespace whogoes::report
