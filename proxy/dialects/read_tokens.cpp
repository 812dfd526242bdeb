#include "proxy/dialects/read_tokens.hpp"

#include "proxy/dialects/yaml_file.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace whogoes::dialects {

using namespace rules;
using causes::PlaceholderShape;

namespace {

constexpr std::array kind_words{
    std::pair<std::string_view, TokenKind>{"token", TokenKind::token},
    std::pair<std::string_view, TokenKind>{"api-key", TokenKind::api_key},
    std::pair<std::string_view, TokenKind>{"refresh-token", TokenKind::refresh_token},
    std::pair<std::string_view, TokenKind>{"publishable-key", TokenKind::publishable_key},
    std::pair<std::string_view, TokenKind>{"secret-key", TokenKind::secret_key},
    std::pair<std::string_view, TokenKind>{"client-secret", TokenKind::client_secret},
    std::pair<std::string_view, TokenKind>{"webhook-secret", TokenKind::webhook_secret},
};

constexpr std::array environment_words{
    std::pair<std::string_view, std::string_view>{"live", "live"},
    std::pair<std::string_view, std::string_view>{"test", "test"},
};

constexpr std::size_t start_size = 3;  // what rules/prefixes.cpp searches by

bool is_host(std::string_view host) {
    const auto fits = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
    };
    return host.find('.') != npos && host.front() != '.' && host.back() != '.' &&
           std::all_of(host.begin(), host.end(), fits);
}

class PrefixReader : private YamlFile {
public:
    PrefixReader(const std::string& name, PrefixFile& file) : YamlFile(name), file_(file) {}

    void read(const std::string& yaml) {
        const YAML::Node root = load(yaml, "prefixes are a map with installed and prefixes");
        only(root, "the file", {"installed", "prefixes"});
        const YAML::Node installed = root["installed"];
        for (const YAML::Node& node : list(root, "prefixes")) file_.rows.push_back(row(node));
        if (file_.rows.empty()) fail(root.Mark(), "'prefixes' is missing");
        if (installed && !installed.IsMap())
            fail(installed.Mark(), "'installed' is a map from providers to lists of paths");
        for (const auto& pair : installed) install(pair.first, installed);
        std::stable_sort(file_.rows.begin(), file_.rows.end(), [](const auto& a, const auto& b) {
            return std::pair(a.prefix.substr(0, start_size), b.prefix.size()) <
                   std::pair(b.prefix.substr(0, start_size), a.prefix.size());
        });
    }

private:
    std::string_view keep(std::string text) { return file_.texts.emplace_back(std::move(text)); }

    TokenPrefix row(const YAML::Node& map) {
        only(map, "a prefix", {"prefix", "provider", "kind", "environment", "hosts", "source"});
        TokenPrefix row;
        row.prefix = keep(text(map, "prefix"));
        if (row.prefix.size() < start_size)
            fail(map["prefix"].Mark(), "a prefix has at least three characters");
        if (!seen_.insert(row.prefix).second)
            fail(map["prefix"].Mark(), "'" + std::string(row.prefix) + "' stands here twice");
        row.provider = keep(text(map, "provider"));
        text(map, "source");
        text(map, "kind");
        row.kind = word(map["kind"], kind_words);
        if (map["environment"]) row.environment = word(map["environment"], environment_words);
        if (!map["hosts"]) fail(map.Mark(), "'hosts' is missing; it may be empty");
        row.hosts = hosts(map);
        row.installed = row.hosts.empty();
        return row;
    }

    std::span<const std::string_view> hosts(const YAML::Node& map) {
        std::vector<std::string_view>& all = file_.lists.emplace_back();
        for (const YAML::Node& host : list(map, "hosts")) {
            if (!host.IsScalar() || host.Scalar().empty() || !is_host(host.Scalar()))
                fail(host.Mark(), "a host is a name like example.com, in lower case");
            all.push_back(keep(host.Scalar()));
        }
        return all;
    }

