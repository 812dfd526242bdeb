#include "rules/causes/malformed.hpp"

#include "rules/causes/placeholder.hpp"
#include "rules/causes/reading.hpp"
#include "rules/causes/scheme.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace whogoes::rules::causes {
namespace {

// The scheme of a second credential behind a comma ("Bearer a, Basic b"), outside of quotes.
std::string_view second_scheme(std::string_view raw) {
    bool quoted = false;
    for (std::size_t at = 0; at < raw.size(); ++at) {
        if (raw[at] == '\\' && quoted) {
            ++at;
        } else if (raw[at] == '"') {
            quoted = !quoted;
        } else if (raw[at] == ',' && !quoted) {
            const std::string_view rest = trim(raw.substr(at + 1));
            const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
            if (word.size() < rest.size() && scheme_of(word) != Scheme::unknown) return word;
        }
    }
    return {};
}

// `name="value"` or `name=value`: parameters, where blanks, commas and quotes are at home.
bool holds_parameters(std::string_view value) {
    std::size_t at = 0;
    while (at < value.size() && is_token_char(value[at])) ++at;
    while (at < value.size() && is_ows(value[at])) ++at;
    if (at == 0 || at >= value.size() || value[at] != '=') return false;
    return at + 1 < value.size() && value[at + 1] != '=';
}

// The token to look at for bad octets; empty where parameters or another grammar rule.
std::string_view plain_token(const Exchange& exchange) {
    // Every octet of a whole JWT was looked at when it was read.
    if (exchange.jwt && exchange.jwt->flaw == JwtFlaw::none && !exchange.jwt->encrypted) return {};
    const std::string_view token = sole_token(exchange);
    if (token.empty() || exchange.credentials.empty()) return {};
    const Scheme kind = exchange.credentials.front().kind;
    const bool may_hold =
        kind == Scheme::unknown || kind == Scheme::token || kind == Scheme::apikey;
    return may_hold && holds_parameters(token) ? std::string_view() : token;
}

std::string hex_octet(char c) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%02X", static_cast<unsigned char>(c));
    return text.data();
}

// "U+2026" for the character that begins here; the octet where it is no UTF-8.
std::string codepoint_hex(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (text.size() < size || !is_utf8(text.substr(0, size))) return hex_octet(text[0]);
    unsigned code = size == 1 ? lead : lead & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i)
        code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
    std::array<char, 16> out{};
    std::snprintf(out.data(), out.size(), "U+%04X", code);
    return out.data();
}

}  // namespace

std::optional<Evidence> multiple_authorization(const Exchange& exchange) {
    const std::size_t lines = exchange.credentials.size();
    if (lines == 0) return std::nullopt;
    std::vector<std::string> schemes;
    if (lines > 1) {
        for (const Credentials& line : exchange.credentials) schemes.push_back(scheme_name(line));
        return proof("the request carried " + std::to_string(lines) + " Authorization fields",
                     {fact("count", lines), fact("schemes", std::move(schemes))});
    }
    const Credentials& only = exchange.credentials.front();
    if (only.raw.find(',') == npos) return std::nullopt;
    const std::string_view second = second_scheme(only.raw);
    // "Bearer, Bearer x" is one credential with a wrong separator.
    if (second.empty() || only.scheme.ends_with(',')) return std::nullopt;
    schemes = {scheme_name(only), std::string(registered_spelling(second))};
    return proof("two credentials stand in one Authorization field, joined by a comma",
                 {fact("count", 2), fact("schemes", std::move(schemes))});
}

std::optional<Evidence> scheme_separator_wrong(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent || sent->kind != Scheme::unknown) return std::nullopt;
    for (const std::string_view name : {"Basic", "Bearer", "Digest", "DPoP", "Token", "JWT"}) {
        if (!istarts_with(sent->raw, name) || sent->raw.size() == name.size()) continue;
        const char separator = sent->raw[name.size()];
        if (std::string_view(":=,;_-").find(separator) == npos) continue;
        // "Token-Auth abc": a scheme of that name, and a blank behind it.
        if (is_token(sent->scheme) && !sent->value.empty()) continue;
        return proof("scheme and credential are joined by \"" + std::string(1, separator) +
                         "\" where one blank is due",
                     {fact("scheme", name), fact("separator", std::string(1, separator))});
    }
    return std::nullopt;
}

