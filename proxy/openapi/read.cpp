#include "proxy/openapi/document.hpp"
#include "proxy/openapi/security.hpp"
#include "proxy/openapi/yaml_tree.hpp"
#include "rules/text.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>

namespace whogoes::openapi {
namespace {

constexpr std::size_t most_octets = 16 * 1024 * 1024;
constexpr std::size_t most_operations = 5000;
constexpr std::array<std::string_view, 8> methods{"get",     "put",  "post",  "delete",
                                                  "options", "head", "patch", "trace"};

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

class Reader {
public:
    Reader(const std::string& text, const std::string& name)
        : tree_(text, name), security_(tree_) {}

    Document document() {
        check_version();
        const YAML::Node usual = tree_.root()["security"];
        if (usual && !usual.IsNull()) usual_ = security_.ways(usual);
        const YAML::Node paths = tree_.map_in(tree_.root(), "paths");
        if (!paths || !paths.IsMap())
            tree_.fail(tree_.root(), "has no paths, so nothing is described");
        for (const auto& entry : paths) {
            const std::string path = entry.first.Scalar();
            if (path.starts_with("x-")) continue;
            if (!path.starts_with('/')) tree_.fail(entry.first, "a path begins with a slash");
            read_path(path, tree_.resolved(entry.second));
        }
        return {std::move(operations_), bases()};
    }

private:
    void check_version() const {
        const std::string version = tree_.text_in(tree_.root(), "openapi");
        if (version.starts_with("3.0") || version.starts_with("3.1")) return;
        if (tree_.root()["swagger"])
            tree_.fail(tree_.root()["swagger"],
                       "is Swagger 2.0: convert it to OpenAPI 3 (as `swagger2openapi` does)");
        const YAML::Node said = tree_.root()["openapi"];
        if (!said) tree_.fail(tree_.root(), "is no OpenAPI document: it has no `openapi: 3.…`");
        tree_.fail(said, "only OpenAPI 3.0 and 3.1 are read");
    }

    void read_path(const std::string& path, const YAML::Node& item) {
        if (!item.IsMap()) tree_.fail(item, "what stands at a path is a map of methods");
        for (const std::string_view method : methods) {
            const YAML::Node node = item[std::string(method)];
            if (!node) continue;
            if (!node.IsMap()) tree_.fail(node, std::string(method) + " is a map");
            if (operations_.size() >= most_operations) tree_.fail(node, "has over 5000 operations");
            Operation operation;
            operation.method = upper(method);
            operation.path = path;
            const YAML::Node security = node["security"];
            operation.security = security && !security.IsNull() ? security_.ways(security) : usual_;
            operation.example = example_of(path, item, node);
            operations_.push_back(std::move(operation));
        }
    }

    // Parameters of the path as the document gives an example of them; else "1".
    std::string example_of(const std::string& path, const YAML::Node& item,
                           const YAML::Node& operation) const {
        std::map<std::string, std::string> values;
        take_examples(item["parameters"], values);
        take_examples(operation["parameters"], values);
        std::string example;
        for (std::size_t at = 0; at < path.size();) {
            const auto open = std::min(path.find('{', at), path.size());
            example += path.substr(at, open - at);
            const auto close = path.find('}', open);
            if (close == std::string::npos) break;
            const auto found = values.find(path.substr(open + 1, close - open - 1));
            example += found != values.end() ? found->second : "1";
            at = close + 1;
        }
        return example;
    }

    void take_examples(const YAML::Node& parameters,
                       std::map<std::string, std::string>& values) const {
        if (!parameters || !parameters.IsSequence()) return;
        for (const YAML::Node& one : parameters) {
            const YAML::Node parameter = tree_.resolved(one);
            if (!parameter.IsMap() || tree_.text_in(parameter, "in") != "path") continue;
            std::string value = scalar_at(parameter, "example");
            const YAML::Node schema =
                parameter["schema"] ? tree_.resolved(parameter["schema"]) : YAML::Node();
            if (schema.IsMap()) {
                for (const char* const name : {"example", "default"})
                    if (value.empty()) value = scalar_at(schema, name);
                const YAML::Node choices = schema["enum"];
                if (value.empty() && choices && choices.IsSequence() && choices.size() > 0 &&
                    choices[0].IsScalar())
                    value = choices[0].Scalar();
            }
            const bool plain = value.find_first_not_of(
                                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789-._~") == std::string::npos;
            if (!value.empty() && plain) values[tree_.text_in(parameter, "name")] = value;
        }
    }

    static std::string scalar_at(const YAML::Node& map, const char* name) {
        const YAML::Node node = map[name];
        return node && node.IsScalar() ? node.Scalar() : std::string();
    }

    std::vector<std::string> bases() const {
        std::vector<std::string> all;
        const YAML::Node servers = tree_.root()["servers"];
        if (servers && servers.IsSequence())
            for (const YAML::Node& server : servers) {
                if (!server.IsMap()) continue;
                std::string url = tree_.text_in(server, "url");
                const auto scheme = url.find("://");
                if (scheme != std::string::npos) {
                    const auto path = url.find('/', scheme + 3);
                    url = path == std::string::npos ? std::string() : url.substr(path);
                }
                while (url.ends_with('/')) url.pop_back();
                if (url.find('{') == std::string::npos) all.push_back(std::move(url));
            }
        if (all.empty()) all.emplace_back();
        return all;
    }

    YamlTree tree_;
    Security security_;
    Ways usual_;
    std::vector<Operation> operations_;
};

}  // namespace

Document read_document(const std::string& text, const std::string& name) {
    try {
        return Reader(text, name).document();
    } catch (const YAML::Exception& error) {
        // A node of another kind than the specification has at this place.
        throw DocumentError(name + ":" + std::to_string(error.mark.line + 1) + ":" +
                            std::to_string(error.mark.column + 1) + ": is not as OpenAPI has it");
    }
}

Document read_document_file(const std::string& path, const std::string& name) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw DocumentError(name + ": cannot be read: " + std::strerror(errno));
    std::string text;
    char block[64 * 1024];
    while (text.size() <= most_octets && (file.read(block, sizeof block), file.gcount() > 0))
        text.append(block, static_cast<std::size_t>(file.gcount()));
    if (file.bad()) throw DocumentError(name + ": cannot be read: is it a folder?");
    if (text.size() > most_octets) throw DocumentError(name + ": is over 16 MiB");
    return read_document(text, name);
}

}  // namespace whogoes::openapi
