#include "rules/http_date.hpp"

#include "rules/text.hpp"

#include <array>

namespace whogoes::rules {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct Civil {
    int year = 0, month = 0, day = 0;  // month from 1; 0: unknown
    int hour = 0, minute = 0, second = 0;
};

std::optional<TimePoint> time_of(const Civil& civil) {
    using namespace std::chrono;
    if (civil.hour > 23 || civil.minute > 59 || civil.second > 60) return std::nullopt;
    const year_month_day date{year(civil.year), month(static_cast<unsigned>(civil.month)),
                              day(static_cast<unsigned>(civil.day))};
    if (!date.ok()) return std::nullopt;
    return sys_days(date) + hours(civil.hour) + minutes(civil.minute) + seconds(civil.second);
}

int month_of(std::string_view name) {
    for (std::size_t i = 0; i < months.size(); ++i)
        if (iequals(months[i], name)) return static_cast<int>(i) + 1;
    return 0;
}

// The number that `length` digits at `at` make, or -1.
int number_at(std::string_view text, std::size_t at, std::size_t length) {
    if (at + length > text.size()) return -1;
    int number = 0;
    for (std::size_t i = at; i < at + length; ++i) {
        if (!is_digit(text[i])) return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

bool read_clock(std::string_view text, std::size_t at, Civil& civil) {
    if (at + 8 > text.size() || text[at + 2] != ':' || text[at + 5] != ':') return false;
    civil.hour = number_at(text, at, 2);
    civil.minute = number_at(text, at + 3, 2);
    civil.second = number_at(text, at + 6, 2);
    return civil.hour >= 0 && civil.minute >= 0 && civil.second >= 0;
}

bool has_day_name(std::string_view text) {
    for (const std::string_view day : days)
        if (text.starts_with(day)) return true;
    return false;
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<TimePoint> parse_fixdate(std::string_view text) {
    if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT"))
        return std::nullopt;
    Civil civil{.year = number_at(text, 12, 4),
                .month = month_of(text.substr(8, 3)),
                .day = number_at(text, 5, 2)};
    if (civil.year < 0 || civil.day < 0 || !read_clock(text, 17, civil)) return std::nullopt;
    return time_of(civil);
}

// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<TimePoint> parse_rfc850(std::string_view text, TimePoint now) {
    const std::size_t comma = text.find(", ");
    if (comma == npos || text.size() != comma + 24 || !text.ends_with(" GMT")) return std::nullopt;
    const std::string_view rest = text.substr(comma + 2);
    Civil civil{.year = number_at(rest, 7, 2),
                .month = month_of(rest.substr(3, 3)),
                .day = number_at(rest, 0, 2)};
    if (civil.year < 0 || civil.day < 0 || !read_clock(rest, 10, civil)) return std::nullopt;
    // RFC 9110, 5.6.7: more than 50 years ahead means the past.
    using namespace std::chrono;
    const int this_year = static_cast<int>(year_month_day(floor<std::chrono::days>(now)).year());
    civil.year += this_year - this_year % 100;
    if (civil.year > this_year + 50) civil.year -= 100;
    return time_of(civil);
}

// Sun Nov  6 08:49:37 1994
std::optional<TimePoint> parse_asctime(std::string_view text) {
    if (text.size() != 24) return std::nullopt;
    Civil civil{.year = number_at(text, 20, 4),
                .month = month_of(text.substr(4, 3)),
                .day = text[8] == ' ' ? number_at(text, 9, 1) : number_at(text, 8, 2)};
    if (civil.year < 0 || civil.day < 0 || !read_clock(text, 11, civil)) return std::nullopt;
    return time_of(civil);
}

std::size_t digits_in_front(std::string_view text) {
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    return digits;
}

// h:m:s, each of one or two digits; what follows the last is ignored.
bool read_loose_clock(std::string_view text, Civil& civil) {
    int* const fields[] = {&civil.hour, &civil.minute, &civil.second};
    for (int i = 0; i < 3; ++i) {
        const std::size_t digits = digits_in_front(text);
        if (digits < 1 || digits > 2) return false;
        *fields[i] = number_at(text, 0, digits);
        text.remove_prefix(digits);
        if (i == 2) return true;
        if (text.empty() || text.front() != ':') return false;
        text.remove_prefix(1);
    }
    return false;
}

bool is_cookie_date_delimiter(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet == '\t' || (octet >= 0x20 && octet <= 0x2F) || (octet >= 0x3B && octet <= 0x40) ||
           (octet >= 0x5B && octet <= 0x60) || (octet >= 0x7B && octet <= 0x7E);
}

}  // namespace

std::optional<TimePoint> parse_http_date(std::string_view text, TimePoint now) {
    text = trim(text);
    if (!has_day_name(text)) return std::nullopt;
    if (const auto date = parse_fixdate(text)) return date;
    if (const auto date = parse_rfc850(text, now)) return date;
    return parse_asctime(text);
}

std::optional<TimePoint> parse_cookie_date(std::string_view text) {
    Civil civil;
    bool clock_found = false;
    bool year_found = false;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && !is_cookie_date_delimiter(text[end])) ++end;
        const std::string_view word = text.substr(at, end - at);
        at = end + 1;
        const std::size_t digits = digits_in_front(word);
        Civil clock;
        if (!clock_found && read_loose_clock(word, clock)) {
            civil.hour = clock.hour, civil.minute = clock.minute, civil.second = clock.second;
            clock_found = true;
        } else if (civil.day == 0 && (digits == 1 || digits == 2)) {
            civil.day = number_at(word, 0, digits);
        } else if (civil.month == 0 && word.size() >= 3 && month_of(word.substr(0, 3)) != 0) {
            civil.month = month_of(word.substr(0, 3));
        } else if (!year_found && digits >= 2 && digits <= 4) {
            civil.year = number_at(word, 0, digits);
            year_found = true;
        }
    }
    if (!clock_found || !year_found || civil.day == 0 || civil.month == 0) return std::nullopt;
    if (civil.year >= 70 && civil.year <= 99) civil.year += 1900;
    if (civil.year <= 69) civil.year += 2000;
    if (civil.year < 1601) return std::nullopt;
    return time_of(civil);
}

}  // namespace whogoes::rules
