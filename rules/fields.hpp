#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace whogoes::rules {

// One field line as it came, optional white space around the value trimmed.
struct Field {
    std::string_view name{};
    std::string_view value{};
};

// The field lines of one message, in order. Views: the bytes belong to whoever filled it.
// Not a map: repeated lines and their order are evidence.
class Fields {
public:
    void add(std::string_view name, std::string_view value) { lines_.push_back({name, value}); }
    void clear() { lines_.clear(); }  // keeps the memory

    // Names compare without case (RFC 9110, 5.1).
    std::optional<std::string_view> first(std::string_view name) const;
    std::vector<std::string_view> every(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    bool has(std::string_view name) const { return first(name).has_value(); }

    std::span<const Field> lines() const { return lines_; }

private:
    std::vector<Field> lines_{};
};

}  // namespace whogoes::rules
