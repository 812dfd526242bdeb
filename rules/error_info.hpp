#pragma once

#include <optional>
#include <string>
#include <string_view>

// google.rpc.ErrorInfo out of the protocol buffers that gRPC and Connect carry beside a status:
// why, as a code that programs read. Four fields of three messages are known here, and nothing else
// of protocol buffers. Bounded; never fails: what is broken ends the reading.
namespace whogoes::rules {

struct ErrorInfo {
    std::string reason{};  // "TOKEN_EXPIRED": at most 63 letters, digits and "_"
    std::string domain{};  // "googleapis.com"; empty where it is no host name
};

// The message itself, as it stands in a detail of Connect's.
std::optional<ErrorInfo> error_info(std::string_view message);

// The first one of a google.rpc.Status, as grpc-status-details-bin has it.
std::optional<ErrorInfo> error_info_of_status(std::string_view message);

inline constexpr std::string_view error_info_type = "google.rpc.ErrorInfo";

}  // namespace whogoes::rules
