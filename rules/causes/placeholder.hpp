#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

// What stands where a credential should: "undefined", "null", "{{token}}", "$TOKEN", … Compared
// with a whole token or API key. What could be a real token in brackets is none of these.
namespace whogoes::rules::causes {

// A line of rules/dialects/placeholders.yaml: all that is there must hold. Without regard to case
// but for `only`.
struct PlaceholderShape {
    std::string_view whole{};
    std::string_view begins{};
    std::string_view ends{};
    std::string_view holds{};
    std::string_view only{};  // made of these octets alone
    std::string_view seen{};  // where it comes from: "JavaScript: await is missing"
    bool word = false;        // somebody may have made it a real token
};

// Sorted by the first octet of `whole` or `begins` in lower case, those without one first; the
// longer ones first.
std::span<const PlaceholderShape> placeholder_shapes() noexcept;

struct Placeholder {
    const PlaceholderShape* shape = nullptr;
    std::string shown{};  // the whole, or its frame where a token may stand within: b'…'
};

std::optional<Placeholder> find_placeholder(std::string_view credential);
bool is_placeholder(std::string_view credential) noexcept;

}  // namespace whogoes::rules::causes
