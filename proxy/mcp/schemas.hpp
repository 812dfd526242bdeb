#pragma once

#include <string>

// What each tool takes and gives, as JSON Schema 2020-12.
namespace whogoes::mcp::schemas {

extern const std::string failures_in, failures_out;
extern const std::string explain_failure_in, explain_failure_out;
extern const std::string explain_token_in, explain_token_out;
extern const std::string summary_in, summary_out;
extern const std::string lint_in, lint_out;
extern const std::string causes_in, causes_out;
extern const std::string simulate_in, simulate_out;

}  // namespace whogoes::mcp::schemas
