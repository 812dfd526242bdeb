#pragma once

#include "proxy/dialects/read.hpp"

#include <cstddef>
#include <map>
#include <string>

// The case that stands for each cause in `whogoes causes ID` (rules/sample.hpp), chosen among those
// of all dialects while the program is built.
namespace whogoes::dialects {

class Samples {
public:
    struct Row {
        std::string system{}, title{}, source{}, request{}, answer{};
        std::size_t rank = 0;  // the smaller, the better
    };

    // A case without doubt before one that accepts other causes, one whose source is named before
    // one without, then the shortest; among equals the first that was added.
    void add(const DialectFile&);
    const std::map<std::string, Row>& rows() const noexcept { return rows_; }

private:
    std::map<std::string, Row> rows_{};
};

// The first lines of a message: at most eight, none longer than 160 bytes, "..." where more came.
std::string first_lines(std::string_view message);

}  // namespace whogoes::dialects
