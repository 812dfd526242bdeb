#pragma once

#include "proxy/app/options.hpp"
#include "proxy/report/admin.hpp"
#include "rules/fingerprint.hpp"

#include <functional>

// POST /mcp of the admin listener: the MCP server within a running proxy.
namespace whogoes::app {

// Both must outlive the function; `kept` guards itself, and the key never changes.
struct AgentHost {
    const report::RecentEvents& kept;
    const rules::FingerprintKey& key;
    std::function<std::shared_ptr<const settings::Settings>()> settings;  // as they are by now
    std::function<report::SimulationOutcome(const report::SimulationWish&)> simulate;
};

// To be called on the control thread. What it says to do later may be done on any.
std::function<report::AgentReply(const report::AgentQuestion&)> agents_of(AgentHost);

}  // namespace whogoes::app
