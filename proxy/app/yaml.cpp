#include "proxy/app/schema.hpp"
#include "proxy/app/units.hpp"
#include "proxy/app/values.hpp"
#include "proxy/tools/nearest.hpp"
#include "rules/text.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>

namespace whogoes::app {
namespace {

// The offset of the first octet that no text holds; npos: none.
std::size_t not_text(std::string_view text) {
    return std::min(rules::first_non_utf8(text), text.find('\0'));
}

std::string kind_of(const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Map:
            return "a map";
        case YAML::NodeType::Sequence:
            return "a list";
        case YAML::NodeType::Scalar:
            return "the value \"" + node.Scalar().substr(0, 80) + "\"";
        default:
            return "nothing";
    }
}

// One walk over a document. Collects what is wrong instead of stopping at it.
class Walk {
public:
    Walk(const std::string& text, const std::string& name, std::vector<Problem>& problems)
        : text_(text), name_(name), problems_(problems) {}

    void read(Written& written) {
        if (!looks_like_text()) return;
        std::vector<YAML::Node> documents;
        try {
            // yaml-cpp takes the end of the file for a closing quote; it refuses "..." in one.
            documents = YAML::LoadAll(text_ + "\n...\n");
        } catch (const YAML::Exception& error) {
            if (error.msg == YAML::ErrorMsg::DOC_IN_SCALAR)
                return report(error.mark, "", "a quote that was opened above is not closed here");
            return report(error.mark, "", "is not valid YAML: " + error.msg);
        }
        if (documents.empty() || documents[0].IsNull()) return;
        if (documents.size() > 1)
            return report(documents[1].Mark(), "",
                          "a second document begins here: keep one, without \"---\" in it");
        if (!documents[0].IsMap())
            return report(documents[0].Mark(), "",
                          "a map of settings is due here, as in \"upstream: http://localhost:3000\""
                          ", not " +
                              kind_of(documents[0]));
        section(documents[0], "", "", written.values, &written.routes);
    }

private:
    void report(const YAML::Mark& mark, std::string key, std::string message) {
        if (problems_.size() < most_problems)
            problems_.push_back({where(mark), std::move(key), std::move(message), false});
    }

    std::string where(const YAML::Mark& mark) const {
        return mark.is_null() ? name_
                              : name_ + ":" + std::to_string(mark.line + 1) + ":" +
                                    std::to_string(mark.column + 1);
    }

    void report_at(std::size_t offset, std::string message) {
        const auto before = std::string_view(text_).substr(0, offset);
        const auto line = std::count(before.begin(), before.end(), '\n');
        const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
        problems_.push_back(
            {name_ + ":" + std::to_string(line + 1) + ":" + std::to_string(offset - line_start + 1),
             "", std::move(message), false});
    }

    // What yaml-cpp would mend or explain badly.
    bool looks_like_text() {
        if (text_.size() > most_octets) {
            problems_.push_back({name_, "",
                                 "is larger than 1 MiB: this is hardly a configuration of whogoes",
                                 false});
            return false;
        }
        if (const auto bad = not_text(text_); bad != std::string_view::npos) {
            report_at(bad, "is not UTF-8 text here: save the file as UTF-8");
            return false;
        }
        const std::size_t found = problems_.size();
        for (std::size_t line = 0; line < text_.size() && problems_.size() < most_problems;) {
            const auto end = std::min(text_.find('\n', line), text_.size());
            const auto ink = std::min(text_.find_first_not_of(" \t\r", line), end);
            const auto tab = text_.find('\t', line);
            if (tab < ink && ink < end && text_[ink] != '#')
                report_at(tab, "a tab indents this line: YAML takes spaces only");
            line = end + 1;
        }
        return problems_.size() == found;
    }

    // `section_path` in the schema; `shown` is what people are told, with the route's number.
    void section(const YAML::Node& map, const std::string& section_path, const std::string& shown,
                 Values& values, std::vector<RouteValues>* routes, RouteValues* route = nullptr) {
        std::set<std::string> seen;
        for (const auto& pair : map) {
            if (!pair.first.IsScalar()) {
                report(pair.first.Mark(), shown,
                       "a key must be one word, not " + kind_of(pair.first));
                continue;
            }
            const std::string& name = pair.first.Scalar();
            const std::string path = section_path.empty() ? name : section_path + "." + name;
            const std::string full = shown.empty() ? name : shown + "." + name;
            if (!seen.insert(name).second) {
                report(pair.first.Mark(), full, "stands here twice: keep one");
                continue;
            }
            if (section_path.empty() && name == "routes" && routes) {
                read_routes(pair.second, *routes);
            } else if (section_path.empty() && name == "match" && route) {
                read_match(pair.first, pair.second, full, *route);
            } else {
                member(pair.first, pair.second, path, full, values, route);
            }
        }
    }

    void member(const YAML::Node& key_node, const YAML::Node& node, const std::string& path,
                const std::string& full, Values& values, RouteValues* route) {
        const Key* key = find_key(path);
        const bool a_section = is_section(path);
        if (!key && !a_section) return unknown(key_node, path, full, route);
        if (route && (key ? !key->in_route : names_in(path, true).empty()))
            return report(key_node.Mark(), full,
                          "cannot stand in a route: a route overrides challenge and diagnose");
        const Key* const head = head_of_section(path);
        if (a_section && (node.IsMap() || (node.IsNull() && !head))) {
            if (path == "diagnose" && node.IsMap())
                values[path] = entry_of(key_node, {{"on", where(node.Mark())}});
            if (node.IsMap()) section(node, path, full, values, nullptr, route);
            return;
        }
        if (!key && (node.IsScalar() || node.IsNull())) key = head;
        if (!key)
            return report(node.Mark(), full,
                          "a map is due here, not " + kind_of(node) + ": its keys are " +
                              spelled(path, route));
        if (!key->comes_later.empty() && !permitted(*key, node))
            return report(key_node.Mark(), full, std::string(key->comes_later));
        value(*key, key_node, node, full, values);
    }

