#pragma once

#include "proxy/report/review.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace whogoes::report {

// POST /api/v1/simulate?cause=ID&match=GLOB&for=5m, or the same as members of a JSON body.
struct SimulationWish {
    std::string cause;  // an id, or "off"
    std::string match, duration;
};

struct SimulationOutcome {
    int status = 200;
    std::string words;  // what is simulated now, or why nothing is
};

// POST /mcp, from somebody who may ask: a message of an MCP client, and what came with it.
struct AgentQuestion {
    std::string body;
    std::string protocol_version, method, name;  // MCP-Protocol-Version, Mcp-Method, Mcp-Name
};

struct AgentReply {
    int status = 200;
    std::string body;  // JSON; empty: none
    // Where the answer takes a while: what gives it, on a thread that may wait. `abandoned` is set
    // when nobody waits any more.
    std::function<AgentReply(const std::atomic<bool>& abandoned)> later;
};

// What the admin listener asks the rest of the process for. Called on the control thread.
struct AdminSources {
    std::function<bool()> ready;           // /readyz
    std::function<std::string()> metrics;  // /metrics, Prometheus text
    std::function<std::string()> reload;   // POST /-/reload; empty: done, else the error
    std::function<SimulationOutcome(const SimulationWish&)> simulate;
    std::function<AgentReply(const AgentQuestion&)> agents;  // empty: no MCP here
    // Allowed beside loopback names and addresses, as configured now; null: none.
    std::function<const std::vector<std::string>&()> host_names;
    std::string token;                         // for all but probes, metrics and the bare page
    std::function<std::string()> token_place;  // where who lacks it finds it: "it lies in …"
    ReviewSources review;
};

// The admin listener: health, metrics, reload, review page (interface: section 6). Runs on the
// control thread's io_context, never on a worker's; never on the proxied port.
class Admin {
public:
    // Throws std::system_error, naming the address, where it cannot listen. `address` is host:port
    // or [v6]:port; port 0 picks one.
    Admin(boost::asio::io_context&, const std::string& address, AdminSources);
    ~Admin();

    std::string address() const;  // as bound
    void close();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace whogoes::report
