#include "rules/causes/placeholder.hpp"

#include "rules/text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace whogoes::rules::causes {
namespace {

constexpr std::size_t longest = 80;

enum class Kind { small, large, digit, other };

Kind kind_of(char c) noexcept {
    if (is_digit(c)) return Kind::digit;
    if (!is_alpha(c)) return Kind::other;
    return lower(c) == c ? Kind::small : Kind::large;
}

// How often letters turn large or into digits, or digits into letters: in words now and then, in
// what was drawn at random all the time.
std::size_t changes_in(std::string_view text) noexcept {
    std::size_t changes = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const Kind before = kind_of(text[i - 1]), here = kind_of(text[i]);
        const bool capitalised = before == Kind::large && here == Kind::small;
        const bool apart = before == Kind::other || here == Kind::other;
        changes += before != here && !capitalised && !apart ? 1U : 0U;
    }
    return changes;
}

// The name of a variable, or a few words: not a token that somebody put into brackets.
bool is_harmless(std::string_view inside) noexcept {
    if (inside.size() > longest || inside.find("eyJ") != npos) return false;
    const std::size_t changes = changes_in(inside);
    if (inside.size() >= 16 && changes * 6 >= inside.size()) return false;
    if (inside.size() >= 8 && changes * 5 >= inside.size() + 5) return false;
    std::size_t digits = 0;
    for (const char c : inside) digits += is_digit(c) ? 1U : 0U;
    return digits * 4 < inside.size() || inside.size() < 8;
}

// Names and words; anything else may be a default value or a member with a secret in it.
bool is_plain(std::string_view inside) noexcept {
    return std::all_of(inside.begin(), inside.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == ' ';
    });
}

// Text that no token begins with, whatever follows: b', Optional(, {"access_token".
bool is_frame(std::string_view begins) noexcept {
    return std::any_of(begins.begin(), begins.end(), is_alpha) &&
           !std::all_of(begins.begin(), begins.end(), is_token68_char);
}

std::string_view inside_of(const PlaceholderShape& shape, std::string_view text) noexcept {
    return text.substr(shape.begins.size(), text.size() - shape.begins.size() - shape.ends.size());
}

bool fits(const PlaceholderShape& shape, std::string_view text) noexcept {
    if (!shape.whole.empty()) return iequals(text, shape.whole);
    if (shape.begins.empty()) return text.size() >= 3 && text.find_first_not_of(shape.only) == npos;
    if (text.size() < shape.begins.size() + shape.ends.size()) return false;
    if (!istarts_with(text, shape.begins) || !iends_with(text, shape.ends)) return false;
    if (!shape.only.empty() && text.find_first_not_of(shape.only) != npos) return false;
    const std::string_view inside = inside_of(shape, text);
    if (!shape.holds.empty() && !icontains(inside, shape.holds)) return false;
    return is_frame(shape.begins) || is_harmless(inside);
}

char first_of(const PlaceholderShape& shape) noexcept {
    const std::string_view start = shape.whole.empty() ? shape.begins : shape.whole;
    return start.empty() ? '\0' : lower(start.front());
}

struct ByFirst {
    static unsigned char octet(char c) noexcept { return static_cast<unsigned char>(c); }
    bool operator()(const PlaceholderShape& shape, char first) const noexcept {
        return octet(first_of(shape)) < octet(first);
    }
    bool operator()(char first, const PlaceholderShape& shape) const noexcept {
        return octet(first) < octet(first_of(shape));
    }
};

const PlaceholderShape* shape_among(char first, std::string_view text) noexcept {
    const std::span<const PlaceholderShape> all = placeholder_shapes();
    const auto [begin, end] = std::equal_range(all.begin(), all.end(), first, ByFirst());
    const auto found = std::find_if(
        begin, end, [text](const PlaceholderShape& shape) { return fits(shape, text); });
    return found == end ? nullptr : &*found;
}

const PlaceholderShape* shape_of(std::string_view text) noexcept {
    if (text.empty() || text.front() == '\0') return nullptr;
    if (const PlaceholderShape* const shape = shape_among(lower(text.front()), text)) return shape;
    return shape_among('\0', text);
}

}  // namespace

std::optional<Placeholder> find_placeholder(std::string_view credential) {
    const PlaceholderShape* const shape = shape_of(credential);
    if (!shape) return std::nullopt;
    if (shape->begins.empty()) return Placeholder{shape, std::string(credential)};
    const std::string_view inside = inside_of(*shape, credential);
    if (is_plain(inside) && is_harmless(inside)) return Placeholder{shape, std::string(credential)};
    std::string shown(credential.substr(0, shape->begins.size()));
    shown += "…";
    shown += credential.substr(credential.size() - shape->ends.size());
    return Placeholder{shape, std::move(shown)};
}

bool is_placeholder(std::string_view credential) noexcept {
    return shape_of(credential) != nullptr;
}

}  // namespace whogoes::rules::causes
