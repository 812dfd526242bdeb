#pragma once

#include "rules/dialect.hpp"

#include <vector>

// Which built-in systems an answer bears a mark of. The marks are indexed by what is rare in them
// (a host, a name, the first letter of a body's words), so that an answer costs what it says and
// not what is known. Marks mean what condition.hpp has; a user's few dialects are asked one by one.
namespace whogoes::rules {

struct Exchange;
class Heard;

// In the order of builtin_dialects(). Of `heard` the statements are there already.
std::vector<const Dialect*> marked_systems(const Exchange&, const Heard&);

}  // namespace whogoes::rules
