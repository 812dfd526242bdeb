#pragma once

#include "rules/rpc.hpp"

#include <string>
#include <string_view>

// A refusal of our own in a call's own protocol: what its client would get of a server that says
// no. gRPC has its status in the head of a success without a body ("Trailers-Only"), Connect in
// JSON.
namespace whogoes::session {

struct RefusedCall {
    rules::RpcSystem system = rules::RpcSystem::none;
    std::string_view type{};     // the request's Content-Type
    std::string_view message{};  // for Connect printable, without quotes and backslashes
    int code = rules::rpc_code::unauthenticated;

    explicit operator bool() const noexcept { return system != rules::RpcSystem::none; }
    bool is_connect() const noexcept { return system == rules::RpcSystem::connect; }
    int http_status() const noexcept;
    // What script of another origin has to read of the head.
    std::string_view exposed() const noexcept {
        return is_connect() ? "WWW-Authenticate" : "grpc-status, grpc-message";
    }
};

// `lines`: further field lines, each with its CRLF.
std::string render(const RefusedCall&, std::string_view lines, std::string_view http_date,
                   bool close);

}  // namespace whogoes::session
