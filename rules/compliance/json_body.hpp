#pragma once

#include "rules/exchange.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

// The JSON object of an answer's body. Bounded in depth; empty for anything else, half a body and
// other content types included.
namespace whogoes::rules::compliance {

std::optional<boost::json::object> json_object(std::string_view text);
std::optional<boost::json::object> json_body(const Exchange&);  // where Content-Type says JSON

// A number without a fraction, however it is written.
std::optional<std::int64_t> whole_number(const boost::json::value&);

}  // namespace whogoes::rules::compliance
