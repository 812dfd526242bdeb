#pragma once

#include "rules/diagnosis.hpp"
#include "rules/time.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

// How the tools say times and findings. Pure text.
namespace whogoes::tools {

// "2026-11-23 12:37:12Z". Empty where a calendar of four-digit years has no such time.
std::string utc_words(double seconds_since_epoch);

// "14m 12s ago", "in 3h", "now".
std::string relative_words(double seconds_since_epoch, rules::TimePoint now);

boost::json::value json_of(const rules::Fact&);
boost::json::object json_of(const rules::Evidence&);
boost::json::object json_of(const rules::Finding&);
boost::json::object json_of(const rules::Violation&);

// Folds a sentence into lines of at most 96 columns; the later ones start with `indent`.
std::string folded(std::string_view text, std::string_view indent);

}  // namespace whogoes::tools
