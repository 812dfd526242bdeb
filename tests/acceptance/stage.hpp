#pragma once

#include "acceptance/case.hpp"
#include "rules/diagnosis.hpp"
#include "rules/remedy.hpp"

#include <string>
#include <vector>

// Plays a case through the engine: the exchanges built from their raw text, the client's history
// fed in order, the clock fixed, the situations of the configuration staged. No socket.
namespace whogoes::acceptance {

struct Outcome {
    rules::Diagnosis diagnosis;
    rules::Remedy remedy;
};

// Throws std::runtime_error where the case's configuration cannot be read.
Outcome play(const Case&, const boost::json::object& tokens);

}  // namespace whogoes::acceptance