std::optional<Evidence> scheme_only(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent || sent->kind == Scheme::unknown || !sent->value.empty()) return std::nullopt;
    std::string name = scheme_name(*sent);
    std::string words = "only the scheme " + name + " came, without a credential behind it";
    return proof(std::move(words), {fact("scheme", std::move(name))});
}

namespace {

// "12|abc…" and "id:key" are tokens, too.
bool is_token_char_met(char c) { return is_token68_char(c) || c == '|' || c == ':' || c == '='; }

// One word that is a token rather than the name of a scheme: long, or with a digit where the
// challenge offers schemes that are known.
bool is_bare_token(const Credentials& sent, const Exchange& exchange) {
    if (!std::all_of(sent.raw.begin(), sent.raw.end(), is_token_char_met)) return false;
    if (sent.raw.size() >= 16) return true;
    bool offered = false;
    for (const Challenge& challenge : exchange.challenges.challenges)
        offered = offered || scheme_of(challenge.scheme) != Scheme::unknown;
    return offered && std::any_of(sent.raw.begin(), sent.raw.end(), is_digit);
}

}  // namespace

std::optional<Evidence> scheme_missing(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent || sent->kind != Scheme::unknown) return std::nullopt;
    if (exchange.jwt && sent->raw.starts_with("eyJ"))
        return proof("the value is a bare JWT, without a scheme in front", {fact("shape", "jwt")});
    if (!sent->value.empty() || !is_bare_token(*sent, exchange)) return std::nullopt;
    if (is_placeholder(sent->raw) || scheme_separator_wrong(exchange)) return std::nullopt;
    return shape("the value is one word that is no known scheme, so probably a bare token",
                 {fact("shape", "opaque")});
}

std::optional<Evidence> authorization_stripped(const Exchange& exchange) {
    const bool anonymous = exchange.heard.says("caller-anonymous");
    if (!exchange.heard.says("no-credentials") || anonymous) return std::nullopt;
    // "CSRF token not provided" speaks of another token.
    if (exchange.heard.says("csrf-failed")) return std::nullopt;
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent || sent->value.empty()) return std::nullopt;
    // A framework that takes another scheme says the same; then nobody stripped anything.
    if (const auto mismatch = scheme_mismatch(exchange);
        mismatch && mismatch->ground >= Ground::shape)
        return std::nullopt;
    std::vector<Fact> facts{fact("sent_scheme", scheme_name(*sent)),
                            fact("upstream_text", saying(exchange, "no-credentials"))};
    add(facts, "server_header", response_field(exchange, "Server"));
    add(facts, "via", response_field(exchange, "Via"));
    add(facts, "x_cache", response_field(exchange, "X-Cache"));
    std::string words =
        "Authorization was forwarded, and " + told(exchange, "no-credentials")->words;
    const bool known_to_strip = icontains(response_field(exchange, "Server"), "Apache") ||
                                icontains(response_field(exchange, "Via"), "cloudfront") ||
                                exchange.response.fields.has("X-Cache");
    if (known_to_strip) words += "; the answer came through a server that is known to remove it";
    return told_in(std::move(words), std::move(facts));
}

