#include "proxy/http/rpc_end.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// The body of a call of any octets: whole, octet by octet, and in pieces of the first octet's size.
// The same end each time, bounded, and field lines that are part of it.
namespace {

using whogoes::http::RpcEnd;
using whogoes::http::RpcFraming;

void require(bool condition) {
    if (!condition) std::abort();
}

std::string end_of(RpcFraming framing, std::string_view body, std::size_t piece) {
    RpcEnd end(framing);
    for (std::size_t at = 0; at < body.size(); at += piece) end.take(body.substr(at, piece));
    require(end.text().size() <= RpcEnd::longest);
    require(end.ended() || end.text().empty());
    return (end.ended() ? "+" : "-") + std::string(end.text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = std::max<std::size_t>(1, octets[0]);
    const std::string_view body(reinterpret_cast<const char*>(octets) + 1, size - 1);
    for (const RpcFraming framing : {RpcFraming::none, RpcFraming::trailers, RpcFraming::web,
                                     RpcFraming::web_text, RpcFraming::connect}) {
        const std::string whole = end_of(framing, body, std::max<std::size_t>(1, body.size()));
        require(end_of(framing, body, 1) == whole);
        require(end_of(framing, body, piece) == whole);
        whogoes::http::each_trailer(whole, [&](std::string_view name, std::string_view value) {
            require(!name.empty() && name.size() + value.size() < whole.size());
        });
    }
    (void)whogoes::http::rpc_framing(body);
    return 0;
}
