#include "proxy/report/route_shape.hpp"

#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::report {
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

}  // namespace whogoes::report
