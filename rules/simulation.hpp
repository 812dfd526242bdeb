#pragma once

#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"
#include "rules/remedy.hpp"

#include <string>
#include <vector>

// A refusal that nobody decided: what an API would answer for a given cause, so that a front end
// can be tried against it.
namespace whogoes::rules {

// The status that this cause is met with most: 401, 403, 400 or 429.
int simulated_status(const Cause&) noexcept;

// What a call by gRPC or Connect is answered in its place.
int simulated_rpc_code(const Cause&) noexcept;

// The refusal as if it had been diagnosed. `words` says who asked for it.
Diagnosis simulated_diagnosis(const Cause&, std::string words);

// The challenges that such a refusal carries: what is configured, else `Bearer realm="api"`, with
// the cause's error code. `exchange` has the request and the simulated status.
std::vector<std::string> simulated_challenges(const Diagnosis&, const Exchange&,
                                              const RemedyPolicy&);

// Further field lines that belong to it, each with its CRLF; empty: none.
std::string_view simulated_lines(const Cause&) noexcept;

}  // namespace whogoes::rules
