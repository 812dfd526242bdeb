#pragma once

#include "rules/diagnosis.hpp"

#include <vector>

// Which of the findings leads, which stand beside it, and how sure the main one is: the only place
// that weighs grounds against each other. Checks only say what they found and what it stands on.
namespace whogoes::rules {

struct Candidate {
    const CauseRow* row = nullptr;
    Evidence evidence{};
    bool said_too = false;  // the answer names it as well; choose() fills it
};

// Fills main and also, and answers with the row of main; null: there was no candidate. Candidates
// come in the catalogue's order.
const CauseRow* choose(std::vector<Candidate> candidates, const Exchange&, Diagnosis&);

}  // namespace whogoes::rules
