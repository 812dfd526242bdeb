#pragma once

#include <string>
#include <string_view>

namespace whogoes::report {

// The path with what names one thing of many folded: "/v1/users/42" is "/v1/users/{id}".
void append_route_shape(std::string& out, std::string_view path);

}  // namespace whogoes::report
