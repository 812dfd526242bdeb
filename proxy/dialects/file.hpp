#pragma once

#include "proxy/dialects/read.hpp"

#include <memory>
#include <string>

// The file of a dialect that is the operator's own, at the start and in `whogoes dialects test`.
namespace whogoes::dialects {

// Its id is the file's name without its extension. Throws DialectError, also where the file cannot
// be opened, is over 1 MiB, or names `places`: what is masked is decided by the built-in ones.
// `name` is what messages call it.
std::unique_ptr<DialectFile> read_own_dialect(const std::string& path, const std::string& name);

}  // namespace whogoes::dialects
