#include "rules/diagnosis.hpp"
#include "rules/error_info.hpp"
#include "rules/exchange.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace whogoes::rules;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check_info(const std::optional<ErrorInfo>& info) {
    if (!info) return;
    require(!info->reason.empty() && info->reason.size() <= 63 && info->domain.size() <= 253);
    require(is_utf8(info->reason) && is_utf8(info->domain));
}

// A refused call whose message and details are the input, and a Connect error that is.
void check_calls(std::string_view input) {
    Exchange exchange;
    exchange.request.method = "POST";
    exchange.request.target = exchange.request.path = input;
    exchange.request.fields.add("Content-Type", "application/grpc");
    exchange.response.status = 200;
    exchange.response.trailers.add("grpc-status", "16");
    exchange.response.trailers.add("grpc-message", input);
    exchange.response.trailers.add("grpc-status-details-bin", input);
    exchange.read();
    require(exchange.rpc.refuses() && diagnose(exchange).main);
    require(exchange.rpc.status->message.size() <= 1024);

    Exchange connect;
    connect.request.method = "POST";
    connect.request.fields.add("Connect-Protocol-Version", "1");
    connect.response.body = input;
    connect.response.body_evidence = BodyEvidence::whole;
    for (const int status : {200, 401}) {
        connect.response.status = status;
        connect.read();
        (void)diagnose(connect);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(octets), size);
    check_info(error_info(input));
    check_info(error_info_of_status(input));
    const RpcCall call = rpc_call_of(input);
    require(call.service.empty() == call.method.empty());
    require(rpc_message_decoded(rpc_message_encoded(input.substr(0, 300))) == input.substr(0, 300));
    check_calls(input);
    return 0;
}
