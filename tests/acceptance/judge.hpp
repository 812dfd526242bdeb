#pragma once

#include "acceptance/case.hpp"
#include "acceptance/stage.hpp"

#include <string>
#include <vector>

// Compares what came with what a case expects. Keys that a case does not name are not judged.
namespace whogoes::acceptance {

// One line for each difference, "cause: expected …, came …"; empty: the case passes.
std::vector<std::string> differences(const boost::json::object& expected, const Outcome&);

}  // namespace whogoes::acceptance
