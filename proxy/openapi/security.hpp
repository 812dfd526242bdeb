#pragma once

#include "proxy/openapi/yaml_tree.hpp"
#include "rules/documented.hpp"

#include <map>
#include <string>
#include <vector>

// `components.securitySchemes` and the `security` of a document and of its operations. Private to
// this folder.
namespace whogoes::openapi {

using Ways = std::vector<std::vector<rules::DocumentedScheme>>;

class Security {
public:
    explicit Security(const YamlTree&);

    // Of a `security` member; it is a list.
    Ways ways(const YAML::Node& security) const;

private:
    rules::DocumentedScheme scheme_of(const YAML::Node&) const;

    const YamlTree& tree_;
    std::map<std::string, rules::DocumentedScheme> schemes_;
};

}  // namespace whogoes::openapi
