#include "proxy/report/record_view.hpp"

#include "rules/text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>

namespace whogoes::report {
namespace {

namespace json = boost::json;

constexpr std::size_t deepest = 16;

// `count` digits at `at`; -1 where they are none.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    const std::string_view part = text.substr(at, count);
    if (part.size() != count || !std::all_of(part.begin(), part.end(), rules::is_digit)) return -1;
    int value = 0;
    std::from_chars(part.data(), part.data() + part.size(), value);
    return value;
}

json::value parsed(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    json::parse_options options;
    options.max_depth = deepest;
    boost::system::error_code error;
    json::value value = json::parse(line, error, json::storage_ptr(), options);
    return error ? json::value() : value;
}

}  // namespace

RecordView::RecordView(std::string_view line) : value_(parsed(line)) {}

const json::value* RecordView::find(std::string_view name) const {
    const json::value* value = &value_;
    while (true) {
        const json::object* const object = value->if_object();
        if (object == nullptr) return nullptr;
        const std::size_t dot = name.find('.');
        value = object->if_contains(name.substr(0, dot));
        if (value == nullptr || dot == std::string_view::npos) return value;
        name.remove_prefix(dot + 1);
    }
}

std::string_view RecordView::text(std::string_view name) const {
    const json::value* const value = find(name);
    const json::string* const string = value != nullptr ? value->if_string() : nullptr;
    return string != nullptr ? std::string_view(*string) : std::string_view();
}

std::optional<std::int64_t> RecordView::integer(std::string_view name) const {
    const json::value* const value = find(name);
    const std::int64_t* const integer = value != nullptr ? value->if_int64() : nullptr;
    return integer != nullptr ? std::optional(*integer) : std::nullopt;
}

std::optional<double> RecordView::number(std::string_view name) const {
    const json::value* const value = find(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    boost::system::error_code error;
    const auto number = value->to_number<double>(error);
    return error ? std::nullopt : std::optional(number);
}

bool RecordView::flag(std::string_view name) const {
    const json::value* const value = find(name);
    const bool* const flag = value != nullptr ? value->if_bool() : nullptr;
    return flag != nullptr && *flag;
}

std::vector<std::string_view> RecordView::texts(std::string_view name) const {
    std::vector<std::string_view> texts;
    const json::value* const value = find(name);
    const json::array* const list = value != nullptr ? value->if_array() : nullptr;
    if (list == nullptr) return texts;
    for (const json::value& item : *list) {
        if (const json::string* const string = item.if_string()) texts.emplace_back(*string);
    }
    return texts;
}

const json::object* RecordView::object(std::string_view name) const {
    const json::value* const value = find(name);
    return value != nullptr ? value->if_object() : nullptr;
}

std::optional<rules::TimePoint> RecordView::time() const { return parse_record_time(text("time")); }

std::string RecordView::authority() const {
    std::string authority(text("url.domain"));
    if (const auto port = integer("url.port"); port && !authority.empty())
        authority += ":" + std::to_string(*port);
    return authority;
}

std::optional<rules::TimePoint> parse_record_time(std::string_view text) {
    using namespace std::chrono;
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
        text[13] != ':' || text[16] != ':' || text.back() != 'Z') {
        return std::nullopt;
    }
    const int parts[] = {digits(text, 0, 4),  digits(text, 5, 2),  digits(text, 8, 2),
                         digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)};
    if (std::any_of(std::begin(parts), std::end(parts), [](int part) { return part < 0; })) {
        return std::nullopt;
    }
    const year_month_day date{year{parts[0]}, month{static_cast<unsigned>(parts[1])},
                              day{static_cast<unsigned>(parts[2])}};
    if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return std::nullopt;
    rules::TimePoint time =
        sys_days{date} + hours{parts[3]} + minutes{parts[4]} + seconds{parts[5]};
    const std::string_view fraction = text.substr(19, text.size() - 20);
    if (fraction.empty()) return time;
    if (fraction[0] != '.' || fraction.size() < 2) return std::nullopt;
    int scale = 100;
    for (const char c : fraction.substr(1)) {
        if (!rules::is_digit(c)) return std::nullopt;
        time += milliseconds{(c - '0') * scale};
        scale /= 10;
    }
    return time;
}

}  // namespace whogoes::report
