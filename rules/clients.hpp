#pragma once

#include "rules/challenge.hpp"
#include "rules/remedy.hpp"

#include <string>
#include <vector>

// What real clients do with a challenge: measured with unmodified clients, each against an API that
// answers 401 with that value. Not a rule of any RFC: a legal challenge may still break a client.
namespace whogoes::rules {

// As client_warnings() of rules/remedy.hpp, for the challenges of an answer, each on the line it
// stood on: what `whogoes lint` says beside the rules.
std::vector<std::string> client_warnings(const ChallengeList&);

}  // namespace whogoes::rules
