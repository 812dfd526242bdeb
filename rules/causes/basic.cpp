#include "rules/causes/basic.hpp"

#include "rules/causes/reading.hpp"
#include "rules/causes/session_cookie.hpp"
#include "rules/text.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace whogoes::rules::causes {
namespace {

// The value behind "Basic"; empty: none.
std::string_view basic_value(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    return sent_as(sent, Scheme::basic) ? sent->value : std::string_view();
}

struct Pair {
    std::string bytes;
    std::size_t colon = npos;

    std::string_view user() const { return std::string_view(bytes).substr(0, colon); }
    std::string_view password() const {
        return colon == npos ? std::string_view() : std::string_view(bytes).substr(colon + 1);
    }
};

// Empty where there is no Basic value, or none that decodes.
std::optional<Pair> decoded_pair(const Exchange& exchange) {
    const std::string_view value = basic_value(exchange);
    if (value.empty()) return std::nullopt;
    Base64 decoded = decode_base64(value);
    if (!decoded.ok()) return std::nullopt;
    Pair pair{std::move(decoded.bytes)};
    pair.colon = pair.bytes.find(':');
    return pair;
}

// A key in place of the user name, and nothing behind the colon, is how many APIs take it; so it is
// where the answer speaks of a key.
bool is_key_alone(const Exchange& exchange, std::string_view user) {
    constexpr std::size_t shortest_key = 16;
    if (exchange.heard.says("api-key-invalid") || exchange.heard.says("api-key-missing"))
        return true;
    bool digit = false, letter = false;
    for (const char c : user) {
        if (c == '@' || c == '.' || c == ' ') return false;
        digit = digit || is_digit(c);
        letter = letter || is_alpha(c);
    }
    return user.size() >= shortest_key && digit && letter;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_printable_pair(std::string_view text) {
    for (const char c : text)
        if (is_control(c)) return false;
    return text.find(':') != npos && is_utf8(text);
}

std::string_view without_newline(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

// How many layers of base64 lie around user:password; 0: this is no such thing.
int layers_around_pair(std::string_view bytes) {
    constexpr int most = 4;
    std::string text(without_newline(bytes));
    for (int layers = 2; layers <= most; ++layers) {
        if (text.empty() || text.find(':') != npos) return 0;
        Base64 inner = decode_base64(text);
        if (!inner.ok()) return 0;
        text = without_newline(inner.bytes);
        if (is_printable_pair(text)) return layers;
    }
    return 0;
}

// RFC 7617, 2: a trailing newline in either part is a control character of the commonest kind.
struct Newline {
    std::string_view octets{};
    std::string_view where{};
};
std::optional<Newline> trailing_newline(const Pair& pair) {
    const auto at_end = [](std::string_view text) -> std::string_view {
        if (text.ends_with("\r\n")) return "0D0A";
        return text.ends_with('\n') ? "0A" : "";
    };
    const std::string_view behind_user = pair.colon == npos ? "" : at_end(pair.user());
    if (!behind_user.empty()) return Newline{behind_user, "user"};
    const std::string_view behind_all = at_end(pair.bytes);
    if (!behind_all.empty()) return Newline{behind_all, "password"};
    return std::nullopt;
}

// The first control character that is no trailing newline; npos: none.
std::size_t first_control(const Pair& pair) {
    for (std::size_t at = 0; at < pair.bytes.size(); ++at) {
        if (!is_control(pair.bytes[at])) continue;
        const std::string_view rest = std::string_view(pair.bytes).substr(at);
        const std::string_view before_colon =
            at < pair.colon && pair.colon != npos ? rest.substr(0, pair.colon - at) : rest;
        if (before_colon.ends_with('\n') && without_newline(before_colon).empty()) continue;
        return at;
    }
    return npos;
}

}  // namespace

std::optional<Evidence> basic_holds_token(const Exchange& exchange) {
    const std::string_view value = basic_value(exchange);
    if (!value.starts_with("eyJ")) return std::nullopt;
    const std::optional<Jwt> jwt = parse_jwt(value);
    if (!jwt || jwt->segments < 2) return std::nullopt;
    return proof("a JWT stands behind Basic, where user:password in base64 is due",
                 {fact("shape", "jwt")});
}

std::optional<Evidence> basic_base64url(const Exchange& exchange) {
    const std::string_view value = basic_value(exchange);
    if (value.find_first_of("-_") == npos) return std::nullopt;
    const Base64 decoded = decode_base64(value, Alphabet::url);
    if (!decoded.ok() || !is_printable_pair(without_newline(decoded.bytes))) return std::nullopt;
    std::string chars;
    for (const char c : {'-', '_'})
        if (value.find(c) != npos) chars += c;
    return proof("the value is written in the URL-safe base64 alphabet", {fact("chars", chars)});
}

std::optional<Evidence> basic_not_base64(const Exchange& exchange) {
    const std::string_view value = basic_value(exchange);
    if (value.empty()) return std::nullopt;
    const Base64 decoded = decode_base64(value);
    if (decoded.ok() || basic_holds_token(exchange) || basic_base64url(exchange))
        return std::nullopt;
    const bool plain = value.find(':') != npos && value.find('=') == npos;
    return proof(plain ? "user:password was sent as it is, without base64"
                 : decoded.bad >= value.size()
                     ? "the value is cut: no base64 has this length"
                     : "the value is not base64, first at byte " + std::to_string(decoded.bad),
                 {fact("offset", decoded.bad), fact("unencoded", plain)});
}

std::optional<Evidence> basic_double_encoded(const Exchange& exchange) {
    const std::optional<Pair> pair = decoded_pair(exchange);
    if (!pair || pair->colon != npos) return std::nullopt;
    const int layers = layers_around_pair(pair->bytes);
    if (layers == 0) return std::nullopt;
    return proof("user:password was encoded " + std::to_string(layers) + " times",
                 {fact("layers", layers)});
}

std::optional<Evidence> basic_no_colon(const Exchange& exchange) {
    const std::optional<Pair> pair = decoded_pair(exchange);
    if (!pair || pair->colon != npos || layers_around_pair(pair->bytes) != 0) return std::nullopt;
    return proof("the decoded value has no colon between user and password",
                 {fact("decoded_len", pair->bytes.size())});
}

std::optional<Evidence> basic_trailing_newline(const Exchange& exchange) {
    const std::optional<Pair> pair = decoded_pair(exchange);
    if (!pair || (pair->colon == npos && layers_around_pair(pair->bytes) != 0)) return std::nullopt;
    const std::optional<Newline> newline = trailing_newline(*pair);
    if (!newline) return std::nullopt;
    return proof("the " + std::string(newline->where) + " ends with a newline (" +
                     std::string(newline->octets) + "), as echo without -n makes one",
                 {fact("ctl", newline->octets), fact("where", newline->where)});
}

std::optional<Evidence> basic_control_characters(const Exchange& exchange) {
    const std::optional<Pair> pair = decoded_pair(exchange);
    const std::size_t at = pair ? first_control(*pair) : npos;
    if (at == npos || pair->colon == npos) return std::nullopt;
    std::array<char, 8> hex{};
    std::snprintf(hex.data(), hex.size(), "%02X", static_cast<unsigned char>(pair->bytes[at]));
    return proof("the decoded value holds the control character " + std::string(hex.data()) +
                     " at byte " + std::to_string(at),
                 {fact("hex", hex.data()), fact("offset", at)});
}

std::optional<Evidence> basic_not_utf8(const Exchange& exchange) {
    const std::optional<Pair> pair = decoded_pair(exchange);
    const std::size_t at = pair && pair->colon != npos ? first_non_utf8(pair->bytes) : npos;
    if (at == npos) return std::nullopt;
    return shape("user or password is not UTF-8 (first at byte " + std::to_string(at) +
                     "), so probably in another charset than the server's",
                 {fact("first_invalid_offset", at)});
}

std::optional<Evidence> basic_empty_username(const Exchange& exchange) {
    if (is_forbidden(exchange)) return std::nullopt;
    const std::optional<Pair> pair = decoded_pair(exchange);
    if (!pair || pair->colon != 0) return std::nullopt;
    return shape("the user name is empty");
}

std::optional<Evidence> basic_empty_password(const Exchange& exchange) {
    if (is_forbidden(exchange)) return std::nullopt;
    const std::optional<Pair> pair = decoded_pair(exchange);
    if (!pair || pair->colon == npos || !pair->password().empty()) return std::nullopt;
    if (is_key_alone(exchange, pair->user())) return std::nullopt;
    return shape("the password is empty");
}

std::optional<Evidence> basic_wrong_credentials(const Exchange& exchange) {
    if (acts_as(exchange) != 401 || !decoded_pair(exchange)) return std::nullopt;
    if (only_unsafe_calls_are_refused(exchange)) return std::nullopt;
    std::vector<Fact> facts{fact("attempts", exchange.recollection.refused_in_30s + 1)};
    if (const Challenge* const basic = exchange.challenges.find("Basic"))
        add(facts, "realm", basic->value_of("realm"));
    // What a read was let in with may be right, or the read ask for no password.
    if (exchange.recollection.credential_accepted_elsewhere_ago &&
        !is_safe_method(exchange.request.method) && !exchange.heard.says("basic-wrong-credentials"))
        return guess(
            "the credentials are well-formed, so user or password may be wrong: they were accepted "
            "elsewhere, by a call that may need no login",
            std::move(facts));
    std::string words = "the credentials are well-formed, so user or password is wrong";
    if (const auto& accepted = exchange.recollection.credential_accepted_ago)
        words += "; they were accepted " + std::to_string(accepted->count() / 1000) + " s ago";
    return shape(std::move(words), std::move(facts));
}

}  // namespace whogoes::rules::causes
