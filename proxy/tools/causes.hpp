#pragma once

#include <optional>
#include <string>
#include <string_view>

// `whogoes causes`: the catalogue and the rulebook, for people, scripts and the README.
namespace whogoes::tools {

enum class CauseFormat { text, json, markdown };

// All rows, or the one with this id; empty where there is none.
std::optional<std::string> causes(std::string_view id, CauseFormat);

// "; did you mean "token-expired"?", or nothing.
std::string nearest_cause(std::string_view id);

}  // namespace whogoes::tools
