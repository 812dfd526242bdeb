#pragma once

#include "proxy/app/build.hpp"

#include <memory>
#include <string>

namespace whogoes::app {

// `resource_metadata` as the members of a JSON object (RFC 9728, 2), all but `resource`. Null where
// this place has none, or a problem.
std::shared_ptr<const std::string> read_resource_metadata(const View&, const std::string& prefix,
                                                          Problems&);

}  // namespace whogoes::app
