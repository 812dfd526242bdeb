#include "proxy/app/moment.hpp"

#include "proxy/app/units.hpp"

#include <charconv>
#include <ctime>

namespace whogoes::app {
namespace {

using namespace std::chrono;

// Takes exactly `count` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    int value = 0;
    if (text.size() < count) return std::nullopt;
    for (const char c : text.substr(0, count))
        if (c < '0' || c > '9') return std::nullopt;
    std::from_chars(text.data(), text.data() + count, value);
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

// "12:51", "12:51:24", "12:51:24.318"
std::optional<milliseconds> take_clock(std::string_view& text) {
    const auto hour = take_digits(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    milliseconds clock = hours{*hour} + minutes{*minute};
    if (!take(text, ':')) return clock;
    const auto second = take_digits(text, 2);
    if (!second || *second > 60) return std::nullopt;
    clock += seconds{*second};
    if (!take(text, '.')) return clock;
    int scale = 100;
    bool any = false;
    while (const auto digit = take_digits(text, 1)) {
        clock += milliseconds{*digit * scale};
        scale /= 10;
        any = true;
    }
    return any ? std::optional(clock) : std::nullopt;
}

// "Z", "+01:00", or nothing: what is to be taken away.
std::optional<minutes> take_offset(std::string_view& text) {
    if (text.empty() || take(text, 'Z') || take(text, 'z')) return minutes{0};
    const int sign = text.front() == '-' ? -1 : 1;
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    const auto hour = take_digits(text, 2);
    take(text, ':');
    const auto minute = take_digits(text, 2);
    if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
    return sign * (hours{*hour} + minutes{*minute});
}

std::optional<sys_days> take_date(std::string_view& text) {
    const auto y = take_digits(text, 4);
    if (!y || !take(text, '-')) return std::nullopt;
    const auto m = take_digits(text, 2);
    if (!m || !take(text, '-')) return std::nullopt;
    const auto d = take_digits(text, 2);
    if (!d) return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                              day{static_cast<unsigned>(*d)}};
    return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

// When a clock shows this on that day.
rules::TimePoint when(sys_days date, milliseconds clock, bool local) {
    if (!local) return date + clock;
    const year_month_day day{date};
    std::tm shown{};
    shown.tm_year = static_cast<int>(day.year()) - 1900;
    shown.tm_mon = static_cast<int>(static_cast<unsigned>(day.month())) - 1;
    shown.tm_mday = static_cast<int>(static_cast<unsigned>(day.day()));
    const hh_mm_ss time_of_day{clock};
    shown.tm_hour = static_cast<int>(time_of_day.hours().count());
    shown.tm_min = static_cast<int>(time_of_day.minutes().count());
    shown.tm_sec = static_cast<int>(time_of_day.seconds().count());
    shown.tm_isdst = -1;
    const std::time_t time = std::mktime(&shown);
    return rules::TimePoint(seconds(time)) + clock % seconds(1);
}

sys_days today(rules::TimePoint now, bool local) {
    if (!local) return floor<days>(now);
    const std::time_t time = floor<seconds>(now).time_since_epoch().count();
    std::tm shown{};
    ::localtime_r(&time, &shown);
    return sys_days(year{shown.tm_year + 1900} / (shown.tm_mon + 1) / shown.tm_mday);
}

}  // namespace

std::optional<rules::TimePoint> parse_moment(std::string_view text, rules::TimePoint now,
                                             bool local) {
    if (const auto duration = parse_duration(text)) return now - *duration;
    std::string_view rest = text;
    if (const auto date = take_date(rest)) {
        if (rest.empty()) return when(*date, milliseconds(0), local);
        if (!take(rest, 'T') && !take(rest, 't') && !take(rest, ' ')) return std::nullopt;
        const auto clock = take_clock(rest);
        if (clock && rest.empty()) return when(*date, *clock, local);
        const auto offset = clock ? take_offset(rest) : std::nullopt;
        if (!offset || !rest.empty()) return std::nullopt;
        return *date + *clock - *offset;
    }
    rest = text;
    const auto clock = take_clock(rest);
    if (!clock || (!rest.empty() && rest != "Z")) return std::nullopt;
    const bool by_wall = local && rest.empty();
    const sys_days date = today(now, by_wall);
    const rules::TimePoint moment = when(date, *clock, by_wall);
    return moment > now ? when(date - days{1}, *clock, by_wall) : moment;
}

}  // namespace whogoes::app
