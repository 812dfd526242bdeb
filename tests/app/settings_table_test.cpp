#include "proxy/app/schema.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

// The table of proxy/CONFIGURATION.md is the program's settings: each is there, with its default,
// and nothing else is.
namespace whogoes::app {
namespace {

struct Row {
    std::string keys, fallback, text;
};

// The rows under "| key | default | |". A bar inside backticks is text.
std::vector<Row> rows_of_the_table() {
    std::ifstream file(std::string(WHOGOES_SOURCE_DIR) + "/proxy/CONFIGURATION.md");
    std::vector<Row> rows;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line == "| key | default | |") inside = true;
        if (!inside || !line.starts_with("| `")) continue;
        std::vector<std::string> cells(1);
        bool code = false;
        for (const char c : line.substr(1)) {
            if (c == '`') code = !code;
            if (c == '|' && !code)
                cells.emplace_back();
            else
                cells.back() += c;
        }
        REQUIRE(cells.size() >= 3);
        rows.push_back({cells[0], cells[1], cells[2]});
    }
    return rows;
}

std::vector<std::string> in_backticks(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t at = text.find('`'); at != text.npos; at = text.find('`', at + 1)) {
        const std::size_t end = text.find('`', at + 1);
        if (end == text.npos) break;
        words.push_back(text.substr(at + 1, end - at - 1));
        at = end;
    }
    return words;
}

// "`log.rotate.size`, `.age`": both in full.
std::vector<std::string> paths_of(const Row& row) {
    std::vector<std::string> paths;
    std::string section;
    for (const std::string& word : in_backticks(row.keys)) {
        if (word.starts_with('.')) {
            paths.push_back(section + word);
            continue;
        }
        paths.push_back(word);
        const std::size_t dot = word.rfind('.');
        section = dot == word.npos ? word : word.substr(0, dot);
    }
    return paths;
}

// The names that a section's own row tells of: "`issuer`", "`connect: 5s`".
std::set<std::string> members_in(const Row& row) {
    std::set<std::string> names;
    for (const std::string& word : in_backticks(row.fallback + " " + row.text))
        names.insert(word.substr(0, word.find(':')));
    return names;
}

TEST_CASE("the table of settings is the program's") {
    const std::vector<Row> rows = rows_of_the_table();
    REQUIRE(rows.size() > 30);
    std::set<std::string> told;
    for (const Row& row : rows) {
        for (const std::string& path : paths_of(row)) {
            CAPTURE(path);
            const Key* const key = find_key(path);
            CHECK((key != nullptr || is_section(path) || path == "routes"));
            told.insert(path);
            if (key != nullptr && !key->fallback.empty()) {
                const std::string fallback(key->fallback);
                CAPTURE(fallback);
                CHECK((row.fallback + row.text).find(fallback) != std::string::npos);
            }
            if (!is_section(path)) continue;
            for (const std::string& name : members_in(row))
                if (find_key(path + "." + name) != nullptr) told.insert(path + "." + name);
        }
    }
    for (const Key& key : keys()) {
        if (!key.comes_later.empty() || key.path == "version") continue;
        CAPTURE(std::string(key.path));
        CHECK(told.contains(std::string(key.path)));
    }
}

}  // namespace
}  // namespace whogoes::app
