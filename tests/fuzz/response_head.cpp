#include "proxy/http/head.hpp"
#include "proxy/http/patch.hpp"
#include "proxy/http/worth_a_look.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// A response head of any octets, for a request that asked for an upgrade, and for a HEAD: every
// flaw is a 502, and what is sent on is let through again.
namespace {

using namespace whogoes::http;

void require(bool condition) {
    if (!condition) std::abort();
}

void check(std::string_view buffer, const RequestHead& request) {
    ResponseHead head;
    const HeadProgress progress = parse_response_head(buffer, {}, request, head);
    if (progress.progress == Progress::flawed) require(progress.flaw.status == 502);
    if (progress.progress != Progress::complete) return;
    require(progress.octets == head.bytes.size() && progress.octets <= buffer.size());
    require(head.status >= 100 && head.status <= 599);
    require(worth_a_look(request, head) == worth_a_look(request, head));

    std::string bytes(head.bytes);
    ResponseHead copy = head;
    copy.bytes = bytes;
    ResponsePatch patch;
    patch.close = true;
    patch.keep_upgrade = head.status == 101;
    patch.date = "Mon, 21 Sep 2026 14:13:20 GMT";
    std::string scratch;
    const PatchedHead sent = patch_response(copy, bytes.data(), patch, scratch);
    const std::string text = std::string(sent.kept) + std::string(sent.added);

    HeadLimits roomy;
    roomy.octets = std::size_t{1} << 24;
    roomy.fields += 10;
    ResponseHead again;
    require(parse_response_head(text, roomy, request, again).progress == Progress::complete);
    require(again.bytes.size() == text.size());
    require(again.status == head.status && again.framing == head.framing);
    require(!again.nominates && !again.keep_alive && again.find(FieldName::date));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string_view buffer(reinterpret_cast<const char*>(octets), size);
    constexpr std::string_view asked =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket, b/2\r\n\r\n";
    RequestHead request;
    require(parse_request_head(asked, {}, request).progress == Progress::complete);
    check(buffer, request);
    request.is_head = true;
    check(buffer, request);
    return 0;
}
