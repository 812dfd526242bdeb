#include "proxy/openapi/yaml_tree.hpp"

#include "proxy/openapi/document.hpp"
#include "rules/text.hpp"

#include <utility>

namespace whogoes::openapi {
namespace {

constexpr int most_steps = 16;  // of references that lead to references

// What a file says goes to a terminal with the message.
std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 80)) {
        const auto octet = static_cast<unsigned char>(c);
        out += octet < 0x20 || octet >= 0x7f ? '?' : c;
    }
    return out;
}

// RFC 6901, 3, in a URI's fragment (6).
std::string unescaped(std::string_view part) {
    std::string out = rules::percent_decoded(part).value_or(std::string(part));
    for (std::size_t at = 0; (at = out.find("~1", at)) != std::string::npos; ++at)
        out.replace(at, 2, "/");
    for (std::size_t at = 0; (at = out.find("~0", at)) != std::string::npos; ++at)
        out.replace(at, 2, "~");
    return out;
}

std::string place(const std::string& name, const YAML::Mark& mark) {
    if (mark.is_null()) return name + ": ";
    return name + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) +
           ": ";
}

}  // namespace

YamlTree::YamlTree(const std::string& text, std::string name) : name_(std::move(name)) {
    try {
        root_ = YAML::Load(text);
    } catch (const YAML::Exception& error) {
        throw DocumentError(place(name_, error.mark) +
                            "is neither YAML nor JSON: " + shown(error.msg));
    }
    if (!root_.IsMap()) throw DocumentError(name_ + ": is no OpenAPI document: it is no map");
}

void YamlTree::fail(const YAML::Node& at, const std::string& words) const {
    throw DocumentError(place(name_, at.Mark()) + words);
}

YAML::Node YamlTree::target(const YAML::Node& reference, const std::string& pointer) const {
    if (!pointer.starts_with("#/"))
        fail(reference, "\"$ref: " + shown(pointer) +
                            "\" leads out of the file: put what it names into this one (as "
                            "`redocly bundle` does)");
    YAML::Node node = root_;
    for (const std::string_view part : rules::parts_of(std::string_view(pointer).substr(2), '/')) {
        const std::string name = unescaped(part);
        if (!node.IsMap() || !node[name])
            fail(reference,
                 "\"$ref: " + shown(pointer) + "\" leads nowhere: there is no " + shown(name));
        node.reset(node[name]);
    }
    return node;
}

YAML::Node YamlTree::resolved(const YAML::Node& node) const {
    YAML::Node at = node;
    for (int steps = 0; steps < most_steps; ++steps) {
        if (!at.IsMap() || !at["$ref"]) return at;
        const YAML::Node reference = at["$ref"];
        if (!reference.IsScalar()) fail(reference, "$ref is a text");
        at.reset(target(reference, reference.Scalar()));
    }
    fail(node, "these references lead in a circle");
}

YAML::Node YamlTree::map_in(const YAML::Node& map, const char* name) const {
    const YAML::Node node = map[name];
    if (node && !node.IsNull() && !node.IsMap()) fail(node, std::string(name) + " is a map");
    return node;
}

std::string YamlTree::text_in(const YAML::Node& map, const char* name) const {
    const YAML::Node node = map[name];
    if (!node || node.IsNull()) return {};
    if (!node.IsScalar()) fail(node, std::string(name) + " is a text");
    return node.Scalar();
}

}  // namespace whogoes::openapi