    void install(const YAML::Node& provider, const YAML::Node& installed) {
        std::vector<std::string_view>& paths = file_.lists.emplace_back();
        const std::string& name = provider.Scalar();
        for (const std::string& path : texts(installed, name.c_str())) paths.push_back(keep(path));
        bool known = false;
        for (TokenPrefix& row : file_.rows) {
            if (row.provider != name) continue;
            known = true;
            row.installed = true;
            row.paths = paths;
        }
        if (!known) fail(provider.Mark(), "no prefix is of a provider '" + name + "'");
    }

    PrefixFile& file_;
    std::set<std::string_view> seen_{};
};

class PlaceholderReader : private YamlFile {
public:
    PlaceholderReader(const std::string& name, PlaceholderFile& file)
        : YamlFile(name), file_(file) {}

    void read(const std::string& yaml) {
        const YAML::Node root = load(yaml, "placeholders are a map with placeholders and words");
        only(root, "the file", {"placeholders", "words"});
        for (const YAML::Node& node : list(root, "placeholders")) add(node, false);
        for (const YAML::Node& node : list(root, "words")) add(node, true);
        if (file_.rows.empty()) fail(root.Mark(), "'placeholders' is missing");
        std::stable_sort(file_.rows.begin(), file_.rows.end(), [](const auto& a, const auto& b) {
            return std::pair(first_of(a), start_of(b).size()) <
                   std::pair(first_of(b), start_of(a).size());
        });
    }

private:
    static std::string_view start_of(const PlaceholderShape& shape) {
        return shape.whole.empty() ? shape.begins : shape.whole;
    }
    static unsigned char first_of(const PlaceholderShape& shape) {
        return start_of(shape).empty() ? 0 : static_cast<unsigned char>(start_of(shape).front());
    }

    std::string_view keep(std::string text) { return file_.texts.emplace_back(std::move(text)); }

    std::string_view part(const YAML::Node& map, const char* key) {
        return map[key] ? keep(lowered(text(map, key))) : std::string_view();
    }

    // "{token}: a Python f-string": what is met again is seen anyway.
    static std::string origin_of(const PlaceholderShape& shape, const std::string& seen) {
        const std::size_t colon = seen.find(": ");
        const std::string_view start = start_of(shape);
        const bool repeats =
            start.empty() ? shape.only.find(seen.front()) != npos : istarts_with(seen, start);
        return colon == npos || !repeats ? seen : seen.substr(colon + 2);
    }

    void add(const YAML::Node& map, bool is_word) {
        only(map, "a placeholder", {"is", "begins", "ends", "holds", "only", "seen"});
        PlaceholderShape shape;
        shape.whole = part(map, "is");
        shape.begins = part(map, "begins");
        shape.ends = part(map, "ends");
        shape.holds = part(map, "holds");
        if (map["only"]) shape.only = keep(text(map, "only"));
        shape.word = is_word;
        const bool framed = !shape.begins.empty();
        const bool parts = framed || !shape.ends.empty() || !shape.holds.empty();
        if (!shape.whole.empty() && (parts || !shape.only.empty()))
            fail(map.Mark(), "beside 'is' nothing else may be asked");
        if (parts && !framed) fail(map.Mark(), "'ends' and 'holds' want a 'begins'");
        if (shape.whole.empty() && !parts && shape.only.empty())
            fail(map.Mark(), "one of is, begins and only is due");
        const auto key = std::tuple(shape.whole, shape.begins, shape.ends, shape.holds, shape.only);
        if (!seen_.insert(key).second) fail(map.Mark(), "stands here twice");
        shape.seen = keep(origin_of(shape, text(map, "seen")));
        file_.rows.push_back(shape);
    }

    PlaceholderFile& file_;
    std::set<std::tuple<std::string_view, std::string_view, std::string_view, std::string_view,
                        std::string_view>>
        seen_{};
};

}  // namespace

std::unique_ptr<PrefixFile> read_prefixes(const std::string& yaml, const std::string& name) {
    auto file = std::make_unique<PrefixFile>();
    PrefixReader(name, *file).read(yaml);
    return file;
}

std::unique_ptr<PlaceholderFile> read_placeholders(const std::string& yaml,
                                                   const std::string& name) {
    auto file = std::make_unique<PlaceholderFile>();
    PlaceholderReader(name, *file).read(yaml);
    return file;
}

}  // namespace whogoes::dialects
