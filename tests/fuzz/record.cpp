#include "proxy/report/export.hpp"
#include "proxy/report/record_view.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// A line of a log that anybody may have written: whatever it holds, no export holds a control
// character that a terminal would act on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace whogoes::report;
    const std::string_view line(reinterpret_cast<const char*>(octets), size);
    const RecordView record(line);
    static_cast<void>(record.time());
    const std::string curl = curl_command(line);
    for (const char c : curl)
        if (c < ' ' || c > '~') std::abort();
    for (const char c : markdown_card(line))
        if ((c >= 0 && c < ' ' && c != '\n') || c == 0x7f) std::abort();
    std::string har = har_begin("0.1.0");
    append_har_entry(har, line);
    har += har_end();
    for (const char c : har)
        if ((c >= 0 && c < ' ' && c != '\n') || c == 0x7f) std::abort();
    return 0;
}
