#include "proxy/tools/recorded.hpp"
#include "rules/text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <chrono>
#include <optional>

namespace whogoes::tools {
namespace {

namespace json = boost::json;

constexpr std::size_t most_har_octets = 128 * 1024 * 1024;
constexpr std::size_t most_entries = 100000;
constexpr std::size_t most_fields = 1000;
constexpr std::size_t most_posted_octets = 4 * 1024;
constexpr std::size_t most_comment_octets = 1024;

const json::value* member(const json::value* object, std::string_view name) {
    if (!object || !object->is_object()) return nullptr;
    return object->get_object().if_contains(name);
}

std::string_view text_at(const json::value* object, std::string_view name) {
    const json::value* value = member(object, name);
    return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::vector<NameValue> fields_at(const json::value* message) {
    std::vector<NameValue> fields;
    const json::value* list = member(message, "headers");
    if (!list || !list->is_array()) return fields;
    for (const json::value& line : list->get_array()) {
        const std::string_view name = text_at(&line, "name");
        if (name.empty() || name[0] == ':' || fields.size() >= most_fields) continue;
        const std::string_view value = text_at(&line, "value");
        // Browsers join repeated lines of one name with a line feed.
        for (std::size_t at = 0; at <= value.size();) {
            const auto end = std::min(value.find('\n', at), value.size());
            fields.emplace_back(name, rules::trim(value.substr(at, end - at)));
            at = end + 1;
        }
    }
    return fields;
}

std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    int number = 0;
    if (text.size() < count) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + count, number);
    if (error != std::errc{} || end != text.data() + count || number < 0) return std::nullopt;
    text.remove_prefix(count);
    if (!text.empty() && std::string_view("-T:").find(text[0]) != text.npos && count < 5)
        text.remove_prefix(1);
    return number;
}

// ISO 8601 as HAR has it: "2026-11-23T12:51:24.318Z", "…+01:00".
std::optional<rules::TimePoint> parse_time(std::string_view text) {
    using namespace std::chrono;
    int parts[6] = {};
    const std::size_t digits[6] = {4, 2, 2, 2, 2, 2};
    for (int i = 0; i < 5; ++i) {
        const auto part = take_digits(text, digits[i]);
        if (!part) return std::nullopt;
        parts[i] = *part;
    }
    if (text.size() < 2 || !rules::is_digit(text[0]) || !rules::is_digit(text[1]))
        return std::nullopt;
    parts[5] = (text[0] - '0') * 10 + (text[1] - '0');
    text.remove_prefix(2);
    const year_month_day date{year{parts[0]}, month{static_cast<unsigned>(parts[1])},
                              day{static_cast<unsigned>(parts[2])}};
    if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return std::nullopt;
    rules::TimePoint time =
        sys_days{date} + hours{parts[3]} + minutes{parts[4]} + seconds{parts[5]};
    if (text.starts_with('.')) {
        int scale = 100;
        for (text.remove_prefix(1); !text.empty() && rules::is_digit(text[0]);
             text.remove_prefix(1)) {
            time += milliseconds{(text[0] - '0') * scale};
            scale /= 10;
        }
    }
    if (text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':') {
        std::string_view offset = text.substr(1);
        const auto away_hours = take_digits(offset, 2);
        const auto away_minutes = take_digits(offset, 2);
        if (!away_hours || !away_minutes) return std::nullopt;
        const auto away = hours{*away_hours} + minutes{*away_minutes};
        time += text[0] == '+' ? -away : away;
    }
    return time;
}

void read_body(const json::value* response, Recorded& recorded) {
    const json::value* content = member(response, "content");
    const std::string_view text = text_at(content, "text");
    if (!member(content, "text")) return;
    // A call tells its outcome at the end.
    const std::size_t most = recorded.is_call() ? text.size() : 2 * most_body_octets;
    if (text_at(content, "encoding") == "base64")
        recorded.keep_body(rules::decode_base64(text.substr(0, most)).bytes);
    else
        recorded.keep_body(text);
}

void read_posted(const json::value* request, Recorded& recorded) {
    const json::value* posted = member(request, "postData");
    const bool form =
        rules::istarts_with(text_at(posted, "mimeType"), "application/x-www-form-urlencoded");
    (form ? recorded.form_body : recorded.other_body) =
        text_at(posted, "text").substr(0, most_posted_octets);
}

// What `whogoes log export --har` writes in place of what no log holds.
constexpr std::string_view mask = "REDACTED";

// Of an export of ours: what stands in a masked field is nobody's, but that a credential was there
// is true, and which it was cannot be told.
void forget_masked(Recorded& recorded) {
    const auto whole = [](const NameValue& field) { return field.second == mask; };
    std::erase_if(recorded.response_fields, whole);
    std::erase_if(recorded.request_fields, [&](const NameValue& field) {
        return whole(field) && (rules::iequals(field.first, "Host") ||
                                rules::iequals(field.first, "Content-Length"));
    });
    recorded.masked = recorded.target.find(mask) != std::string::npos;
    for (const auto& [name, value] : recorded.request_fields)
        recorded.masked = recorded.masked || value.find(mask) != std::string::npos;
}

// What is wrong with this entry; empty: nothing, though it may hold no answer.
std::string read_entry(const json::value& entry, bool ours, std::vector<Recorded>& exchanges) {
    const json::value* request = member(&entry, "request");
    const json::value* response = member(&entry, "response");
    if (!request || !response) return "has no request or no response";
    Recorded recorded;
    recorded.request_known = true;
    const auto url = split_url(text_at(request, "url"));
    if (!url) return {};  // data:, chrome-extension: and their like
    recorded.origin = url->origin;
    recorded.target = url->target;
    if (const std::string_view method = text_at(request, "method"); !method.empty())
        recorded.method = method;
    recorded.request_fields = fields_at(request);
    recorded.response_fields = fields_at(response);
    const json::value* status = member(response, "status");
    if (!status || !status->is_number()) return "has a response without a status";
    boost::system::error_code error;
    recorded.status = status->to_number<int>(error);
    if (error || recorded.status < 0 || recorded.status > 999) return "has a status that is none";
    recorded.reason = text_at(response, "statusText");
    if (recorded.status == 0) return {};  // blocked or cancelled: nothing came
    recorded.answered_at = parse_time(text_at(&entry, "startedDateTime"));
    if (const json::value* took = member(&entry, "time"); took && recorded.answered_at)
        if (took->is_number()) {
            const double ms = took->to_number<double>(error);
            if (!error && ms > 0 && ms < 86400000)
                *recorded.answered_at += std::chrono::milliseconds{static_cast<std::int64_t>(ms)};
        }
    read_body(response, recorded);
    read_posted(request, recorded);
    if (ours) forget_masked(recorded);
    recorded.comment = text_at(&entry, "comment").substr(0, most_comment_octets);
    exchanges.push_back(std::move(recorded));
    return {};
}

}  // namespace

Recording read_har(std::string_view text) {
    const auto refuse = [](std::string words) {
        return Recording(boost::system::in_place_error, std::move(words));
    };
    if (text.size() > most_har_octets) return refuse("is larger than 128 MiB: export less of it");
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = 64;
    const json::value root = json::parse(text, error, json::storage_ptr(), options);
    if (error) return refuse("is not JSON: " + error.message());
    const json::value* entries = member(member(&root, "log"), "entries");
    if (!entries || !entries->is_array()) return refuse("is no HAR file: it has no log.entries");
    const bool ours = text_at(member(member(&root, "log"), "creator"), "name") == "whogoes";
    std::vector<Recorded> exchanges;
    std::size_t number = 0;
    for (const json::value& entry : entries->get_array()) {
        if (number >= most_entries) return refuse("has over 100000 entries: export less of it");
        if (const std::string flaw = read_entry(entry, ours, exchanges); !flaw.empty())
            return refuse("log.entries[" + std::to_string(number) + "] " + flaw);
        ++number;
    }
    return Recording(boost::system::in_place_value, std::move(exchanges));
}

}  // namespace whogoes::tools
