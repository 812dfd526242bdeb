#pragma once

#include "proxy/mcp/sources.hpp"
#include "proxy/tools/log_filter.hpp"
#include "rules/result.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a tool was called with: held against its input schema, and read. No value is quoted back in
// an error, since one may be a secret.
namespace whogoes::mcp {

namespace json = boost::json;

// Of JSON Schema what the tools' inputs use: type, enum, minimum, maximum, maxLength, maxItems,
// required, and no further members. Empty: they fit.
std::string misfit(const json::object& arguments, std::string_view schema);

// Of arguments that fit: empty, `fallback`, false where absent.
std::string text_in(const json::object& arguments, std::string_view name);
std::int64_t number_in(const json::object& arguments, std::string_view name, std::int64_t fallback);
std::vector<std::string> texts_in(const json::object& arguments, std::string_view name);

// The filters that `failures` and `summary` share, as `whogoes log` takes them.
rules::Result<tools::LogFilter, std::string> filter_in(const json::object& arguments,
                                                       const Sources&);

}  // namespace whogoes::mcp
