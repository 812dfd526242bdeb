#include "proxy/mcp/schemas.hpp"
#include "proxy/mcp/tool.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace whogoes::mcp {
namespace {

std::array<Tool, 4> about_refusals() {
    return {
        Tool{.name = "failures",
             .title = "List refusals",
             .description = "Lists the latest 401s, 403s and other refusals that whogoes saw "
                            "between a client and the API, each with its cause. Begin here when a "
                            "request is refused; explain_failure tells all about one.",
             .input = schemas::failures_in,
             .output = schemas::failures_out,
             .run = list_failures},
        Tool{.name = "explain_failure",
             .title = "Explain one refusal",
             .description = "Tells why one request was refused: the cause and how sure it is, the "
                            "evidence, how to mend it, what was sent, what came back, which "
                            "standards the answer broke, and the claims of its token.",
             .input = schemas::explain_failure_in,
             .output = schemas::explain_failure_out,
             .run = explain_failure},
        Tool{.name = "explain_token",
             .title = "Explain a credential",
             .description = "Tells what a token or Authorization header says and what is wrong "
                            "with it, or what the log knows of a fingerprint. The credential "
                            "itself is never in an answer. Give a fingerprint, or the name of an "
                            "environment variable or file, rather than the credential.",
             .input = schemas::explain_token_in,
             .output = schemas::explain_token_out,
             .run = explain_token},
        Tool{.name = "summary",
             .title = "Count refusals",
             .description = "Counts refusals by cause, rule, token and route: the overview of a "
                            "log.",
             .input = schemas::summary_in,
             .output = schemas::summary_out,
             .run = summarise},
    };
}

std::array<Tool, 3> about_answers() {
    return {
        Tool{.name = "lint",
             .title = "Check an answer against the standards",
             .description = "Sends one request to each URL and judges the answer: does a 401 carry "
                            "its challenge, does the status fit, would real clients cope? Asks "
                            "this machine and the configured upstream alone.",
             .input = schemas::lint_in,
             .output = schemas::lint_out,
             .asks_network = true,
             .run = lint_urls},
        Tool{.name = "causes",
             .title = "Look a cause or a rule up",
             .description = "Lists the causes of a refusal and the rules for an answer, or tells "
                            "all about one: what it means, how to mend it, a case from the field.",
             .input = schemas::causes_in,
             .output = schemas::causes_out,
             .run = tell_causes},
        Tool{.name = "simulate",
             .title = "Have the proxy refuse",
             .description = "Makes the running whogoes --dev refuse matching requests for a cause, "
                            "in front of the API, for a while: to try what a client does then.",
             .input = schemas::simulate_in,
             .output = schemas::simulate_out,
             .read_only = false,
             .needs_dev = true,
             .run = simulate},
    };
}

const std::vector<Tool>& table() {
    static const std::vector<Tool> tools = [] {
        std::vector<Tool> all;
        for (const Tool& tool : about_refusals()) all.push_back(tool);
        for (const Tool& tool : about_answers()) all.push_back(tool);
        return all;
    }();
    return tools;
}

}  // namespace

std::span<const Tool> all_tools() { return table(); }

const Tool* find_tool(std::string_view name) {
    const auto found = std::find_if(table().begin(), table().end(),
                                    [&](const Tool& tool) { return tool.name == name; });
    return found != table().end() ? &*found : nullptr;
}

bool is_there(const Tool& tool, const Sources& sources) {
    return !tool.needs_dev || (sources.simulate && sources.simulates && sources.simulates());
}

}  // namespace whogoes::mcp
