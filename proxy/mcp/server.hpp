#pragma once

#include "proxy/mcp/message.hpp"
#include "proxy/mcp/sources.hpp"

#include <string>
#include <string_view>

// An MCP server without its transport: one message in, one answer out, nothing remembered between
// two. Speaks 2026-07-28, where every request says its version, and the revisions before it that
// begin with `initialize`. Has tools and nothing else.
namespace whogoes::mcp {

inline constexpr std::string_view modern_version = "2026-07-28";
// Those of the handshake, the newest first.
inline constexpr std::string_view handshake_versions[] = {"2025-11-25", "2025-06-18", "2024-11-05"};

// What 2026-07-28 has a request repeat in fields of HTTP; empty: it did not come.
struct HttpFields {
    std::string_view version, method, name;
};

struct Reply {
    int status = 200;  // for HTTP
    std::string body;  // empty: nothing is answered
};

class Server {
public:
    explicit Server(Sources sources);

    // `fields`: null on stdio.
    Reply answer(std::string_view message, const HttpFields* fields = nullptr,
                 Abandoned abandoned = nullptr) const;

    // Whether the answer may take seconds: it is a call that asks the network.
    static bool is_slow(std::string_view message);

private:
    Reply handle(const Message&, const HttpFields*, Abandoned) const;
    json::object call(const Message&, Abandoned) const;
    json::object listed() const;

    Sources sources_;
};

}  // namespace whogoes::mcp
