#include "proxy/report/redact.hpp"

#include "rules/prefixes.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::report {
namespace {

using rules::iequals;
using rules::is_alpha;
using rules::is_digit;

using rules::npos;

// token68 with its padding (RFC 9110, 11.2), as a table: every text goes through it.
constexpr std::array<bool, 256> credential_chars = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("-._~+/=")) table[static_cast<unsigned char>(c)] = true;
    for (int c = 0; c < 256; ++c) {
        if (is_alpha(static_cast<char>(c)) || is_digit(static_cast<char>(c))) {
            table[static_cast<std::size_t>(c)] = true;
        }
    }
    return table;
}();

bool is_credential_char(char c) noexcept { return credential_chars[static_cast<unsigned char>(c)]; }

bool is_uuid(std::string_view text) noexcept {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = rules::lower(text[i]);
        if (dash ? c != '-' : !(is_digit(c) || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
}

// Words change between letters of one case, capitals and digits now and then; random text does so
// at every second octet. A capital that starts a word is no change, for camelCase's sake.
bool is_dense(std::string_view text) noexcept {
    enum Kind { other, small, capital, digit };
    const auto kind = [](char c) {
        if (is_digit(c)) return digit;
        if (!is_alpha(c)) return other;
        return c >= 'a' ? small : capital;
    };
    std::size_t changes = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const Kind before = kind(text[i - 1]);
        const Kind now = kind(text[i]);
        if (before == other || now == other || before == now) continue;
        if (before == capital && now == small) continue;
        ++changes;
    }
    return changes * 6 >= text.size();
}

// base64url of `{"` and at least a few octets more.
bool is_jwt_start(std::string_view text) noexcept {
    if (text.size() < 14 || !text.starts_with("eyJ")) return false;
    return std::all_of(text.begin(), text.begin() + 14, is_credential_char);
}

// No provider's tokens are shorter; most words are.
constexpr std::size_t shortest_prefixed = 16;

bool has_known_prefix(std::string_view text) noexcept {
    return text.size() >= shortest_prefixed && rules::known_prefix(text) != nullptr;
}

// Looked for by its rarest letter.
bool holds_jwt(std::string_view text) noexcept {
    for (std::size_t at = text.find('J'); at != npos; at = text.find('J', at + 1)) {
        if (at >= 2 && is_jwt_start(text.substr(at - 2))) return true;
    }
    return false;
}

// The last letters first: nearly every comparison ends with them.
bool ends_with_any(std::string_view text, std::span<const std::string_view> suffixes) noexcept {
    if (text.empty()) return false;
    const char last = rules::lower(text.back());
    return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) {
        return suffix.back() == last && rules::iends_with(text, suffix);
    });
}

bool is_any(std::string_view text, std::span<const std::string_view> names) noexcept {
    if (text.empty()) return false;
    const char last = rules::lower(text.back());
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return name.size() == text.size() && name.back() == last && iequals(text, name);
    });
}

// RFC 6750, 5.3; OpenTelemetry's list for url.query; what OAuth, SAML and cloud signatures carry.
constexpr std::string_view secret_keys[] = {
    "auth",          "authorization",
    "code",          "code_verifier",
    "credential",    "credentials",
    "csrf",          "device_code",
    "hash",          "hmac",
    "id_token_hint", "jsessionid",
    "jwt",           "key",
    "nonce",         "otp",
    "pass",          "passcode",
    "passphrase",    "passwd",
    "phpsessid",     "pin",
    "pwd",           "relaystate",
    "samlrequest",   "samlresponse",
    "session",       "sessionid",
    "session_id",    "sid",
    "state",         "ticket",
    "user_code",     "x-amz-credential",
    "xsrf",
};
constexpr std::string_view secret_key_ends[] = {
    "token",       "secret", "password",         "assertion",   "apikey",     "api_key",
    "api-key",     "sig",    "signature",        "accesskeyid", "access_key", "accesskey",
    "private_key", "_pwd",   "subscription-key", "authtoken",
};

