#pragma once

#include "proxy/dialects/read.hpp"

#include <cstddef>
#include <string>

namespace whogoes::dialects {

// Whether the engine, the system being recognised, is told of a saying's cause by an answer that
// is the text the saying was seen in: a body, a field, or fields and a body. Empty: it is; else
// what is wrong, as a sentence.
std::string flaw_of_seen(const DialectFile&, std::size_t saying);

}  // namespace whogoes::dialects