    // A later feature's key may say that the feature is off.
    static bool permitted(const Key& key, const YAML::Node& node) {
        return key.kind == Kind::boolean && key.fallback == "false" && node.IsScalar() &&
               parse_switch(node.Scalar()) == false;
    }

    std::string spelled(const std::string& path, const RouteValues* route) const {
        std::string names = names_in(path, route != nullptr);
        for (std::size_t at = 0; (at = names.find('|', at)) != std::string::npos; at += 2)
            names.replace(at, 1, ", ");
        return names;
    }

    void unknown(const YAML::Node& key_node, const std::string& path, const std::string& full,
                 const RouteValues* route) {
        const auto dot = path.rfind('.');
        const std::string parent = dot == std::string::npos ? "" : path.substr(0, dot);
        const std::string name = dot == std::string::npos ? path : path.substr(dot + 1);
        const std::string names = names_in(parent, route != nullptr);
        const std::string near = tools::did_you_mean(name, names);
        report(key_node.Mark(), full,
               "there is no such key" +
                   (near.empty() ? "; here stand " + spelled(parent, route) : near));
    }

    Entry entry_of(const YAML::Node& key_node, std::vector<Item> items) const {
        return {std::move(items), false, Source::file,
                name_ + ":" + std::to_string(key_node.Mark().line + 1), where(key_node.Mark())};
    }

    void value(const Key& key, const YAML::Node& key_node, const YAML::Node& node,
               const std::string& full, Values& values) {
        Entry entry = entry_of(key_node, {});
        if (node.IsSequence() && key.list) {
            entry.list = true;
            bool sound = true;
            for (const YAML::Node& element : node)
                sound = scalar(key, element, full, entry.items) && sound;
            if (sound) values[std::string(key.path)] = std::move(entry);
            return;
        }
        if (node.IsNull())
            return report(key_node.Mark(), full,
                          "has no value: give it one, or leave the line out");
        if (scalar(key, node, full, entry.items)) values[std::string(key.path)] = std::move(entry);
    }

    bool scalar(const Key& key, const YAML::Node& node, const std::string& full,
                std::vector<Item>& items) {
        if (!node.IsScalar()) {
            report(node.Mark(), full,
                   std::string(key.list ? "one value or a list of values" : "one value") +
                       " is due here, not " + kind_of(node));
            return false;
        }
        const std::string& text = node.Scalar();
        if (auto flaw = key.secret ? std::nullopt : value_flaw(key, text)) {
            report(node.Mark(), full, *flaw);
            return false;
        }
        items.push_back(item_of(node));
        return true;
    }

    // Finds the text in the source, so that an offset into it becomes a column.
    Item item_of(const YAML::Node& node) const {
        const YAML::Mark mark = node.Mark();
        Item item{node.Scalar(), where(mark), mark.line + 1, mark.column + 1, false};
        std::size_t start = 0;
        for (int line = 0; line < mark.line; ++line) start = text_.find('\n', start) + 1;
        start += static_cast<std::size_t>(mark.column);
        if (start >= text_.size()) return item;
        const bool in_quotes = text_[start] == '"' || text_[start] == '\'';
        start += in_quotes ? 1 : 0;
        item.column += in_quotes ? 1 : 0;
        item.exact = text_.compare(start, item.text.size(), item.text) == 0;
        return item;
    }

    void read_match(const YAML::Node& key_node, const YAML::Node& node, const std::string& full,
                    RouteValues& route) {
        if (!node.IsScalar())
            return report(key_node.Mark(), full,
                          "a pattern is due here, as in \"/public/**\" or \"POST /login\", not " +
                              kind_of(node));
        route.match = node.Scalar();
        route.where = where(node.Mark());
    }

    void read_routes(const YAML::Node& node, std::vector<RouteValues>& routes) {
        if (node.IsNull()) return;
        if (!node.IsSequence())
            return report(node.Mark(), "routes",
                          "a list of routes is due here, not " + kind_of(node));
        std::size_t number = 0;
        for (const YAML::Node& element : node) {
            const std::string shown = "routes[" + std::to_string(number++) + "]";
            if (!element.IsMap()) {
                report(element.Mark(), shown,
                       "a map with `match` is due here, not " + kind_of(element));
                continue;
            }
            RouteValues route;
            route.origin = name_ + ":" + std::to_string(element.Mark().line + 1);
            section(element, "", shown, route.values, nullptr, &route);
            if (route.where.empty() && !element["match"])
                report(element.Mark(), shown,
                       "has no `match`: say which requests it is for, as in match: \"/public/**\"");
            routes.push_back(std::move(route));
        }
    }

    const std::string& text_;
    const std::string& name_;
    std::vector<Problem>& problems_;
};

}  // namespace

Written read_yaml(const std::string& text, const std::string& name,
                  std::vector<Problem>& problems) {
    Written written;
    Walk(text, name, problems).read(written);
    return written;
}

}  // namespace whogoes::app
