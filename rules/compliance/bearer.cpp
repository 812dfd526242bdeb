#include "rules/compliance/bearer.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/compliance/words.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>

namespace whogoes::rules::compliance {
namespace {

struct ErrorCode {
    std::string_view code;
    int status;  // 0: any
};

// RFC 6750, 3.1; RFC 9470, 3; RFC 9449, 7.1 and 9; RFC 9396, 10.
constexpr std::array<ErrorCode, 7> error_codes{{{"invalid_request", 400},
                                                {"invalid_token", 401},
                                                {"insufficient_scope", 403},
                                                {"insufficient_user_authentication", 401},
                                                {"use_dpop_nonce", 401},
                                                {"invalid_dpop_proof", 401},
                                                {"insufficient_authorization_details", 0}}};

const ErrorCode* registered(std::string_view code) {
    for (const ErrorCode& known : error_codes)
        if (known.code == code) return &known;
    return nullptr;
}

// RFC 6750, 3: %x20-21 / %x23-5B / %x5D-7E, and for error_uri the same without the space.
bool is_error_text(std::string_view text, bool space_allowed) {
    return std::all_of(text.begin(), text.end(), [space_allowed](char c) {
        if (c == ' ') return space_allowed;
        return c > ' ' && c <= '~' && c != '"' && c != '\\';
    });
}

bool has_error(const Challenge& challenge) {
    return std::any_of(
        challenge.parameters.begin(), challenge.parameters.end(),
        [](const Parameter& parameter) { return istarts_with(parameter.name, "error"); });
}

bool token_was_sent(const Exchange& exchange) {
    if (token_in_header(exchange)) return true;
    for (const std::string_view form : {exchange.request.form_body, exchange.request.query})
        if (!form_value(form, "access_token").value_or("").empty()) return true;
    return false;
}

bool is_absolute_uri(std::string_view uri) {
    const std::size_t colon = uri.find(':');
    if (colon == npos || colon == 0 || !is_alpha(uri.front())) return false;
    return std::all_of(uri.begin(), uri.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

// RFC 6749, 3.3: scope-tokens, each parted from the next by one space.
bool is_scope_list(std::string_view scope) {
    if (scope.empty() || scope.front() == ' ' || scope.back() == ' ') return false;
    return scope.find("  ") == npos && is_error_text(scope, true);
}

// "items:read,items:write" is a list with the wrong separator; "repository:a/b:pull,push" is one
// scope of a container registry, whose pieces do not look alike.
bool is_comma_list(std::string_view scope) {
    if (scope.find(',') == npos || scope.find(' ') != npos) return false;
    std::size_t with_colon = 0;
    const std::vector<std::string_view> pieces = parts_of(scope, ',');
    for (const std::string_view piece : pieces)
        if (piece.find(':') != npos) ++with_colon;
    return with_colon == 0 || with_colon == pieces.size();
}

// Wording that lays a 403 on the token itself rather than on the user or the state of things.
bool blames_the_token(std::string_view body) {
    if (!icontains(body, "scope") && !icontains(body, "permission")) return false;
    const Words words(body);
    if (words.near({"scope", "scopes"},
                   {"insufficient", "missing", "required", "requires", "require", "lacks", "lack",
                    "need", "needs", "needed", "invalid", "without"},
                   4))
        return true;
    return words.near({"token"}, {"permission", "permissions", "scope", "scopes"}, 5);
}

}  // namespace

std::optional<Evidence> bearer_no_params(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (challenge.is("Bearer") && challenge.parameters.empty() && challenge.token68.empty())
            return certain("the Bearer challenge stands alone, without a parameter");
    return std::nullopt;
}

std::optional<Evidence> bearer_challenge_token68(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (challenge.is("Bearer") && !challenge.token68.empty())
            return certain("the Bearer challenge carries one bare word where parameters are due");
    return std::nullopt;
}

std::optional<Evidence> bearer_error_without_credentials(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!takes_token(challenge) || !has_error(challenge)) continue;
        if (token_was_sent(exchange)) return std::nullopt;
        return certain("the " + challenge.scheme +
                           " challenge names an error, though the request carried no token",
                       {{"error", std::string(challenge.value_of("error"))}});
    }
    return std::nullopt;
}

std::optional<Evidence> bearer_error_missing(const Exchange& exchange) {
    if (exchange.response.status != 401 || exchange.challenges.challenges.empty())
        return std::nullopt;
    const Credentials* sent = token_in_header(exchange);
    if (!sent) return std::nullopt;
    const Challenge* own = nullptr;  // RFC 9449, 7.2: the error stands on the line of this scheme
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!takes_token(challenge)) continue;
        if (challenge.parameter("error")) return std::nullopt;
        if (challenge.is(sent->scheme)) own = &challenge;
    }
    if (!own) return std::nullopt;
    return certain("a token was refused, and the " + own->scheme + " challenge names no error");
}

std::optional<Evidence> bearer_error_status_mismatch(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!takes_token(challenge)) continue;
        const ErrorCode* code = registered(challenge.value_of("error"));
        if (!code || code->status == 0 || code->status == exchange.response.status) continue;
        return certain(
            "error=" + std::string(code->code) + " belongs to " + std::to_string(code->status) +
                ", the status is " + std::to_string(exchange.response.status),
            {{"error", std::string(code->code)}, {"expected_status", std::int64_t{code->status}}});
    }
    return std::nullopt;
}

std::optional<Evidence> bearer_error_unknown(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!takes_token(challenge)) continue;
        const Parameter* error = challenge.parameter("error");
        if (error && !registered(error->value))
            return certain(
                "the error code of the " + challenge.scheme + " challenge is not registered",
                {{"error", error->value}});
    }
    return std::nullopt;
}

std::optional<Evidence> bearer_error_charset(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!takes_token(challenge)) continue;
        for (const std::string_view name : {"error", "error_description", "error_uri"}) {
            const Parameter* parameter = challenge.parameter(name);
            if (parameter && !is_error_text(parameter->value, name != "error_uri"))
                return certain(std::string(name) + " holds a byte that it may not hold",
                               {{"parameter", std::string(name)}});
        }
    }
    return std::nullopt;
}

std::optional<Evidence> bearer_error_uri_relative(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!takes_token(challenge)) continue;
        const Parameter* uri = challenge.parameter("error_uri");
        if (uri && !is_absolute_uri(uri->value)) return certain("error_uri is not absolute");
    }
    return std::nullopt;
}

std::optional<Evidence> bearer_scope_syntax(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!takes_token(challenge)) continue;
        const Parameter* scope = challenge.parameter("scope");
        if (!scope) continue;
        if (!is_scope_list(scope->value))
            return certain("scope is no list of scopes parted by single spaces",
                           {{"scope", scope->value}});
        if (is_comma_list(scope->value))
            return certain("scope is parted by commas where spaces are due",
                           {{"scope", scope->value}});
    }
    return std::nullopt;
}

std::optional<Evidence> forbidden_bearer_without_challenge(const Exchange& exchange) {
    if (exchange.response.status != 403 || !exchange.challenges.absent() ||
        !body_was_seen(exchange))
        return std::nullopt;
    const Credentials* sent = token_in_header(exchange);
    if (!sent || !blames_the_token(exchange.response.body)) return std::nullopt;
    return likely("the body lays this 403 on the token, and no challenge says so");
}

}  // namespace whogoes::rules::compliance
