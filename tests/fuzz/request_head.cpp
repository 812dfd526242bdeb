#include "proxy/http/head.hpp"
#include "proxy/http/patch.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// A request head of any octets: nothing is read out of bounds, what is let through is unambiguous,
// and what is sent on is let through again as the same message.
namespace {

using namespace whogoes::http;

void require(bool condition) {
    if (!condition) std::abort();
}

void check_ranges(const RequestHead& head) {
    std::size_t at = head.line_end;
    for (const FieldLine& line : head.fields) {
        require(line.begin == at && line.begin < line.name_end && line.name_end < line.value_begin);
        require(line.value_begin <= line.value_end && line.value_end + 2 <= line.end);
        require(line.end + 2 <= head.bytes.size());
        require(head.name_of(line).find_first_of(" \t\r\n:") == std::string_view::npos);
        require(head.value_of(line).find_first_of("\r\n") == std::string_view::npos);
        at = line.end;
    }
    require(at + 2 == head.bytes.size());
    require(!framing_flaw(head));
}

void check_patch(const RequestHead& head, std::string bytes) {
    RequestHead copy = head;
    copy.bytes = bytes;
    RequestPatch patch;
    patch.client_address = "::1";
    patch.client_scheme = "http";
    patch.via = "1.1 whogoes-00000000";
    patch.default_host = "localhost";
    patch.forwarded = ForwardedStyle::both;
    std::string scratch;
    const PatchedHead sent = patch_request(copy, bytes.data(), patch, scratch);
    const std::string text = std::string(sent.kept) + std::string(sent.added);

    HeadLimits roomy;
    roomy.octets = std::size_t{1} << 24;
    roomy.target = roomy.octets;
    roomy.fields += 10;
    RequestHead again;
    const HeadProgress progress = parse_request_head(text, roomy, again);
    // One less may be none left: that is the next recipient's to say.
    if (progress.progress == Progress::flawed) require(progress.flaw.status == 405);
    if (progress.progress != Progress::complete) return;
    require(progress.octets == text.size());
    require(again.minor_version == 1 && again.method() == head.method());
    require(again.framing == head.framing && again.content_length == head.content_length);
    require(!again.absolute_form && !again.nominates && again.count(FieldName::host) == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string_view buffer(reinterpret_cast<const char*>(octets), size);
    RequestHead head;
    const HeadProgress progress = parse_request_head(buffer, {}, head);
    if (progress.progress == Progress::flawed) require(progress.flaw.status >= 400);
    if (progress.progress != Progress::complete) return 0;
    require(progress.octets <= size && head.bytes.size() <= progress.octets);
    check_ranges(head);
    check_patch(head, std::string(head.bytes));
    return 0;
}
