#include "proxy/openapi/security.hpp"

#include "rules/text.hpp"

namespace whogoes::openapi {

using rules::DocumentedScheme;

Security::Security(const YamlTree& tree) : tree_(tree) {
    const YAML::Node components = tree.map_in(tree.root(), "components");
    if (!components || !components.IsMap()) return;
    const YAML::Node schemes = tree.map_in(components, "securitySchemes");
    if (!schemes || !schemes.IsMap()) return;
    for (const auto& entry : schemes)
        schemes_.emplace(entry.first.Scalar(), scheme_of(tree.resolved(entry.second)));
}

DocumentedScheme Security::scheme_of(const YAML::Node& node) const {
    if (!node.IsMap()) tree_.fail(node, "a security scheme is a map");
    const std::string type = tree_.text_in(node, "type");
    DocumentedScheme scheme;
    if (type == "http") {
        scheme.scheme = rules::lowered(tree_.text_in(node, "scheme"));
        if (scheme.scheme.empty())
            tree_.fail(node,
                       "a security scheme of type http wants its scheme, as in scheme: bearer");
    } else if (type == "oauth2" || type == "openIdConnect") {
        scheme.scheme = "bearer";
    } else if (type == "mutualTLS") {
        scheme.kind = DocumentedScheme::Kind::mutual_tls;
    } else if (type == "apiKey") {
        scheme.kind = DocumentedScheme::Kind::api_key;
        scheme.place = tree_.text_in(node, "in");
        scheme.field = tree_.text_in(node, "name");
        if ((scheme.place != "header" && scheme.place != "query" && scheme.place != "cookie") ||
            scheme.field.empty())
            tree_.fail(node, "an apiKey wants its name, and in: header, query or cookie");
    } else {
        tree_.fail(node,
                   "the type of a security scheme is http, apiKey, oauth2, openIdConnect or "
                   "mutualTLS");
    }
    return scheme;
}

Ways Security::ways(const YAML::Node& security) const {
    if (!security.IsSequence()) tree_.fail(security, "security is a list");
    Ways all;
    for (const YAML::Node& way : security) {
        if (!way.IsMap()) tree_.fail(way, "each item of security is a map of schemes");
        std::vector<DocumentedScheme> together;
        for (const auto& entry : way) {
            const auto found = schemes_.find(entry.first.Scalar());
            if (found == schemes_.end())
                tree_.fail(entry.first, "there is no such scheme in components.securitySchemes");
            together.push_back(found->second);
            if (!entry.second.IsSequence()) continue;
            for (const YAML::Node& scope : entry.second)
                if (scope.IsScalar()) together.back().scopes.push_back(scope.Scalar());
        }
        all.push_back(std::move(together));
    }
    return all;
}

}  // namespace whogoes::openapi
