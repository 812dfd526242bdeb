#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// A call of gRPC, gRPC-Web or Connect: by what it is known, and its outcome, wherever the answer
// tells it. Not a client of these: whoever observed the exchange has undone their framing, and
// messages are never looked at.
namespace whogoes::rules {

struct Exchange;
struct Request;
struct Response;

enum class RpcSystem : std::uint8_t { none, grpc, grpc_web, connect };

namespace rpc_code {  // of gRPC, which Connect has taken over
inline constexpr int ok = 0;
inline constexpr int unknown = 2;
inline constexpr int permission_denied = 7;
inline constexpr int unimplemented = 12;
inline constexpr int internal = 13;
inline constexpr int unavailable = 14;
inline constexpr int unauthenticated = 16;
}  // namespace rpc_code

struct RpcStatus {
    int code = rpc_code::ok;
    std::string message{};  // percent-decoded, at most 1 KiB; may be empty
    std::string reason{};   // of an ErrorInfo: "TOKEN_EXPIRED"; may be empty
    std::string domain{};   // … "googleapis.com"; may be empty
};

struct Rpc {
    RpcSystem system = RpcSystem::none;
    // Empty: the answer names no status, or was not seen up to there.
    std::optional<RpcStatus> status{};

    bool refuses() const noexcept {
        return status && (status->code == rpc_code::unauthenticated ||
                          status->code == rpc_code::permission_denied);
    }
};

// By what the request says of itself, else by the answer's type.
RpcSystem rpc_system_of(const Request&, const Response&);
Rpc rpc_of(const Request&, const Response&);

// The HTTP status that says what became of the exchange: of a call that its own status refuses, 401
// or 403; 500 of one that failed otherwise, and 0 where it is not known. Else the answer's own.
int outcome_of(const Exchange&);

// "unauthenticated", as Connect spells it; empty: no such code.
std::string_view rpc_code_name(int code) noexcept;
std::optional<int> rpc_code_named(std::string_view) noexcept;

// What is called, of a path ".../orders.v1.Orders/List"; empty: it is none.
struct RpcCall {
    std::string_view service{};
    std::string_view method{};
};
RpcCall rpc_call_of(std::string_view path) noexcept;

// grpc-message: %XX is one byte, and what is no such thing stays (gRPC over HTTP/2, Responses).
std::string rpc_message_decoded(std::string_view);
std::string rpc_message_encoded(std::string_view);

}  // namespace whogoes::rules
