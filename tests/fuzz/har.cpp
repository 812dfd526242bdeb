#include "proxy/tools/recorded.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using whogoes::tools::Recorded;
using whogoes::tools::Recording;

namespace {

void check(const Recording& recording) {
    if (!recording.has_value()) {
        if (recording.error().empty()) std::abort();
        return;
    }
    const whogoes::rules::Expectations expected;
    for (const Recorded& recorded : *recording) {
        if (recorded.body.size() > whogoes::tools::most_body_octets || recorded.status == 0)
            std::abort();
        recorded.exchange(whogoes::rules::TimePoint{}, {expected});
    }
}

}  // namespace

// Both readers of recordings: a file from anywhere is as foreign as a peer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(whogoes::tools::read_har(text));
    check(whogoes::tools::read_transcript(text));
    return 0;
}
