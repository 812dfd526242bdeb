#include "proxy/h2/field_block.hpp"

#include "proxy/http/head.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// A field block of any octets, as HPACK may give them: what becomes a head is one head, which ends
// where it should, and has no line that was no field.
namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::string_view next(std::string_view& text) {
    const std::size_t end = text.find('\0');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace whogoes;
    if (size == 0) return 0;
    std::string_view text(reinterpret_cast<const char*>(octets) + 1, size - 1);
    h2::FieldBlock block(16384);
    std::size_t fields = 0;
    if ((octets[0] & 2) != 0) {
        block.add(":method", "GET");
        block.add(":scheme", "http");
        block.add(":path", "/");
        block.add(":authority", "a");
    }
    for (; !text.empty(); ++fields) {
        const std::string_view name = next(text);
        block.add(name, next(text));
    }
    if (block.malformed() || block.too_large()) return 0;
    const bool ends = (octets[0] & 1) != 0;
    const std::string request = block.request(ends);
    http::RequestHead head;
    const http::HeadProgress progress = http::parse_request_head(request, {}, head);
    if (!request.empty() && progress.progress != http::Progress::flawed) {
        require(progress.progress == http::Progress::complete);
        require(progress.octets == request.size());
        require(head.fields.size() <= fields + 3);
    }
    std::string answer = block.answer(ends, false);
    const std::size_t whole = answer.size();
    http::ResponseHead seen;
    const http::HeadProgress came = http::parse_response_head(answer, {}, {}, seen);
    if (came.progress == http::Progress::complete) require(came.octets == whole);
    h2::split_answer(answer);
    std::string lines = block.lines();
    for (const h2::Field& field : h2::split_trailers(lines)) require(!field.name.empty());
    return 0;
}
