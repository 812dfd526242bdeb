#include "proxy/http/worth_a_look.hpp"

#include "proxy/http/octets.hpp"

#include <algorithm>
#include <cstddef>

namespace whogoes::http {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_telling_status(int status) noexcept {
    switch (status) {
        case 301:
        case 302:
        case 303:
        case 307:
        case 308:
        case 400:
        case 401:
        case 402:
        case 403:
        case 404:
        case 407:
        case 412:
        case 419:
        case 422:
        case 429:
        case 440:
        case 498:
            return true;
        default:
            return status >= 500;
    }
}

// The names under which credentials are put into URLs (RFC 6750, 2.3 and what APIs invented).
bool is_credential_name(std::string_view name) noexcept {
    constexpr std::string_view names[] = {"access_token", "token",  "id_token", "refresh_token",
                                          "api_key",      "apikey", "key",      "auth",
                                          "jwt",          "sig"};
    for (const std::string_view known : names) {
        if (same_word(name, known)) return true;
    }
    return false;
}

bool holds_credential(std::string_view target) noexcept {
    constexpr std::size_t shortest_credential = 8;
    bool user = false, beside_user = false;
    std::size_t begin = target.find('?');
    while (begin != npos) {
        const std::size_t end = target.find('&', begin + 1);
        const std::string_view pair = target.substr(begin + 1, end == npos ? end : end - begin - 1);
        const std::size_t equals = pair.find('=');
        if (equals != npos) {
            const std::string_view value = pair.substr(equals + 1);
            if (value.size() >= shortest_credential && is_credential_name(pair.substr(0, equals)))
                return true;
            // A JWT's header is a JSON object: {" begins so in base64url.
            if (value.substr(0, 3) == "eyJ" && value.find('.') != npos) return true;
            // A password may be short; "p" is one only where "u" names a user, and no page's
            // number.
            if (!value.empty() && same_word(pair.substr(0, equals), "password")) return true;
            user = user || (same_word(pair.substr(0, equals), "u") && !value.empty());
            beside_user = beside_user || (same_word(pair.substr(0, equals), "p") &&
                                          value.find_first_not_of("0123456789") != npos);
        }
        begin = end;
    }
    return user && beside_user;
}

// What lets a shared cache keep the answer to a request with credentials (RFC 9111, 3.5).
bool opens_to_shared_caches(std::string_view cache_control) noexcept {
    for (std::size_t at = 0; at < cache_control.size();) {
        const std::size_t end = std::min(cache_control.find(',', at), cache_control.size());
        std::string_view word = cache_control.substr(at, end - at);
        while (!word.empty() && (word.front() == ' ' || word.front() == '\t'))
            word.remove_prefix(1);
        if (same_word(word.substr(0, 6), "public") || same_word(word.substr(0, 8), "s-maxage") ||
            same_word(word.substr(0, 15), "must-revalidate"))
            return true;
        at = end + 1;
    }
    return false;
}

// Script of another origin that may not read this success: its browser has no leave. A page of the
// same origin sends Origin as well, with all but GET.
bool is_kept_from_script(const RequestHead& request, const ResponseHead& response) noexcept {
    if (response.status < 200 || response.status >= 300) return false;
    const std::string_view origin = request.value(FieldName::origin);
    if (origin.empty()) return false;
    const std::string_view mode = request.value(FieldName::sec_fetch_mode);
    if (mode.empty() && !request.find(FieldName::authorization) && !request.find(FieldName::cookie))
        return false;
    // Whoever passed it on may add what the API leaves out.
    for (const FieldName passed :
         {FieldName::x_forwarded_for, FieldName::forwarded, FieldName::via})
        if (request.find(passed)) return false;
    if (!mode.empty() && !same_word(mode, "cors")) return false;
    const std::string_view site = request.value_named("Sec-Fetch-Site");
    if (!site.empty()) return same_word(site, "cross-site") || same_word(site, "same-site");
    const std::size_t at = origin.find("://");
    return at != npos && !same_word(origin.substr(at + 3), request.value(FieldName::host));
}

bool ends(std::string_view path, std::string_view word) noexcept {
    return path.size() >= word.size() && same_word(path.substr(path.size() - word.size()), word);
}

// What clients send with a GraphQL request, and Auth.js's own with a login by script.
bool has_field_of_call(const RequestHead& request) noexcept {
    for (const FieldLine& line : request.fields) {
        if (line.name != FieldName::other) continue;
        for (const std::string_view name :
             {"Apollo-Require-Preflight", "X-Apollo-Operation-Name", "X-Auth-Return-Redirect"})
            if (same_word(request.name_of(line), name)) return true;
    }
    return false;
}

std::string_view without_blanks(std::string_view text) noexcept {
    return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

// "{ items }", "query Items { … }": the beginning of a string, where line feeds are escaped.
bool begins_document(std::string_view value) noexcept {
    if (value.empty() || value.front() != '"') return false;
    value.remove_prefix(1);
    while (value.substr(0, 2) == "\\n" || value.substr(0, 2) == "\\r" || value.substr(0, 1) == " ")
        value.remove_prefix(value.front() == ' ' ? 1 : 2);
    if (!value.empty() && (value.front() == '{' || value.front() == '#')) return true;
    for (const std::string_view word : {"query", "mutation", "subscription", "fragment"})
        if (value.substr(0, word.size()) == word) return true;
    return false;
}

bool begins_value(std::string_view value) noexcept { return !value.empty(); }

// An answer of trailers alone has no body that a type would be about: then the request's counts.
RpcFraming rpc_framing(const RequestHead& request, const ResponseHead& response,
                       std::string_view type) noexcept {
    if (response.status < 200 || response.status >= 300) return RpcFraming::none;
    return http::rpc_framing(type.empty() ? request.value(FieldName::content_type) : type);
}

// A status in the head stands for one in the end that will not come (gRPC's "Trailers-Only").
Look look_of_call(const RequestHead& request, const ResponseHead& response,
                  std::string_view type) noexcept {
    const RpcFraming framing = rpc_framing(request, response, type);
    if (framing == RpcFraming::none) return Look::none;
    const std::string_view status =
        framing == RpcFraming::connect ? "" : response.value_named("grpc-status");
    if (status.empty()) return Look::at_end;
    return status == "16" || status == "7" ? Look::at_head : Look::none;
}

// A member of this name with such a value. `quoted` has the quote behind the name and not the one
// before it, which is too common to be searched for.
bool has_member(std::string_view body, std::string_view quoted,
                bool (*is_wanted)(std::string_view)) noexcept {
    for (std::size_t at = body.find(quoted); at != npos; at = body.find(quoted, at + 1)) {
        if (at == 0 || body[at - 1] != '"') continue;
        const std::string_view rest = without_blanks(body.substr(at + quoted.size()));
        if (!rest.empty() && rest.front() == ':' && is_wanted(without_blanks(rest.substr(1))))
            return true;
    }
    return false;
}

bool has_errors_inside(const RequestHead& request, const ResponseHead& response,
                       std::string_view type) noexcept {
    if (response.status < 200 || response.status >= 300) return false;
    constexpr std::string_view application = "application/";
    if (!begins_with_word(type, application)) return false;
    type.remove_prefix(application.size());
    if (begins_with_word(type, "graphql-response")) return true;
    if (!begins_with_word(type, "json")) return false;
    // A client that knows of GraphQL over HTTP says so, whatever the method.
    if (request.value(FieldName::accept).find("application/graphql-response") != npos) return true;
    if (request.method() != "POST") return false;
    const std::string_view target = request.target();
    const std::string_view path = target.substr(0, target.find('?'));
    return ends(path, "graphql") || ends(path, "/rpc") || ends(path, "jsonrpc") ||
           ends(path, "/mcp") || has_field_of_call(request);
}

}  // namespace

bool asks_for_errors_inside(std::string_view body) noexcept {
    return has_member(body, "query\"", begins_document) ||
           has_member(body, "operationName\"", begins_value) ||
           has_member(body, "jsonrpc\"", begins_value);
}

RpcFraming rpc_framing(const RequestHead& request, const ResponseHead& response) noexcept {
    return rpc_framing(request, response, response.value(FieldName::content_type));
}

bool is_call_with_errors_inside(const RequestHead& request, const ResponseHead& response) noexcept {
    return has_errors_inside(request, response, response.value(FieldName::content_type));
}

Look look_of(const RequestHead& request, const ResponseHead& response) noexcept {
    if (is_telling_status(response.status)) return Look::at_head;
    std::string_view type;
    for (const FieldLine& line : response.fields) {
        switch (line.name) {
            case FieldName::content_type:
                if (type.empty()) type = response.value_of(line);
                break;
            case FieldName::access_control_allow_origin:
            case FieldName::access_control_expose_headers:
            case FieldName::access_control_other:
            case FieldName::set_cookie:
            case FieldName::www_authenticate:
            case FieldName::x_responded_json:
                return Look::at_head;
            case FieldName::cache_control:
                if (request.find(FieldName::authorization) &&
                    opens_to_shared_caches(response.value_of(line)))
                    return Look::at_head;
                break;
            default:
                break;
        }
    }
    if (request.is_preflight() || has_errors_inside(request, response, type) ||
        request.count(FieldName::authorization) > 1 || holds_credential(request.target()) ||
        is_kept_from_script(request, response))
        return Look::at_head;
    return look_of_call(request, response, type);
}

}  // namespace whogoes::http
