#pragma once

#include <boost/system/result.hpp>

namespace whogoes::rules {

// A value or the reason why there is none. Used through has_value(), operator*, operator-> and
// error() only, which std::expected shares.
template <class T, class E>
using Result = boost::system::result<T, E>;

}  // namespace whogoes::rules
