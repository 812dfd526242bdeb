#include "proxy/app/units.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace whogoes::app {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr Unit size_units[] = {
    {"b", 1},     {"kib", 1024},       {"mib", 1024 * 1024},      {"gib", 1024 * 1024 * 1024},
    {"kb", 1000}, {"mb", 1000 * 1000}, {"gb", 1000 * 1000 * 1000}};
constexpr Unit duration_units[] = {
    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

// Reads digits off the front.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end == text.data()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

std::optional<std::uint64_t> times(std::uint64_t number, std::uint64_t factor) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (number > most / factor) return std::nullopt;
    return number * factor;
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    if (*number == 0 && text.empty()) return 0;
    const std::string unit = lower_case(text);
    for (const Unit& known : size_units)
        if (known.name == unit) return times(*number, known.factor);
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text == "0") return std::chrono::milliseconds{0};
    if (text.empty()) return std::nullopt;
    std::uint64_t sum = 0;
    std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
    while (!text.empty()) {
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        const auto letters = std::min(text.find_first_of("0123456789"), text.size());
        const auto unit =
            std::find_if(std::begin(duration_units), std::end(duration_units),
                         [&](const Unit& known) { return known.name == text.substr(0, letters); });
        if (unit == std::end(duration_units) || unit->factor >= smallest) return std::nullopt;
        const auto part = times(*number, unit->factor);
        if (!part || *part > 1000ull * 365 * 86400000) return std::nullopt;
        smallest = unit->factor;
        sum += *part;
        text.remove_prefix(letters);
    }
    return std::chrono::milliseconds{static_cast<std::int64_t>(sum)};
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    const auto number = take_number(text);
    if (!number || !text.empty()) return std::nullopt;
    return number;
}

std::optional<bool> parse_switch(std::string_view text) {
    const std::string word = lower_case(text);
    if (word == "true" || word == "yes" || word == "on") return true;
    if (word == "false" || word == "no" || word == "off") return false;
    return std::nullopt;
}

}  // namespace whogoes::app
