#include "proxy/app/config.hpp"
#include "proxy/app/schema.hpp"
#include "proxy/app/units.hpp"

#include <algorithm>

namespace whogoes::app {
namespace {

constexpr std::size_t comment_column = 44;

bool plain(std::string_view text) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && (letter(text[0]) || text[0] == '/') && text.back() != ':' &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return letter(c) || std::string_view("_-./:@+").find(c) != std::string_view::npos;
           });
}

std::string scalar(const Key* key, std::string_view text) {
    if (key && key->secret) return "\"********\"";
    if (plain(text)) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

std::string value_of(const Key& key, const Entry& entry) {
    if (!entry.list && entry.items.size() == 1) return scalar(&key, entry.items[0].text);
    std::string list = "[";
    for (const Item& item : entry.items)
        list += (list.size() > 1 ? ", " : "") + scalar(&key, item.text);
    return list + "]";
}

std::string default_of(const Key& key) {
    const bool several = key.list && key.fallback.find(", ") != std::string_view::npos;
    return several ? "[" + std::string(key.fallback) + "]" : scalar(&key, key.fallback);
}

void line(std::string& out, std::string text, const std::string& origin) {
    if (!origin.empty()) {
        if (text.size() < comment_column) text.append(comment_column - text.size(), ' ');
        text += "  # " + origin;
    }
    out += text + "\n";
}

// Opens the sections that lead to `path` and were not open for the row before.
std::string open_sections(std::string& out, std::string_view path, const std::string& before,
                          const std::string& indent) {
    const auto dot = path.rfind('.');
    std::string section(dot == std::string_view::npos ? "" : path.substr(0, dot));
    for (std::size_t start = 0; start < section.size();) {
        const auto end = std::min(section.find('.', start), section.size());
        const std::string prefix = section.substr(0, end);
        if (before != prefix && !before.starts_with(prefix + ".")) {
            const auto depth =
                static_cast<std::size_t>(std::count(prefix.begin(), prefix.end(), '.'));
            line(out,
                 indent + std::string(2 * depth, ' ') + section.substr(start, end - start) + ":",
                 "");
        }
        start = end + 1;
    }
    return section;
}

void print_values(std::string& out, const Values& values, const std::string& indent,
                  bool with_defaults) {
    std::string section;
    const auto diagnose = values.find("diagnose");
    const bool diagnosed =
        diagnose == values.end() || parse_switch(diagnose->second.items.front().text) != false;
    for (const Key& key : keys()) {
        const auto written = values.find(key.path);
        const bool here = written != values.end();
        if (!here && (!with_defaults || key.fallback.empty())) continue;
        // A switch and its section share a name: only one of them can be printed.
        if (key.path == "diagnose" && diagnosed) continue;
        if (key.path.starts_with("diagnose.") && !diagnosed) continue;
        section = open_sections(out, key.path, section, indent);
        const auto depth =
            static_cast<std::size_t>(std::count(key.path.begin(), key.path.end(), '.'));
        const std::string name(key.path.substr(section.empty() ? 0 : section.size() + 1));
        line(out,
             indent + std::string(2 * depth, ' ') + name + ": " +
                 (here ? value_of(key, written->second) : default_of(key)),
             here ? written->second.origin : "default");
    }
}

}  // namespace

std::string print_config(const Gathered& gathered) {
    std::string out;
    print_values(out, gathered.written.values, "", true);
    if (!gathered.written.routes.empty()) out += "routes:\n";
    for (const RouteValues& route : gathered.written.routes) {
        line(out, "  - match: " + scalar(nullptr, route.match), route.origin);
        print_values(out, route.values, "    ", false);
    }
    return out;
}

}  // namespace whogoes::app
