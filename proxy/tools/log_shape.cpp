#include "proxy/tools/log_filter.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::tools {
namespace {

bool is_hex(char c) noexcept {
    return rules::is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "v1" and "2fa" are words, "42", a UUID, "0af3bc91" and "M882SZ8Q0000" are names of one thing.
bool names_one(std::string_view segment) noexcept {
    if (segment.empty()) return false;
    std::size_t digits = 0, letters = 0, hexes = 0, dashes = 0;
    for (const char c : segment) {
        digits += rules::is_digit(c) ? 1 : 0;
        letters += is_alpha(c) ? 1 : 0;
        hexes += is_hex(c) ? 1 : 0;
        dashes += c == '-' || c == '_' ? 1 : 0;
    }
    if (segment == "REDACTED" || segment.find('@') != std::string_view::npos) return true;
    if (segment.find("…") != std::string_view::npos) return true;
    if (digits + dashes == segment.size()) return digits > 0;
    const std::size_t words = digits + letters + dashes;
    if (words != segment.size() || digits == 0) return false;
    if (hexes + dashes == segment.size()) return segment.size() >= 8;
    // A word with a number, such as "report-2026", has few changes between the two.
    std::size_t changes = 0;
    for (std::size_t i = 1; i < segment.size(); ++i)
        changes += rules::is_digit(segment[i]) != rules::is_digit(segment[i - 1]) ? 1 : 0;
    return segment.size() >= 10 && digits >= 3 && changes >= 3;
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view text) noexcept {
    // Where to go on after a mismatch: behind the last star, one character further.
    std::size_t g = 0, t = 0;
    std::size_t star = std::string_view::npos, star_text = 0;
    std::size_t deep = std::string_view::npos, deep_text = 0;
    while (true) {
        const std::string_view rest = glob.substr(g);
        if (rest.starts_with("**")) {
            deep = g += 2;
            deep_text = t;
            star = std::string_view::npos;
            continue;
        }
        if (rest.starts_with('*')) {
            star = ++g;
            star_text = t;
            continue;
        }
        if (t == text.size() && rest.empty()) return true;
        if (t < text.size() && !rest.empty() &&
            (rest[0] == text[t] || (rest[0] == '?' && text[t] != '/'))) {
            ++g;
            ++t;
            continue;
        }
        if (star != std::string_view::npos && star_text < text.size() && text[star_text] != '/') {
            g = star;
            t = ++star_text;
        } else if (deep != std::string_view::npos && deep_text < text.size()) {
            g = deep;
            t = ++deep_text;
            star = std::string_view::npos;
        } else {
            return false;
        }
    }
}

void append_route_shape(std::string& out, std::string_view path) {
    path = path.substr(0, path.find(';'));
    while (!path.empty()) {
        const auto slash = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, slash);
        out += names_one(segment) ? std::string_view("{id}") : segment;
        if (slash < path.size()) out += '/';
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
}

}  // namespace whogoes::tools
