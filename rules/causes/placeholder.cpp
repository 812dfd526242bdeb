#include "rules/causes/placeholder.hpp"

#include "rules/text.hpp"

#include <cstddef>

namespace whogoes::rules::causes {
namespace {

constexpr std::size_t longest = 80;

bool is_name_char(char c) { return is_alpha(c) || is_digit(c) || c == '_'; }

bool is_name(std::string_view text) {
    for (const char c : text)
        if (!is_name_char(c)) return false;
    return !text.empty();
}

enum class Kind { small, large, digit, other };

Kind kind_of(char c) {
    if (is_digit(c)) return Kind::digit;
    if (!is_alpha(c)) return Kind::other;
    return lower(c) == c ? Kind::small : Kind::large;
}

// How often letters turn large or into digits, or digits into letters: in words now and then, in
// what was drawn at random all the time.
std::size_t changes_in(std::string_view text) {
    std::size_t changes = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const Kind before = kind_of(text[i - 1]), here = kind_of(text[i]);
        const bool capitalised = before == Kind::large && here == Kind::small;
        const bool apart = before == Kind::other || here == Kind::other;
        changes += before != here && !capitalised && !apart ? 1 : 0;
    }
    return changes;
}

// The name of a variable, or a few words: not a token that somebody put into brackets.
bool is_harmless(std::string_view inside) {
    if (inside.size() >= 16 && changes_in(inside) * 6 >= inside.size()) return false;
    if (inside.size() >= 8 && changes_in(inside) * 5 >= inside.size() + 5) return false;
    std::size_t digits = 0;
    for (const char c : inside) digits += is_digit(c) ? 1 : 0;
    if (inside.size() > longest || inside.find("eyJ") != npos) return false;
    return digits * 4 < inside.size() || inside.size() < 8;
}

std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
    if (text.size() <= open.size() + close.size()) return {};
    if (!text.starts_with(open) || !text.ends_with(close)) return {};
    return text.substr(open.size(), text.size() - open.size() - close.size());
}

bool is_empty_value(std::string_view text) {
    for (const std::string_view known :
         {"undefined", "null", "(null)", "nil", "none", "NaN", "true", "false"})
        if (iequals(text, known)) return true;
    if (text.size() < 3) return false;
    for (const char c : text)
        if (lower(c) != 'x') return false;
    return true;
}

bool is_object_text(std::string_view text) {
    const std::string_view inside = between(text, "[", "]");
    return istarts_with(inside, "object ") && is_name(inside.substr(7));
}

bool is_template(std::string_view text) {
    for (const std::string_view inside :
         {between(text, "{{", "}}"), between(text, "${", "}"), between(text, "<", ">")})
        if (!inside.empty() && is_harmless(inside)) return true;
    const std::string_view percent = between(text, "%", "%");
    if (is_name(percent) && is_harmless(percent)) return true;
    return text.starts_with('$') && is_name(text.substr(1)) && !is_digit(text[1]) &&
           is_harmless(text);
}

bool is_instruction(std::string_view text) {
    if (text.size() > longest || !istarts_with(text, "your")) return false;
    for (const char c : text)
        if (!is_name_char(c) && c != '-' && c != '.') return false;
    if (iends_with(text, "here")) {
        text.remove_suffix(4);
        if (text.ends_with('_') || text.ends_with('-')) text.remove_suffix(1);
    }
    for (const std::string_view end : {"token", "key", "secret", "jwt"})
        if (iends_with(text, end)) return true;
    return false;
}

}  // namespace

bool is_placeholder(std::string_view credential) {
    if (credential.empty()) return false;
    return is_empty_value(credential) || is_object_text(credential) || is_template(credential) ||
           is_instruction(credential);
}

}  // namespace whogoes::rules::causes
