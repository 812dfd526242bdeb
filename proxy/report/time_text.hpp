#pragma once

#include "rules/time.hpp"

#include <cstdint>
#include <string>

namespace whogoes::report {

// RFC 3339 in UTC with milliseconds. Remembers the second that it wrote last.
class TimeText {
public:
    void append(std::string& out, rules::TimePoint time);

private:
    std::int64_t second_ = -1;
    char text_[20] = {};  // "2026-11-23T12:51:24"
};

}  // namespace whogoes::report