std::optional<Evidence> scheme_doubled(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent || sent->kind == Scheme::unknown || sent->value.empty()) return std::nullopt;
    const std::size_t end = std::min(sent->value.find(' '), sent->value.find('\t'));
    const std::string_view inner = sent->value.substr(0, end);
    const Scheme inner_kind = scheme_of(inner);
    if (inner_kind == Scheme::unknown) return std::nullopt;
    // Alone it could be the token itself, unless it repeats the scheme.
    if (inner.size() == sent->value.size() && inner_kind != sent->kind) return std::nullopt;
    std::string outer_name = scheme_name(*sent);
    std::string inner_name(registered_spelling(inner));
    std::string words = "the credential behind " + outer_name + " begins with the scheme " +
                        inner_name + " once more";
    return proof(std::move(words), {fact("scheme", std::move(outer_name)),
                                    fact("inner_scheme", std::move(inner_name))});
}

namespace {

// Behind Basic stands base64, in which a word may be a real user name; what is no such is looked
// at.
bool is_user_and_password(const Credentials& sent) {
    if (sent.kind != Scheme::basic) return false;
    const Base64 decoded = decode_base64(sent.value);
    return decoded.ok() && decoded.bytes.find(':') != npos;
}

std::optional<Placeholder> placeholder_in(const Credentials& sent) {
    if (is_user_and_password(sent)) return std::nullopt;
    if (sent.kind == Scheme::unknown)
        if (std::optional<Placeholder> whole = find_placeholder(sent.raw)) return whole;
    return find_placeholder(sent.value);
}

Evidence placeholder_evidence(std::string words, const Placeholder& found) {
    words += " the placeholder " + found.shown + " (" + std::string(found.shape->seen) + ")";
    std::vector<Fact> facts{fact("literal", found.shown)};
    return found.shape->word ? shape(std::move(words), std::move(facts))
                             : proof(std::move(words), std::move(facts));
}

}  // namespace

std::optional<Evidence> placeholder_token(const Exchange& exchange) {
    if (const Credentials* const sent = sole_credentials(exchange))
        if (const std::optional<Placeholder> found = placeholder_in(*sent))
            return placeholder_evidence("the credential is", *found);
    for (const Carried& one : exchange.carried) {
        if (one.holds != Holds::token && one.holds != Holds::api_key) continue;
        // A body has keys and tokens of its own business.
        if (one.where == Where::member && !exchange.credentials.empty()) continue;
        const Credentials value = parse_credentials(one.value);
        const bool with_scheme = value.kind != Scheme::unknown && !value.value.empty();
        const std::optional<Placeholder> found =
            find_placeholder(with_scheme ? value.value : value.raw);
        if (!found) continue;
        Evidence evidence = placeholder_evidence(place_name(one) + " holds", *found);
        // Beside another credential it may be the one that nobody reads.
        if (!exchange.credentials.empty()) evidence.ground = Ground::shape;
        evidence.facts.push_back(fact("place", place_name(one)));
        return evidence;
    }
    return std::nullopt;
}

std::optional<Evidence> quoted_token(const Exchange& exchange) {
    const std::string_view token = plain_token(exchange);
    for (const std::string_view quote : {"\"", "'", "`", "%22"}) {
        const bool before = token.starts_with(quote);
        const bool behind = token.size() > quote.size() && token.ends_with(quote);
        if (!before && !behind) continue;
        const std::string_view position = before && behind ? "both" : before ? "start" : "end";
        return proof("the token stands in quotes (" + std::string(quote) + ")",
                     {fact("quote_char", quote), fact("position", position)});
    }
    return std::nullopt;
}

std::optional<Evidence> token_whitespace(const Exchange& exchange) {
    const std::string_view token = plain_token(exchange);
    if (token.empty()) return std::nullopt;
    // Two searches for one octet each are ten times as fast as one for either.
    std::size_t offset = std::min(token.find(' '), token.find('\t'));
    std::string_view kind = offset == npos ? "" : token[offset] == ' ' ? "space" : "tab";
    const bool escaped = offset == npos && token.find('\\') != npos;
    for (const std::string_view escape : {"\\n", "\\r"}) {
        if (!escaped || offset != npos) break;
        offset = token.find(escape);
        kind = "escaped newline";
    }
    if (offset == npos && (iends_with(token, "%0A") || iends_with(token, "%0D"))) {
        offset = token.size() - 3;
        kind = "percent-encoded newline";
    }
    if (offset == npos) return std::nullopt;
    return proof("there is white space in the token (" + std::string(kind) + " at byte " +
                     std::to_string(offset) + ")",
                 {fact("offset", offset), fact("char_class", kind)});
}

