#include "rules/fields.hpp"

#include "rules/text.hpp"

namespace whogoes::rules {

std::optional<std::string_view> Fields::first(std::string_view name) const {
    for (const Field& line : lines_)
        if (iequals(line.name, name)) return line.value;
    return std::nullopt;
}

std::vector<std::string_view> Fields::every(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const Field& line : lines_)
        if (iequals(line.name, name)) values.push_back(line.value);
    return values;
}

std::size_t Fields::count(std::string_view name) const {
    std::size_t lines = 0;
    for (const Field& line : lines_)
        if (iequals(line.name, name)) ++lines;
    return lines;
}

}  // namespace whogoes::rules
