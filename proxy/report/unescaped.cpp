#include "proxy/report/unescaped.hpp"

#include "rules/text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace whogoes::report {
namespace {

struct Escape {
    std::size_t length = 0;  // octets that it takes; 0: none stands here
    char octet = 0;
};

// Of `digits` octets at most, and at least `least`; only ASCII is compared.
Escape number(std::string_view text, std::size_t at, std::size_t least, std::size_t digits,
              int base) {
    const std::string_view rest = text.substr(std::min(at, text.size())).substr(0, digits);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
    const auto length = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc{} || length < least) return {};
    return {at + length, value < 128 ? static_cast<char>(value) : '?'};
}

Escape percent(std::string_view text) {
    std::uint32_t value = 0;
    if (text.size() < 3) return {};
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 3, value, 16);
    if (error != std::errc{} || end != text.data() + 3) return {};
    return {3, static_cast<char>(value)};
}

Escape entity(std::string_view text) {
    constexpr std::pair<std::string_view, char> named[] = {
        {"&amp;", '&'},  {"&lt;", '<'},  {"&gt;", '>'},     {"&quot;", '"'}, {"&apos;", '\''},
        {"&plus;", '+'}, {"&sol;", '/'}, {"&equals;", '='}, {"&colon;", ':'}};
    for (const auto& [name, octet] : named)
        if (text.starts_with(name)) return {name.size(), octet};
    if (!text.starts_with("&#") || text.size() < 4) return {};
    const bool hex = text[2] == 'x' || text[2] == 'X';
    Escape found = hex ? number(text, 3, 1, 6, 16) : number(text, 2, 1, 7, 10);
    if (found.length < text.size() && text[found.length] == ';') ++found.length;
    return found.length > 3 ? found : Escape{};
}

Escape backslash(std::string_view text) {
    if (text.size() < 2) return {};
    switch (text[1]) {
        case 'u':
            return number(text, 2, 4, 4, 16);
        case 'x':
            return number(text, 2, 2, 2, 16);
        case 'n':
        case 'r':
        case 't':
            return {2, ' '};
        default:
            return {rules::is_alpha(text[1]) || rules::is_digit(text[1]) ? std::size_t{0}
                                                                         : std::size_t{2},
                    text[1]};
    }
}

Escape escape_at(std::string_view text) {
    switch (text.front()) {
        case '%':
            return percent(text);
        case '&':
            return entity(text);
        case '\\':
            return backslash(text);
        default:
            return {};
    }
}

}  // namespace

bool may_be_escaped(std::string_view text) noexcept {
    using rules::npos;
    return text.find('%') != npos || text.find('&') != npos || text.find('\\') != npos;
}

Unescaped unescape(std::string_view text) {
    Unescaped out;
    out.plain.reserve(text.size());
    out.from.reserve(text.size() + 1);
    for (std::size_t at = 0; at < text.size();) {
        const Escape found = escape_at(text.substr(at));
        out.plain += found.length == 0 ? text[at] : found.octet;
        out.from.push_back(static_cast<std::uint32_t>(at));
        at += std::max<std::size_t>(found.length, 1);
    }
    out.from.push_back(static_cast<std::uint32_t>(text.size()));
    return out;
}

}  // namespace whogoes::report