constexpr std::string_view secret_fields[] = {
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "dpop",
    "authentication-info",
    "x-api-key",
    "api-key",
    "apikey",
    "x-apikey",
    "x-auth",
    "x-auth-key",
    "x-api-secret",
    "x-access-key",
    "x-functions-key",
    "x-rapidapi-key",
    "x-amz-security-token",
    "x-goog-api-key",
    "x-goog-iap-jwt-assertion",
    "ocp-apim-subscription-key",
    "x-authorization",
    "x-forwarded-authorization",
    "x-client-cert",
    "x-forwarded-client-cert",
    "proxy-authentication-info",
    "x-original-authorization",
};
constexpr std::string_view secret_field_ends[] = {"token",  "secret",    "password", "api-key",
                                                  "apikey", "signature", "-jwt",     "-assertion"};

constexpr std::string_view logged_fields[] = {"accept",        "content-type", "origin",
                                              "cache-control", "location",     "grpc-status"};

}  // namespace

bool looks_like_credential(std::string_view value) {
    if (is_jwt_start(value)) return true;
    if (has_known_prefix(value)) return true;
    if (value.size() < 32 || is_uuid(value)) return false;
    return std::all_of(value.begin(), value.end(), is_credential_char) && is_dense(value);
}

bool holds_token(std::string_view text) { return holds_jwt(text) || has_known_prefix(text); }

bool names_a_secret(std::string_view key) {
    return is_any(key, secret_keys) || ends_with_any(key, secret_key_ends);
}

bool is_secret_field(std::string_view name) {
    return is_any(name, secret_fields) || ends_with_any(name, secret_field_ends) ||
           rules::is_known_secret(rules::Where::field, name, {});
}

std::string_view logged_method(std::string_view method) {
    constexpr std::size_t longest = 20;  // VERSION-CONTROL, BASELINE-CONTROL, UPDATEREDIRECTREF
    const bool is_word = method.size() <= longest &&
                         std::all_of(method.begin(), method.end(),
                                     [](char c) { return rules::is_alpha(c) || c == '-'; });
    return is_word ? method : redacted;
}

bool is_logged_field(std::string_view name) {
    return is_any(name, logged_fields) || rules::istarts_with(name, "sec-fetch-") ||
           rules::istarts_with(name, "access-control-");
}

namespace {

// A run of credential characters may be a path: each of its segments counts, too.
bool holds_credential(std::string_view run) {
    if (holds_jwt(run) || looks_like_credential(run)) return true;
    for (std::size_t slash = run.find('/'); slash != npos; slash = run.find('/')) {
        if (looks_like_credential(run.substr(0, slash))) return true;
        run.remove_prefix(slash + 1);
        if (run.find('/') == npos) return looks_like_credential(run);
    }
    return false;
}

}  // namespace

void mask_shapes(std::string& text, std::span<const std::string_view> kept) {
    constexpr std::size_t shortest = 12;
    if (text.size() < shortest) return;
    const auto is_kept = [&](std::string_view run) {
        return std::any_of(kept.begin(), kept.end(), [&](std::string_view value) {
            return !value.empty() && value.find(run) != npos;
        });
    };
    for (std::size_t at = 0; at < text.size();) {
        if (!is_credential_char(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && is_credential_char(text[end])) ++end;
        // "=" ends a run unless it is padding: key=value is two of them.
        const std::string_view whole = std::string_view(text).substr(at, end - at);
        const std::size_t equals = whole.find('=');
        if (equals != npos && whole.find_first_not_of('=', equals) != npos) {
            end = at + whole.find_first_not_of('=', equals);
        }
        const std::string_view run = std::string_view(text).substr(at, end - at);
        const bool secret = run.size() >= shortest && holds_credential(run);
        if (secret && (holds_token(run) || !is_kept(run))) {
            text.replace(at, end - at, redacted);
            end = at + redacted.size();
        }
        at = end;
    }
}

std::string redacted_challenge(std::string_view value) {
    constexpr std::string_view handshakes[] = {"negotiate ", "ntlm ", "kerberos "};
    std::string out(value);
    for (const std::string_view scheme : handshakes) {
        for (std::size_t from = 0; from < out.size();) {
            const std::size_t at = rules::ifind(std::string_view(out).substr(from), scheme);
            if (at == npos) break;
            const std::size_t begin = from + at + scheme.size();
            const std::size_t end = std::min(out.find_first_of(", ", begin), out.size());
            if (end > begin) out.replace(begin, end - begin, redacted);
            from = begin;
        }
    }
    mask_shapes(out, {});
    return out;
}

}  // namespace whogoes::report
