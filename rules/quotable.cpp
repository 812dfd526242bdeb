#include "rules/quotable.hpp"

#include "rules/credentials.hpp"
#include "rules/exchange.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::rules {
namespace {

constexpr std::size_t longest_text = 200;

bool is_credential_field(std::string_view name) {
    return iequals(name, "Authorization") || iequals(name, "Cookie") ||
           is_secret_at(Where::field, name);
}

void redact(std::string& text, std::string_view secret) {
    constexpr std::string_view mark = "REDACTED";
    if (secret.size() < 4) return;
    for (std::size_t at = text.find(secret); at != npos; at = text.find(secret, at + mark.size()))
        text.replace(at, secret.size(), mark);
}

// "Signature" of `Signature=7c42` is a name; "=" may also pad.
bool is_name(std::string_view value, std::size_t end) {
    return end + 1 < value.size() && value[end] == '=' &&
           std::string_view(" \t,;=").find(value[end + 1]) == npos;
}

bool is_separator(char c) {
    return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '=' || c == '"';
}

// Every word of a credential field on its own, so that a part of it is found too.
void redact_words(std::string& text, std::string_view value) {
    for (std::size_t at = 0; at < value.size();) {
        std::size_t end = at;
        while (end < value.size() && !is_separator(value[end])) ++end;
        const std::string_view word = value.substr(at, end - at);
        if (scheme_of(word) == Scheme::unknown && !is_name(value, end)) redact(text, word);
        at = end + 1;
    }
}

void redact_basic(std::string& text, std::string_view value) {
    const Base64 decoded = decode_base64(value, Alphabet::either);
    if (!decoded.ok()) return;
    const std::string_view pair = decoded.bytes;
    const std::size_t colon = pair.find(':');
    redact(text, pair);
    if (colon != npos) redact(text, pair.substr(colon + 1));
}

// A word that is long and mixes letters with digits is a token or a key until proven otherwise.
bool looks_secret(std::string_view word) {
    bool digit = false;
    bool letter = false;
    for (const char c : word) {
        digit = digit || is_digit(c);
        letter = letter || is_alpha(c);
    }
    return (word.size() >= 20 && digit && letter) || word.find("eyJ") != npos;
}

// Host and path of a URL are looked at part by part, so that the name of an issuer stays readable.
std::string without_secrets(std::string_view word) {
    if (!word.starts_with("//")) return looks_secret(word) ? "REDACTED" : std::string(word);
    std::string out;
    for (std::size_t at = 0; at <= word.size();) {
        const std::size_t end = std::min(word.find('/', at), word.size());
        const std::string_view part = word.substr(at, end - at);
        // Behind the two slashes stands the host, which is no secret.
        const bool host = at == 2;
        out += (at > 0 ? "/" : "") + (looks_secret(part) && !host ? "REDACTED" : std::string(part));
        at = end + 1;
    }
    return out;
}

void redact_lookalikes(std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && (is_token68_char(text[end]) || text[end] == '=')) ++end;
        out += without_secrets(std::string_view(text).substr(at, end - at));
        if (end < text.size()) out += text[end];
        at = end + 1;
    }
    text = std::move(out);
}

// A mark may be longer than what it stands for.
void shorten(std::string& text) {
    if (text.size() <= longest_text) return;
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    text.resize(end);
}

void make_printable(std::string& text) {
    for (std::size_t bad = first_non_utf8(text); bad != npos; bad = first_non_utf8(text))
        text[bad] = '?';
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
}

}  // namespace

std::string quotable(std::string_view upstream_text, const Request& request) {
    std::string text(upstream_text.substr(0, longest_text));
    make_printable(text);
    for (const Field& line : request.fields.lines()) {
        if (!is_credential_field(line.name)) continue;
        redact(text, line.value);
        redact_words(text, line.value);
        const Credentials credentials = parse_credentials(line.value);
        if (credentials.kind == Scheme::basic) redact_basic(text, credentials.value);
    }
    for (const Carried& one : carried_by(request, {}))
        if (one.where != Where::field && one.where != Where::cookie && one.holds != Holds::identity)
            redact(text, one.value);
    redact_lookalikes(text);
    shorten(text);
    return text;
}

}  // namespace whogoes::rules
