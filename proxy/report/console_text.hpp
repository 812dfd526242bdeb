#pragma once

#include "proxy/report/console.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The signs and colours of the console, in UTF-8 or ASCII, and the small texts of its columns.
namespace whogoes::report {

class ConsoleText {
public:
    explicit ConsoleText(const ConsoleStyle& style) : colour_(style.colour), utf8_(style.utf8) {}

    std::string plain(std::string_view) const;  // of unknown origin, made safe
    std::string coloured(std::string_view, std::string_view sgr) const;
    std::string dim(std::string_view text) const { return coloured(text, "2"); }
    std::string token(std::string_view fingerprint) const;  // "tk_7f3a91c2", always the same colour
    std::string branch(bool last) const;

    std::string failed() const { return coloured(utf8_ ? "✗" : "x", "31"); }
    std::string renewed() const { return coloured(utf8_ ? "↻" : "@", "32"); }
    std::string arrow() const { return utf8_ ? " → " : " -> "; }
    std::string dot() const { return utf8_ ? " · " : " - "; }
    std::string times() const { return utf8_ ? "×" : "x"; }
    std::string section() const { return utf8_ ? "§" : ""; }
    std::string_view ellipsis() const { return utf8_ ? "…" : "..."; }

private:
    bool colour_ = false;
    bool utf8_ = true;
};

// To `width` columns; escape sequences count for nothing.
std::string padded(std::string text, std::size_t width);
std::size_t columns_of(std::string_view text);
// Lines of at most `width` columns, broken at spaces; all but the first are indented by `indent`.
// At most `most` of them: the last one ends with `mark` where there is more. The text has no escape
// sequences.
std::vector<std::string> wrapped(std::string_view text, std::size_t width, std::size_t indent,
                                 std::size_t most, std::string_view mark);

// "12:51:24", in UTC or in the zone of this machine (TZ).
std::string clock_text(rules::TimePoint, bool local);
// The same with the date where that differs from the other's; "Z" behind it says UTC.
std::string moment_text(std::int64_t unix, rules::TimePoint beside, bool local);
// A record's time as it stands there, or in the zone of this machine in the same shape. What is no
// time stays.
std::string record_time_text(std::string_view, bool local);
std::string zone_text(rules::TimePoint);  // the zone of this machine then: "UTC", "UTC+02:00"
std::string_view host_of(std::string_view url);

}  // namespace whogoes::report
