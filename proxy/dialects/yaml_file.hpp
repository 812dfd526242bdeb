#pragma once

#include "proxy/dialects/read.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// One YAML file of rules/dialects/ and what its readers share: every mistake is told with the
// file's name and the line. Not a schema; what the members mean is the readers' own.
namespace whogoes::dialects {

template <class Table>
std::string words_in(const Table& table) {
    std::string all;
    for (const auto& row : table) all.append(all.empty() ? "" : ", ").append(row.first);
    return all;
}

class YamlFile {
public:
    explicit YamlFile(std::string name) : name_(std::move(name)) {}

    YAML::Node load(const std::string& yaml, const std::string& what) const {
        YAML::Node root;
        try {
            root = YAML::Load(yaml);
        } catch (const YAML::Exception& error) {
            fail(error.mark, "is not valid YAML: " + error.msg);
        }
        if (!root.IsMap()) fail(root.Mark(), what);
        return root;
    }

    [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
        throw DialectError(name_ + ":" + std::to_string(mark.line + 1) + ": " + message);
    }

    void only(const YAML::Node& map, const std::string& what,
              std::initializer_list<std::string_view> names) const {
        if (!map.IsMap()) fail(map.Mark(), what + " is a map");
        for (const auto& pair : map) {
            const std::string key = pair.first.Scalar();
            if (std::find(names.begin(), names.end(), key) != names.end()) continue;
            std::string all;
            for (const std::string_view one : names)
                all.append(all.empty() ? "" : ", ").append(one);
            fail(pair.first.Mark(), "'" + key + "' is no member of " + what + "; there are " + all);
        }
    }

    std::string text(const YAML::Node& map, const char* key) const {
        const YAML::Node node = map[key];
        if (!node) fail(map.Mark(), std::string("'") + key + "' is missing");
        if (!node.IsScalar() || node.Scalar().empty())
            fail(node.Mark(), std::string("'") + key + "' wants a text");
        return node.Scalar();
    }

    std::string text_or(const YAML::Node& map, const char* key, std::string otherwise) const {
        return map[key] ? text(map, key) : std::move(otherwise);
    }

    std::vector<YAML::Node> list(const YAML::Node& map, const char* key) const {
        const YAML::Node node = map[key];
        if (!node || node.IsNull()) return {};
        if (!node.IsSequence()) fail(node.Mark(), std::string("'") + key + "' wants a list");
        return {node.begin(), node.end()};
    }

    std::vector<std::string> texts(const YAML::Node& map, const char* key) const {
        const YAML::Node node = map[key];
        if (!node) return {};
        if (node.IsScalar()) return {node.Scalar()};
        std::vector<std::string> all;
        for (const YAML::Node& one : list(map, key)) all.push_back(one.Scalar());
        return all;
    }

    template <class Table>
    auto word(const YAML::Node& node, const Table& table) const {
        for (const auto& [name, value] : table)
            if (node.Scalar() == name) return value;
        fail(node.Mark(), "'" + node.Scalar() + "' is unknown here; there are " + words_in(table));
    }

private:
    std::string name_;
};

}  // namespace whogoes::dialects
