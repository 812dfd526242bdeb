#include "proxy/session/refused_call.hpp"

#include "proxy/http/field_line.hpp"
#include "proxy/http/reply.hpp"

namespace whogoes::session {
namespace {

bool is_stream(std::string_view type) {
    return http::begins_with_word(type, "application/connect+");
}

// connectrpc.com/docs/protocol, Error Codes.
int connect_http_status(int code) {
    switch (code) {
        case 3:
            return 400;
        case rules::rpc_code::permission_denied:
            return 403;
        case 8:
            return 429;
        default:
            return 401;
    }
}

// An envelope with the flag for the stream's end.
std::string envelope(const std::string& json) {
    std::string framed(1, 2);
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        framed += static_cast<char>(json.size() >> shift & 0xffU);
    return framed + json;
}

std::string connect_body(const RefusedCall& call) {
    const std::string error = "{\"code\":\"" + std::string(rules::rpc_code_name(call.code)) +
                              "\",\"message\":\"" + std::string(call.message) + "\"}";
    return is_stream(call.type) ? envelope("{\"error\":" + error + "}") : error;
}

}  // namespace

int RefusedCall::http_status() const noexcept {
    return is_connect() && !is_stream(type) ? connect_http_status(code) : 200;
}

std::string render(const RefusedCall& call, std::string_view lines, std::string_view http_date,
                   bool close) {
    const int status = call.http_status();
    std::string text = "HTTP/1.1 " + std::to_string(status) + " ";
    text.append(http::reason_phrase(status)).append("\r\n");
    http::append_field(text, "Date", http_date);
    std::string body;
    if (call.is_connect()) {
        http::append_field(text, "Content-Type",
                           is_stream(call.type) ? call.type : "application/json");
        body = connect_body(call);
    } else {
        http::append_field(text, "Content-Type", call.type);
        http::append_field(text, "grpc-status", std::to_string(call.code));
        http::append_field(text, "grpc-message", rules::rpc_message_encoded(call.message));
    }
    text.append(lines);
    http::append_field(text, "Content-Length", std::to_string(body.size()));
    if (close) text += "Connection: close\r\n";
    return text.append("\r\n").append(body);
}

}  // namespace whogoes::session
