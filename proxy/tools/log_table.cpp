#include "proxy/tools/log_table.hpp"

#include "proxy/report/escape.hpp"

#include <algorithm>

namespace whogoes::tools {

std::string table(const std::vector<LogColumn>& columns,
                  const std::vector<std::vector<std::string>>& rows,
                  const report::ConsoleStyle& style) {
    const report::ConsoleText text(style);
    std::vector<std::vector<std::string>> cells;
    std::vector<std::size_t> widths(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i)
        widths[i] = report::code_points(columns[i].heading);
    for (const auto& row : rows) {
        auto& safe = cells.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            std::string cell = i < row.size() ? text.plain(row[i]) : std::string();
            cell = report::cut_middle(cell, columns[i].most, text.ellipsis());
            widths[i] = std::max(widths[i], report::code_points(cell));
            safe.push_back(std::move(cell));
        }
    }
    const auto line = [&](const std::vector<std::string>& row) {
        std::string out;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (i > 0) out += "  ";
            const std::size_t missing =
                widths[i] - std::min(widths[i], report::code_points(row[i]));
            if (columns[i].right) out.append(missing, ' ');
            out += row[i];
            if (!columns[i].right) out.append(missing, ' ');
        }
        while (out.ends_with(' ')) out.pop_back();
        return out;
    };
    std::vector<std::string> headings;
    headings.reserve(columns.size());
    for (const LogColumn& column : columns) headings.push_back(column.heading);
    std::string out = text.dim(line(headings)) + "\n";
    for (const auto& row : cells) out += line(row) + "\n";
    return out;
}

}  // namespace whogoes::tools
