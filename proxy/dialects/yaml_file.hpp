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
        if (!root.IsDefined() || root.IsNull()) throw DialectError(name_ + ": is empty: " + what);
        if (!root.IsMap()) fail(root.Mark(), what);
        return root;
    }

    [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
        throw DialectError(name_ + ":" + std::to_string(mark.line + 1) + ": " +
                           for_terminal(message));
    }

    void only(const YAML::Node& map, const std::string& what,
              std::initializer_list<std::string_view> names) const {
        if (!map.IsMap()) fail(map.Mark(), what + " is a map");
        std::vector<std::string> seen;
        for (const auto& pair : map) {
            if (!pair.first.IsScalar()) fail(pair.first.Mark(), "a member's name is a text");
            const std::string key = pair.first.Scalar();
            if (std::find(seen.begin(), seen.end(), key) != seen.end())
                fail(pair.first.Mark(), "'" + key + "' stands here twice");
            seen.push_back(key);
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
        return scalar(node, key);
    }

    std::string scalar(const YAML::Node& node, const std::string& key) const {
        if (!node.IsScalar() || node.Scalar().empty())
            fail(node.Mark(), "'" + key + "' wants a text");
        return node.Scalar();
    }

    bool flag(const YAML::Node& map, const char* key) const {
        const YAML::Node node = map[key];
        bool value = false;
        if (node && !YAML::convert<bool>::decode(node, value))
            fail(node.Mark(), std::string("'") + key + "' wants true or false");
        return value;
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
        if (!node || node.IsNull()) return {};
        const bool all_texts =
            node.IsScalar() ||
            (node.IsSequence() && std::all_of(node.begin(), node.end(), [](const YAML::Node& one) {
                 return one.IsScalar();
             }));
        if (!all_texts)
            fail(node.Mark(), std::string("'") + key + "' wants a text or a list of texts");
        if (node.IsScalar()) return {node.Scalar()};
        std::vector<std::string> all;
        for (const YAML::Node& one : node) all.push_back(one.Scalar());
        return all;
    }

    template <class Table>
    auto word(const YAML::Node& node, const Table& table) const {
        for (const auto& [name, value] : table)
            if (node.Scalar() == name) return value;
        fail(node.Mark(), "'" + node.Scalar() + "' is unknown here; there are " + words_in(table));
    }

private:
    // What a file says goes to a terminal with the message.
    static std::string for_terminal(std::string text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto octet = static_cast<unsigned char>(text[i]);
            const bool second = i > 0 && static_cast<unsigned char>(text[i - 1]) == 0xc2;
            if (octet < 0x20 || octet == 0x7f || (second && octet < 0xa0)) text[i] = '?';
            if (second && octet < 0xa0) text[i - 1] = '?';
        }
        return text;
    }

    std::string name_;
};

}  // namespace whogoes::dialects
