#pragma once

#include "rules/result.hpp"

#include <string>
#include <vector>

namespace whogoes::tools {

// What `--fail-on` names, as cause and rule ids: ids, "cors-*", or a severity (info, warning,
// error) that stands for every rule of it or above. The error names the unknown word and the
// nearest known one.
rules::Result<std::vector<std::string>, std::string> fail_on_ids(
    const std::vector<std::string>& words);

// Splits "a,b" and drops what is empty.
std::vector<std::string> split_commas(const std::string& text);

}  // namespace whogoes::tools
