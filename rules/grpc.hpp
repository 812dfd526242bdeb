#pragma once

#include <optional>
#include <string>

// A gRPC answer's outcome wherever HTTP/1.1 can carry it: in the head, or in the last frame of a
// gRPC-Web body, as octets or in base64 (the gRPC-Web protocol of grpc/grpc). Not a gRPC client:
// messages are skipped by their length.
namespace whogoes::rules {

struct Response;

struct GrpcStatus {
    int code = 0;           // 16: unauthenticated, 7: permission denied
    std::string message{};  // percent-decoded; may be empty
};

// Empty: the answer names no status, or its body was not seen up to there.
std::optional<GrpcStatus> grpc_status(const Response&);

inline bool refuses(const std::optional<GrpcStatus>& status) {
    return status && (status->code == 16 || status->code == 7);
}

}  // namespace whogoes::rules
