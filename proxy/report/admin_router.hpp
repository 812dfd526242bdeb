#pragma once

#include "proxy/report/admin.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the admin listener answers, without its sockets: who may ask (DNS rebinding, foreign
// origins, the token), and the table of routes.
namespace whogoes::report {

struct AdminQuestion {
    std::string_view method;
    std::string_view target;                       // as sent
    std::vector<std::string_view> hosts;           // one for each Host line
    std::vector<std::string_view> authorizations;  // one for each Authorization line
    std::string_view origin;
    std::string_view fetch_site;  // Sec-Fetch-Site
    std::string_view last_event_id;
    std::string_view content_type;
    std::string_view mcp_version, mcp_method,
        mcp_name;  // MCP-Protocol-Version, Mcp-Method, Mcp-Name
    std::string_view body;
};

// What follows the head of an answer that does not end.
struct StreamStart {
    RecordFilter filter;
    std::uint64_t after = 0;
};

struct AdminReply {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::string allow;         // Allow, with 405
    std::string authenticate;  // WWW-Authenticate, with 401
    std::string file_name;     // for who saves it
    std::optional<StreamStart> stream;
    // Gives the answer in place of this one, on a thread that may wait; as AgentReply has it.
    std::function<AdminReply(const std::atomic<bool>& abandoned)> later;
};

AdminReply answer(const AdminQuestion&, const AdminSources&);

// Whether a Host (or an authority) is one that no foreign name can be pointed at: a loopback name,
// an address, or a configured name; any port.
bool is_own_host(std::string_view host, const std::vector<std::string>& names);

// Takes the same time wherever the two differ.
bool equal_in_constant_time(std::string_view, std::string_view) noexcept;

AdminReply admin_error(int status, std::string_view message);

}  // namespace whogoes::report
