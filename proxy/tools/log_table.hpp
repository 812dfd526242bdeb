#pragma once

#include "proxy/report/console_text.hpp"

#include <cstddef>
#include <string>
#include <vector>

// Columns of text, as wide as what stands in them. Pure.
namespace whogoes::tools {

struct LogColumn {
    std::string heading{};
    bool right = false;     // numbers
    std::size_t most = 40;  // columns of the terminal
};

// Cells come from a log: they are made safe here. The last column is never padded.
std::string table(const std::vector<LogColumn>& columns,
                  const std::vector<std::vector<std::string>>& rows, const report::ConsoleStyle&);

}  // namespace whogoes::tools
