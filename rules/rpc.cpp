#include "rules/rpc.hpp"

#include "rules/compliance/json_body.hpp"
#include "rules/error_info.hpp"
#include "rules/exchange.hpp"
#include "rules/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace whogoes::rules {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_message = 1024;
constexpr std::size_t longest_details = 16 * 1024;

// In the order of their numbers.
constexpr std::array<std::string_view, 17> code_names{
    "ok",        "canceled",       "unknown",           "invalid_argument",   "deadline_exceeded",
    "not_found", "already_exists", "permission_denied", "resource_exhausted", "failed_precondition",
    "aborted",   "out_of_range",   "unimplemented",     "internal",           "unavailable",
    "data_loss", "unauthenticated"};

RpcSystem system_of_type(std::string_view type) {
    constexpr std::string_view grpc = "application/grpc";
    if (istarts_with(type, "application/connect+")) return RpcSystem::connect;
    if (!istarts_with(type, grpc)) return RpcSystem::none;
    type.remove_prefix(grpc.size());
    if (istarts_with(type, "-web")) return RpcSystem::grpc_web;
    const bool ends = type.empty() || type[0] == '+' || type[0] == ';' || is_ows(type[0]);
    return ends ? RpcSystem::grpc : RpcSystem::none;
}

// A call by GET has its protocol in the query (Connect, Unary-Get-Request).
bool names_connect(std::string_view query) {
    for (const std::string_view pair : parts_of(query, '&'))
        if (pair == "connect=v1") return true;
    return false;
}

std::string_view field_of(const Response& response, std::string_view name) {
    if (const auto value = response.fields.first(name)) return *value;
    return response.trailers.first(name).value_or(std::string_view());
}

void add_details(RpcStatus& status, std::optional<ErrorInfo> info) {
    if (!info) return;
    status.reason = std::move(info->reason);
    status.domain = std::move(info->domain);
}

std::optional<RpcStatus> grpc_status(const Response& response) {
    const std::string_view code = field_of(response, "grpc-status");
    RpcStatus status;
    const auto read = std::from_chars(code.data(), code.data() + code.size(), status.code);
    if (read.ec != std::errc() || read.ptr != code.data() + code.size() || status.code < 0)
        return std::nullopt;
    if (status.code == rpc_code::ok) return status;
    status.message = rpc_message_decoded(field_of(response, "grpc-message"));
    const std::string_view details = field_of(response, "grpc-status-details-bin");
    if (!details.empty() && details.size() <= longest_details)
        add_details(status, error_info_of_status(decode_base64(details, Alphabet::either).bytes));
    return status;
}

std::string_view text_at(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    const json::string* const text = value ? value->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

std::optional<ErrorInfo> connect_details(const json::object& error) {
    const json::value* const details = error.if_contains("details");
    const json::array* const list = details ? details->if_array() : nullptr;
    if (!list) return std::nullopt;
    for (const json::value& one : *list) {
        const json::object* const detail = one.if_object();
        if (!detail || text_at(*detail, "type") != error_info_type) continue;
        const std::string_view value = text_at(*detail, "value");
        if (value.size() > longest_details) continue;
        return error_info(decode_base64(value, Alphabet::either).bytes);
    }
    return std::nullopt;
}

// {"code":"unauthenticated","message":…,"details":[{"type":…,"value":base64}]}
std::optional<RpcStatus> connect_error(const json::object& error) {
    const std::optional<int> code = rpc_code_named(text_at(error, "code"));
    if (!code) return std::nullopt;
    RpcStatus status{
        *code, std::string(text_at(error, "message").substr(0, longest_message)), {}, {}};
    add_details(status, connect_details(error));
    return status;
}

// The error of a unary call is the body of an HTTP error; a stream ends with an object that holds
// it, in a success.
std::optional<RpcStatus> connect_status(const Response& response) {
    const bool success = response.status >= 200 && response.status < 300;
    const bool stream =
        istarts_with(response.fields.first("Content-Type").value_or(""), "application/connect+");
    if (success && !stream) return RpcStatus{};
    if (response.body_evidence != BodyEvidence::whole) return std::nullopt;
    const auto body = compliance::json_object(response.body);
    if (!body) return std::nullopt;
    if (!success) return connect_error(*body);
    const json::value* const error = body->if_contains("error");
    if (!error) return RpcStatus{};
    return error->is_object() ? connect_error(error->get_object()) : std::nullopt;
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace

RpcSystem rpc_system_of(const Request& request, const Response& response) {
    const RpcSystem sent = system_of_type(request.fields.first("Content-Type").value_or(""));
    if (sent != RpcSystem::none) return sent;
    if (request.fields.has("Connect-Protocol-Version") ||
        (request.method == "GET" && names_connect(request.query)))
        return RpcSystem::connect;
    return system_of_type(response.fields.first("Content-Type").value_or(""));
}

Rpc rpc_of(const Request& request, const Response& response) {
    Rpc rpc{rpc_system_of(request, response), {}};
    if (rpc.system == RpcSystem::connect)
        rpc.status = connect_status(response);
    else if (rpc.system != RpcSystem::none)
        rpc.status = grpc_status(response);
    return rpc;
}

int outcome_of(const Exchange& exchange) {
    const int status = exchange.response.status;
    const Rpc& rpc = exchange.rpc;
    if (rpc.system == RpcSystem::none || status < 200 || status >= 300) return status;
    if (!rpc.status) return 0;
    switch (rpc.status->code) {
        case rpc_code::ok:
            return status;
        case rpc_code::unauthenticated:
            return 401;
        case rpc_code::permission_denied:
            return 403;
        default:
            return 500;
    }
}

std::string_view rpc_code_name(int code) noexcept {
    return code >= 0 && static_cast<std::size_t>(code) < code_names.size()
               ? code_names[static_cast<std::size_t>(code)]
               : std::string_view();
}

std::optional<int> rpc_code_named(std::string_view name) noexcept {
    const auto found = std::find(code_names.begin() + 1, code_names.end(), name);
    if (found == code_names.end()) return std::nullopt;
    return static_cast<int>(found - code_names.begin());
}

RpcCall rpc_call_of(std::string_view path) noexcept {
    const std::size_t slash = path.rfind('/');
    if (slash == npos || slash == 0) return {};
    const std::string_view before = path.substr(0, slash);
    const std::string_view service = before.substr(before.rfind('/') + 1);
    const std::string_view method = path.substr(slash + 1);
    return service.empty() || method.empty() ? RpcCall{} : RpcCall{service, method};
}

std::string rpc_message_decoded(std::string_view encoded) {
    std::string message;
    for (std::size_t at = 0; at < encoded.size() && message.size() < longest_message; ++at) {
        const bool escape = encoded[at] == '%' && at + 2 < encoded.size();
        const int high = escape ? hex_value(encoded[at + 1]) : -1;
        const int low = escape ? hex_value(encoded[at + 2]) : -1;
        if (high < 0 || low < 0) {
            message += encoded[at];
            continue;
        }
        message += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return message;
}

std::string rpc_message_encoded(std::string_view message) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : message) {
        if (c >= ' ' && c <= '~' && c != '%') {
            encoded += c;
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += digits[octet >> 4U];
        encoded += digits[octet & 15U];
    }
    return encoded;
}

}  // namespace whogoes::rules