std::optional<Evidence> token_percent_encoded(const Exchange& exchange) {
    const std::string_view token = plain_token(exchange);
    const std::size_t first = token.find('%');
    if (first == npos) return std::nullopt;
    const std::optional<std::string> decoded = percent_decoded(token);
    if (!decoded || !is_token68(*decoded)) return std::nullopt;
    return proof("the token is URL-encoded, first with " + std::string(token.substr(first, 3)),
                 {fact("first_sequence", token.substr(first, 3))});
}

namespace {

// "token-x7k2p:…" of Rancher, "00D…!AQ…" of Salesforce, "ATATT3…=1A2B3C4D" of Atlassian: parts that
// a machine made, joined by an octet that no Bearer token holds (RFC 6750, 2.1) and servers take. A
// mere name before it is none: "access_token=…", "ann:…".
bool joins_parts(std::string_view token, std::size_t offset) {
    constexpr std::string_view joints = ":=!@|";
    constexpr std::size_t made = 20;  // of a machine; nobody types as much
    const char joint = token[offset];
    if (joints.find(joint) == npos) return false;
    const auto is_of_name = [](char c) { return is_alpha(c) || c == '_'; };
    const std::string_view before = token.substr(0, offset);
    if ((joint == ':' || joint == '=') && std::all_of(before.begin(), before.end(), is_of_name))
        return false;
    std::size_t longest = 0, run = 0;
    for (const char c : token) {
        if (!is_token68_char(c) && joints.find(c) == npos) return false;
        run = is_token68_char(c) ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest >= made;
}

// What is outside of token68 and still met in tokens that work.
bool is_tolerated(std::string_view token, std::size_t offset, Scheme kind, const Jwt* jwt) {
    const char c = token[offset];
    const bool visible = c > ' ' && c < 0x7f;
    // Laravel Sanctum: "3|abc…".
    if (c == '|' && offset > 0 && token.find_first_not_of("0123456789") == offset) return true;
    // "id:key" of API keys.
    if (c == ':' && (kind == Scheme::apikey || kind == Scheme::token || kind == Scheme::unknown))
        return true;
    if (!jwt && joins_parts(token, offset)) return true;
    if (!jwt || !visible || c == '<' || c == '>') return false;
    // A damaged segment of a JWT has a cause of its own, which tells more.
    return jwt->flaw == JwtFlaw::base64_standard ||
           (jwt->flaw == JwtFlaw::base64_invalid && jwt->flawed_segment < 3);
}

}  // namespace

std::optional<Evidence> token_illegal_characters(const Exchange& exchange) {
    const std::string_view token = plain_token(exchange);
    const std::string_view body = token.substr(0, token.find_last_not_of('=') + 1);
    const Scheme kind = token.empty() ? Scheme::none : exchange.credentials.front().kind;
    for (std::size_t offset = 0; offset < body.size(); ++offset) {
        if (is_token68_char(body[offset])) continue;
        if (is_tolerated(token, offset, kind, sole_jwt(exchange))) continue;
        const std::string code = codepoint_hex(body.substr(offset));
        std::string words = "the character " + code + " at byte " + std::to_string(offset) +
                            " cannot occur in a token";
        // The causes that come before this one say it better.
        if (quoted_token(exchange) || token_whitespace(exchange) ||
            token_percent_encoded(exchange) || is_placeholder(token) || scheme_doubled(exchange) ||
            scheme_separator_wrong(exchange))
            return std::nullopt;
        return proof(std::move(words), {fact("codepoint_hex", code), fact("offset", offset)});
    }
    return std::nullopt;
}

}  // namespace whogoes::rules::causes
