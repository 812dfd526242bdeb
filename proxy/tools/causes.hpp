#pragma once

#include <optional>
#include <string>
#include <string_view>

// `whogoes causes`: the catalogue and the rulebook, for people, for scripts, and as the page
// rules/CATALOGUE.md.
namespace whogoes::tools {

enum class CauseFormat { text, json, markdown };

// All rows where `word` is empty. Else the rows of that id (a cause and a rule may share one);
// where there is none, those whose id begins with it, and then those that have a word beginning
// with it in id, summary or advice. Empty where nothing fits.
std::optional<std::string> causes(std::string_view word, CauseFormat);

// `; did you mean "…"?` with the nearest id, or nothing.
std::string nearest_cause(std::string_view id);

// Where all about a cause or rule stands: "rules/CATALOGUE.md#" and its id.
std::string docs_of(std::string_view id);

}  // namespace whogoes::tools
