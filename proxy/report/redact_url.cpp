#include "proxy/report/redact.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::report {
namespace {

using rules::is_alpha;
using rules::is_digit;

using rules::npos;

// What follows these in a path is a one-time secret more often than an identifier.
constexpr std::string_view secret_parents[] = {
    "token",        "reset",      "reset-password", "password-reset", "verify",
    "verify-email", "confirm",    "activate",       "invite",         "invitation",
    "magic",        "magic-link", "unsubscribe",    "share",
};

bool is_secret_parent(std::string_view segment) noexcept {
    return std::any_of(std::begin(secret_parents), std::end(secret_parents),
                       [&](std::string_view name) { return rules::iequals(name, segment); });
}

bool is_one_time_secret(std::string_view segment) noexcept {
    if (segment.size() < 12) return false;
    return std::any_of(segment.begin(), segment.end(), is_digit) &&
           std::any_of(segment.begin(), segment.end(), is_alpha);
}

// A value that is itself a URL or a form: "…?code=abc", "a=1;token=x".
bool holds_secret_pair(std::string_view value) {
    for (std::size_t equals = value.find('='); equals != npos;
         equals = value.find('=', equals + 1)) {
        std::size_t begin = equals;
        while (begin > 0 && rules::is_token_char(value[begin - 1]) && value[begin - 1] != '&')
            --begin;
        if (equals + 1 < value.size() && names_a_secret(value.substr(begin, equals - begin)))
            return true;
    }
    const std::size_t at = value.find('@');
    return at != npos && value.find("://") < at;  // user information
}

// White space, quotes and brackets.
bool ends_url(char c) noexcept {
    switch (c) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
        case '"':
        case '\'':
        case '<':
        case '>':
        case '(':
        case ')':
        case '[':
        case ']':
        case '{':
        case '}':
        case '|':
        case ',':
            return true;
        default:
            return false;
    }
}

int hex_digit(char c) noexcept {
    const char low = rules::lower(c);
    if (is_digit(c)) return c - '0';
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// A broken "%" stays as it is: it must not hide what stands beside it.
std::string leniently_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool whole = text[at] == '%' && at + 2 < text.size();
        const int high = whole ? hex_digit(text[at + 1]) : -1;
        const int low = whole ? hex_digit(text[at + 2]) : -1;
        if (high < 0 || low < 0) {
            out += text[at];
            continue;
        }
        out += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return out;
}

// Looks under at most three layers of percent-encoding: a URL in a parameter of a URL.
bool is_secret_value(std::string_view value, int layers = 3) {
    if (looks_like_credential(value) || holds_token(value) || holds_secret_pair(value)) return true;
    if (layers == 0 || value.find('%') == npos) return false;
    return is_secret_value(leniently_decoded(value), layers - 1);
}

void append_redacted(std::string& out, std::string_view secret, Secrets* found) {
    out += redacted;
    if (found != nullptr) found->add_found(secret);
}

void append_pair(std::string& out, std::string_view pair, std::string_view query, Secrets* found) {
    const std::size_t equals = pair.find('=');
    const std::string_view key = pair.substr(0, equals);
    if (is_secret_value(key)) {
        append_redacted(out, key, found);
    } else {
        out += key;
    }
    if (equals == npos) return;
    out += '=';
    const std::string_view value = pair.substr(equals + 1);
    if (value.empty()) return;
    const std::string name = key.find('%') == npos ? std::string(key) : leniently_decoded(key);
    if (names_a_secret(name) || is_secret_value(value) ||
        rules::is_known_secret(rules::Where::query, name, value) ||
        (name == "p" && rules::holds_in_query(query, name, value) == rules::Holds::password)) {
        append_redacted(out, value, found);
    } else {
        out += value;
    }
}

void append_segment(std::string& out, std::string_view segment, std::string_view parent,
                    Secrets* found) {
    const std::size_t semicolon = segment.find(';');
    const std::string_view name = segment.substr(0, semicolon);
    const bool encoded = name.find('%') != npos;
    const std::string plain = encoded ? leniently_decoded(name) : std::string();
    const std::string_view decoded = encoded ? std::string_view(plain) : name;
    const bool one_time = is_secret_parent(parent) && is_one_time_secret(decoded);
    const std::size_t at = decoded.find('@');
    const bool user = at != npos && decoded.find(':') < at;  // joe:secret@host
    if (one_time || user || is_secret_value(decoded)) {
        append_redacted(out, name, found);
    } else {
        out += name;
    }
    if (semicolon == npos) return;
    out += ';';
    append_pair(out, segment.substr(semicolon + 1), {}, found);  // "jsessionid=…"
}

std::string redacted_url(std::string_view url) {
    const std::size_t query = url.find_first_of("?#");
    std::string out = redacted_path(url.substr(0, query));
    if (query == npos) return out;
    out += url[query];
    return out + redacted_query(url.substr(query + 1));
}

}  // namespace

std::string redacted_query(std::string_view query, Secrets* found) {
    std::string out;
    out.reserve(query.size());
    for (std::string_view rest = query;;) {
        const std::size_t end = rest.find('&');
        append_pair(out, rest.substr(0, end), query, found);
        if (end == npos) return out;
        out += '&';
        rest.remove_prefix(end + 1);
    }
}

std::string redacted_path(std::string_view path, Secrets* found) {
    std::string out;
    out.reserve(path.size());
    std::string_view parent;
    while (true) {
        const std::size_t end = path.find('/');
        const std::string_view segment = path.substr(0, end);
        append_segment(out, segment, parent, found);
        if (end == npos) return out;
        out += '/';
        parent = segment;
        path.remove_prefix(end + 1);
    }
}

// Every URL that can hold a secret has a slash, so what lies between two slashes of the text is
// looked at only around them.
void mask_urls(std::string& text) {
    for (std::size_t slash = text.find('/'); slash != npos;) {
        std::size_t begin = slash;
        while (begin > 0 && !ends_url(text[begin - 1])) --begin;
        std::size_t end = slash;
        while (end < text.size() && !ends_url(text[end])) ++end;
        const std::string_view word = std::string_view(text).substr(begin, end - begin);
        if (word.starts_with('/') || word.find("://") != npos) {
            const std::string url = redacted_url(word);
            if (url != word) text.replace(begin, end - begin, url);
            end = begin + url.size();
        }
        slash = text.find('/', end);
    }
}

std::string origin_of(std::string_view url) {
    const bool secure = rules::istarts_with(url, "https://");
    if (!secure && !rules::istarts_with(url, "http://")) return {};
    const std::size_t begin = secure ? 8 : 7;
    std::string_view authority = url.substr(begin, url.find_first_of("/?#\\", begin) - begin);
    if (const std::size_t at = authority.rfind('@'); at != npos) authority.remove_prefix(at + 1);
    return std::string(secure ? "https://" : "http://").append(authority);
}

}  // namespace whogoes::report
