#pragma once

#include "proxy/report/event.hpp"
#include "proxy/report/time_text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// An event as one line of JSON (interface: section 3): OpenTelemetry names, nested so that the path
// is the name. Escapes; hides nothing, because the event holds nothing secret.
namespace whogoes::report {

inline constexpr std::size_t longest_record = 8 * 1024;  // its newline included

// Where in a record the places are that differ when the same event happens again. Offsets from its
// first octet; begin == end: the record has none.
struct RecordHoles {
    struct Hole {
        std::size_t begin = 0, end = 0;
    };
    Hole time{}, id{}, upstream_ms{}, duration_ms{};
};

// Appends the record and its newline. A longer one loses sentences of evidence beyond the fourth,
// then the tails of user agent, query, path and challenges, then header fields, each cut marked
// with "…".
void append_record(std::string& out, const AuthEvent& event, TimeText& times,
                   RecordHoles* holes = nullptr);

// Appends `record`, its holes filled from `event`.
void append_again(std::string& out, std::string_view record, const RecordHoles& holes,
                  const AuthEvent& event, TimeText& times);

}  // namespace whogoes::report
