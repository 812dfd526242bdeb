#include "proxy/app/config.hpp"
#include "proxy/app/schema.hpp"
#include "proxy/app/units.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace whogoes::app {
namespace {

namespace fs = std::filesystem;

std::string joined(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& problem : problems) text += (text.empty() ? "" : "\n") + problem.text();
    return text;
}

void complain(std::vector<Problem>& problems, Problem problem) {
    if (problems.size() < most_problems) problems.push_back(std::move(problem));
}

// Reads at most one octet over the limit: read_yaml says that it is too large.
std::string read_text(const fs::path& path) {
    if (fs::is_directory(path)) throw std::system_error(EISDIR, std::generic_category());
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::system_error(errno, std::generic_category());
    std::string text(most_octets + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

// The candidates in order; the first that exists wins.
std::vector<std::string> search_path(const Surroundings& here) {
    std::vector<std::string> paths{"whogoes.yaml"};
    if (const std::string xdg = here.variable("XDG_CONFIG_HOME"); !xdg.empty())
        paths.push_back(xdg + "/whogoes/config.yaml");
    else if (const std::string home = here.variable("HOME"); !home.empty())
        paths.push_back(home + "/.config/whogoes/config.yaml");
    paths.push_back(here.system_file);
    return paths;
}

void find_file(const Arguments& arguments, const Surroundings& here, Gathered& gathered) {
    if (arguments.config_file) {
        gathered.config_file = *arguments.config_file;
        return;
    }
    if (const std::string named = here.variable("WHOGOES_CONFIG"); !named.empty()) {
        gathered.config_file = named;
        return;
    }
    gathered.searched = search_path(here);
    for (const std::string& path : gathered.searched) {
        std::error_code error;
        if (fs::exists(fs::path(here.directory) / path, error)) {
            gathered.config_file = path;
            return;
        }
    }
}

void read_file(const Arguments& arguments, const Surroundings& here, Gathered& gathered) {
    const std::string& file = gathered.config_file;
    if (file.empty()) return;
    const std::string name = file == "-" ? "<stdin>" : file;
    std::string text;
    try {
        text = file == "-" ? here.standard_input() : read_text(fs::path(here.directory) / file);
    } catch (const std::system_error& error) {
        const bool by_flag = arguments.config_file.has_value();
        complain(gathered.problems, {by_flag ? "--config" : "WHOGOES_CONFIG", "",
                                     "cannot read " + name + ": " + error.code().message(), false});
        return;
    }
    gathered.written = read_yaml(text, name, gathered.problems);
}

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        if (line.ends_with('\r')) line.pop_back();
        if (line.find_first_not_of(" \t") != std::string::npos) lines.push_back(std::move(line));
        at = end + 1;
    }
    return lines;
}

// Lists in the environment stand one a line, addresses may stand between commas.
std::vector<std::string> split_variable(const Key& key, const std::string& text) {
    std::vector<std::string> items = split_lines(text);
    if (key.path != "listen") return items;
    std::vector<std::string> addresses;
    for (const std::string& line : items)
        for (std::size_t at = 0; at <= line.size();) {
            const auto end = std::min(line.find(',', at), line.size());
            const auto first = line.find_first_not_of(' ', at);
            if (first < end) addresses.push_back(line.substr(first, end - first));
            at = end + 1;
        }
    return addresses;
}

void overlay(const Key& key, const std::vector<std::string>& texts, Source source,
             Gathered& gathered) {
    const bool by_flag = source == Source::flag;
    const std::string where(by_flag ? key.flag : key.environment);
    Entry entry{
        {}, key.list && texts.size() != 1, source, by_flag ? "flag " + where : where, where};
    if (!key.comes_later.empty() &&
        !(key.kind == Kind::boolean && texts.size() == 1 && parse_switch(texts[0]) == false)) {
        complain(gathered.problems, {where, "", std::string(key.comes_later), by_flag});
        return;
    }
    if (!key.list && texts.size() > 1) {
        complain(gathered.problems, {where, "", "is given twice: keep one", by_flag});
        return;
    }
    for (const std::string& text : texts) {
        if (auto flaw = value_flaw(key, text)) {
            complain(gathered.problems, {where, "", *flaw, by_flag});
            return;
        }
        entry.items.push_back({text, where, 0, 0, false});
    }
    gathered.written.values[std::string(key.path)] = std::move(entry);
}

}  // namespace

std::string Problem::text() const {
    std::string text = where;
    if (!key.empty()) text += (text.empty() ? "" : ": ") + key;
    return text + (text.empty() ? "" : ": ") + message;
}

ConfigError::ConfigError(std::vector<Problem> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

bool ConfigError::usage() const noexcept {
    return std::all_of(problems_.begin(), problems_.end(),
                       [](const Problem& problem) { return problem.from_flag; });
}

std::string Surroundings::variable(std::string_view name) const {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

Surroundings this_process() {
    Surroundings here;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            here.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    // Read once: a reload finds standard input at its end.
    here.standard_input = [known = std::make_shared<std::optional<std::string>>()] {
        if (!*known) {
            std::string& text = known->emplace();
            char block[4096];
            while (text.size() <= most_octets &&
                   (std::cin.read(block, sizeof block), std::cin.gcount() > 0))
                text.append(block, static_cast<std::size_t>(std::cin.gcount()));
        }
        return known->value();
    };
    here.terminal_stdout = ::isatty(STDOUT_FILENO) == 1;
    here.terminal_stderr = ::isatty(STDERR_FILENO) == 1;
    here.cores = std::max(1u, std::thread::hardware_concurrency());
    return here;
}

Gathered gather(const Arguments& arguments, const Surroundings& here) {
    Gathered gathered;
    find_file(arguments, here, gathered);
    read_file(arguments, here, gathered);
    for (const Key& key : keys()) {
        if (!key.environment.empty())
            if (const std::string text = here.variable(key.environment); !text.empty())
                overlay(key, key.list ? split_variable(key, text) : std::vector{text},
                        Source::environment, gathered);
        const auto flag = arguments.flags.find(std::string(key.path));
        if (flag != arguments.flags.end()) overlay(key, flag->second, Source::flag, gathered);
    }
    if (arguments.verbosity > 0)
        gathered.written.values["log.access"] = {{{"all", "--verbose", 0, 0, false}},
                                                 false,
                                                 Source::flag,
                                                 "flag --verbose",
                                                 "--verbose"};
    return gathered;
}

bool colour_wanted(const Arguments& arguments, const Surroundings& here, Standard stream) {
    if (arguments.color == "always") return true;
    if (arguments.color == "never") return false;
    if (!here.variable("NO_COLOR").empty()) return false;  // no-color.org
    if (const std::string forced = here.variable("FORCE_COLOR"); !forced.empty())
        return forced != "0" && forced != "false";
    if (here.variable("TERM") == "dumb") return false;
    return stream == Standard::output ? here.terminal_stdout : here.terminal_stderr;
}

bool utf8_wanted(const Surroundings& here) {
    // POSIX, 8.2: the first of these that is set decides.
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (const std::string locale = lower_case(here.variable(name)); !locale.empty())
            return locale.find("utf-8") != std::string::npos ||
                   locale.find("utf8") != std::string::npos;
    return false;
}

}  // namespace whogoes::app
