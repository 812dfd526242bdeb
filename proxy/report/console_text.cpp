#include "proxy/report/console_text.hpp"

#include "proxy/report/escape.hpp"
#include "proxy/report/record.hpp"
#include "proxy/report/record_view.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>

namespace whogoes::report {
namespace {

constexpr std::size_t shown_fingerprint = 11;  // "tk_" and 8 digits

// Of the 256-colour palette: those that read on light and dark ground and are not yellow, red or
// green, which mean something.
constexpr std::array<int, 12> token_colours{33, 37, 63, 69, 75, 98, 99, 130, 133, 136, 139, 172};

std::chrono::seconds offset_at(rules::TimePoint time) {
    const std::time_t unix = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
    std::tm parts{};
    return std::chrono::seconds(::localtime_r(&unix, &parts) != nullptr ? parts.tm_gmtoff : 0);
}

// "2026-11-23T12:51:24.318Z", whose last letter is wrong where it is local.
std::string written(rules::TimePoint time, bool local) {
    std::string out;
    TimeText().append(out, local ? time + offset_at(time) : time);
    return out;
}

}  // namespace

std::string ConsoleText::plain(std::string_view text) const { return visible(text, utf8_); }

std::string ConsoleText::coloured(std::string_view text, std::string_view sgr) const {
    if (!colour_ || sgr.empty()) return std::string(text);
    return std::string("\x1b[").append(sgr).append("m").append(text).append("\x1b[0m");
}

std::string ConsoleText::token(std::string_view fingerprint) const {
    if (fingerprint.empty()) return {};
    std::uint32_t hash = 2166136261U;  // FNV-1a: the same token, the same colour, in every run
    for (const char c : fingerprint) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    const int colour = token_colours[hash % token_colours.size()];
    return coloured(plain(fingerprint.substr(0, shown_fingerprint)),
                    "38;5;" + std::to_string(colour));
}

std::string ConsoleText::branch(bool last) const {
    const std::string_view sign = utf8_ ? (last ? "└" : "│") : (last ? "`" : "|");
    return std::string(14, ' ') + dim(sign) + " ";
}

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\x1b') {
            const std::size_t end = text.find('m', at);
            at = end == std::string_view::npos ? text.size() : end + 1;
            continue;
        }
        at += next_code_point(text.substr(at)).octets;
        ++columns;
    }
    return columns;
}

namespace {

std::size_t offset_of_column(std::string_view text, std::size_t column) {
    std::size_t at = 0;
    for (; column > 0 && at < text.size(); --column) at += next_code_point(text.substr(at)).octets;
    return std::min(at, text.size());
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t width, std::size_t indent,
                                 std::size_t most, std::string_view mark) {
    std::vector<std::string> lines;
    while (!text.empty() && lines.size() < most) {
        const std::string margin(lines.empty() ? 0 : indent, ' ');
        const std::size_t room = width - std::min(width - 1, margin.size());
        const std::size_t end = offset_of_column(text, room);
        if (end == text.size()) {
            lines.push_back(margin + std::string(text));
            break;
        }
        if (lines.size() + 1 == most) {
            const std::size_t cut = offset_of_column(text, room - std::min(room, columns_of(mark)));
            lines.push_back((margin + std::string(text.substr(0, cut))).append(mark));
            break;
        }
        const std::size_t space = text.rfind(' ', end);
        // Not within the label, nor in a word that fills the line.
        const std::size_t at =
            space == std::string_view::npos || (lines.empty() && space < indent) ? end : space;
        lines.push_back(margin + std::string(text.substr(0, at)));
        text.remove_prefix(at);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
    return lines;
}

std::string padded(std::string text, std::size_t width) {
    const std::size_t columns = columns_of(text);
    if (columns < width) text.append(width - columns, ' ');
    return text;
}

std::string clock_text(rules::TimePoint time, bool local) {
    return written(time, local).substr(11, 8);
}

std::string record_time_text(std::string_view text, bool local) {
    const auto time = local ? parse_record_time(text) : std::nullopt;
    return time ? written(*time, true) : std::string(text);
}

std::string zone_text(rules::TimePoint time) {
    const std::int64_t minutes = offset_at(time).count() / 60;
    if (minutes == 0) return "UTC";
    const auto two = [](std::int64_t value) {
        return std::string{static_cast<char>('0' + value / 10 % 10),
                           static_cast<char>('0' + value % 10)};
    };
    const std::int64_t apart = std::abs(minutes);
    return std::string("UTC") + (minutes < 0 ? '-' : '+') + two(apart / 60) + ":" + two(apart % 60);
}

std::string moment_text(std::int64_t unix, rules::TimePoint beside, bool local) {
    constexpr std::int64_t year_9999 = 253402300799;
    if (unix < 0 || unix > year_9999) return std::to_string(unix);
    const std::string text = written(rules::TimePoint(std::chrono::seconds(unix)), local);
    const bool same_day = text.substr(0, 10) == written(beside, local).substr(0, 10);
    return (same_day ? std::string() : text.substr(0, 10) + " ") + text.substr(11, 8) +
           (local ? "" : "Z");
}

std::string_view host_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return url;
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find('/'));
}

}  // namespace whogoes::report
