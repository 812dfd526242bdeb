#pragma once

#include "rules/challenge.hpp"
#include "rules/remedy.hpp"

#include <span>
#include <string>
#include <vector>

// What real clients do with a challenge: measured with unmodified clients, each against an API that
// answers 401 with that value. Not a rule of any RFC: a legal challenge may still break a client.
namespace whogoes::rules {

// One sentence for each client, or group of them, that these offers break; empty: none. Each offer
// goes out on a field line of its own.
std::vector<std::string> client_warnings(std::span<const Offer>);

// The same for the challenges of an answer, as `whogoes lint` sees them.
std::vector<std::string> client_warnings(const ChallengeList&);

}  // namespace whogoes::rules
