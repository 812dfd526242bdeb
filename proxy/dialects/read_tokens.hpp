#pragma once

#include "rules/causes/placeholder.hpp"
#include "rules/prefixes.hpp"

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Reads rules/dialects/prefixes.yaml and placeholders.yaml, whose heads tell their formats, into
// plain tables in the order that rules/ looks them up. Only the build does so; a user has no such
// files. Throws DialectError (read.hpp) at the first mistake.
namespace whogoes::dialects {

// Rows with all that their views look at. They do not move in memory once they are made.
template <class Row>
struct TokenFile {
    std::vector<Row> rows{};
    std::deque<std::string> texts{};
    std::deque<std::vector<std::string_view>> lists{};
};
using PrefixFile = TokenFile<rules::TokenPrefix>;
using PlaceholderFile = TokenFile<rules::causes::PlaceholderShape>;

std::unique_ptr<PrefixFile> read_prefixes(const std::string& yaml, const std::string& name);
std::unique_ptr<PlaceholderFile> read_placeholders(const std::string& yaml,
                                                   const std::string& name);

}  // namespace whogoes::dialects
