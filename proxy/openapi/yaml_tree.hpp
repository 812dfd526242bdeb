#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

// A YAML (or JSON) file whose mistakes are told with line and column, and whose references lead
// within it. Private to this folder.
namespace whogoes::openapi {

class YamlTree {
public:
    // Throws DocumentError where it is no YAML, or no map.
    YamlTree(const std::string& text, std::string name);

    const YAML::Node& root() const { return root_; }
    [[noreturn]] void fail(const YAML::Node& at, const std::string& words) const;

    // The node that a `$ref` leads to, over others if need be; the node itself where there is none.
    YAML::Node resolved(const YAML::Node&) const;
    // A member that is a map, or nothing.
    YAML::Node map_in(const YAML::Node& map, const char* name) const;
    std::string text_in(const YAML::Node& map, const char* name) const;  // empty: absent

private:
    YAML::Node target(const YAML::Node& reference, const std::string& pointer) const;

    std::string name_;
    YAML::Node root_;
};

}  // namespace whogoes::openapi
