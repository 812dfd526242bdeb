#include "proxy/renew/token_answer.hpp"

#include "rules/http_date.hpp"
#include "rules/jwt.hpp"
#include "rules/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace whogoes::renew {
namespace {

namespace json = boost::json;
using Kind = TokenAnswer::Kind;

constexpr std::size_t longest_token = 16 * 1024;
constexpr std::chrono::seconds longest_wait{3600};

std::optional<json::object> object_in(std::string_view body) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = 16;
    json::value value = json::parse({body.data(), body.size()}, error, {}, options);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.as_object());
}

std::string_view text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains({name.data(), name.size()});
    const json::string* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string_view(text->data(), text->size()) : std::string_view();
}

// RFC 6749, A.12: a token is visible ASCII. It goes into a field, so nothing else may get through.
bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= longest_token &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// Codes are lower-case words (RFC 6749, 5.2); anything else might be an echo of what was sent.
std::string error_code(const std::optional<json::object>& object) {
    if (!object) return {};
    const std::string_view code = text_of(*object, "error");
    const bool plain = code.size() <= 40 && std::all_of(code.begin(), code.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || c == '_';
                       });
    return plain ? std::string(code) : std::string();
}

std::optional<std::chrono::seconds> whole_seconds(double seconds) {
    if (!(seconds >= 0) || seconds > 1e9) return std::nullopt;
    return std::chrono::seconds(static_cast<std::int64_t>(std::floor(seconds)));
}

// expires_in, which some servers send as text; else the token's own exp.
std::optional<std::chrono::seconds> lifetime_of(const json::object& object, std::string_view token,
                                                rules::TimePoint now) {
    if (const json::value* value = object.if_contains("expires_in")) {
        if (value->is_number()) return whole_seconds(value->to_number<double>());
        const std::string_view text = text_of(object, "expires_in");
        const bool digits =
            !text.empty() && text.size() <= 9 &&
            std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (digits) return std::chrono::seconds(std::stol(std::string(text)));
    }
    const std::optional<rules::Jwt> jwt = rules::parse_jwt(token);
    if (!jwt || jwt->exp.kind != rules::ClaimKind::number) return std::nullopt;
    const double left = jwt->exp.value - static_cast<double>(now.time_since_epoch().count()) / 1000;
    return whole_seconds(std::max(0.0, left));
}

// RFC 9110, 10.2.3: seconds or a date.
std::optional<std::chrono::seconds> retry_after(std::string_view text, rules::TimePoint now) {
    if (text.empty()) return std::nullopt;
    std::chrono::seconds wait{0};
    if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        if (text.size() > 9) return longest_wait;
        wait = std::chrono::seconds(std::stol(std::string(text)));
    } else if (const auto date = rules::parse_http_date(text, now)) {
        wait = std::chrono::ceil<std::chrono::seconds>(*date - now);
    } else {
        return std::nullopt;
    }
    return std::clamp(wait, std::chrono::seconds(0), longest_wait);
}

void read_success(TokenAnswer& answer, const std::optional<json::object>& object,
                  rules::TimePoint now) {
    const std::string_view token = object ? text_of(*object, "access_token") : std::string_view();
    if (!is_token(token)) {
        answer.words += ", but no access_token came with it";
        return;
    }
    const std::string_view type = text_of(*object, "token_type");
    if (!type.empty() && !rules::iequals(type, "bearer")) {
        answer.kind = Kind::client_rejected;
        answer.words += ", but with a token that is not of type Bearer";
        return;
    }
    answer.kind = Kind::renewed;
    answer.access_token = net::Secret(token);
    if (const std::string_view next = text_of(*object, "refresh_token"); is_token(next))
        answer.refresh_token = net::Secret(next);
    answer.lifetime = lifetime_of(*object, token, now);
}

Kind refusal(const TokenAnswer& answer, settings::Grant grant) {
    const int status = answer.status;
    if (status != 400 && status != 401) return Kind::later;
    // Without a user's session there is none that could be over (RFC 6749, 4.4).
    if (grant == settings::Grant::client_credentials) return Kind::client_rejected;
    if (answer.error == "invalid_grant") return Kind::session_over;
    if (status == 401 && answer.error != "invalid_client" &&
        answer.error != "unauthorized_client" && answer.error != "invalid_scope")
        return Kind::session_over;
    return Kind::client_rejected;
}

}  // namespace

TokenAnswer read_token_answer(upstream::Fetched& fetched, settings::Grant grant,
                              rules::TimePoint now) {
    TokenAnswer answer;
    answer.status = fetched.status;
    if (fetched.status == 0) {
        answer.words = fetched.error;
        return answer;
    }
    const std::optional<json::object> object = object_in(fetched.body);
    net::wipe(fetched.body);
    answer.words = "answered " + std::to_string(fetched.status);
    if (fetched.status >= 200 && fetched.status < 300) {
        read_success(answer, object, now);
        return answer;
    }
    answer.error = error_code(object);
    if (!answer.error.empty()) answer.words += " " + answer.error;
    if (fetched.status >= 300 && fetched.status < 400)
        answer.words += ", a redirect, which is not followed";
    answer.kind = refusal(answer, grant);
    if (answer.kind == Kind::later)
        answer.retry_after = retry_after(fetched.field("Retry-After"), now);
    return answer;
}

}  // namespace whogoes::renew
