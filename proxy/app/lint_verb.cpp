#include "proxy/app/lint_verb.hpp"

#include "proxy/app/exit_status.hpp"
#include "proxy/app/version.hpp"
#include "proxy/tools/fail_on.hpp"
#include "proxy/tools/progress.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

namespace whogoes::app {
namespace {

constexpr std::size_t most_sent = 1024 * 1024;

void say(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

void take_list(const View& view, Problems& problems, const std::string& key,
               std::vector<std::string>& into) {
    std::vector<std::string> words;
    for (const Item& item : view.items(key)) {
        const bool none = key == "lint.fail_on" && item.text == "none";
        const auto ids = tools::fail_on_ids({none ? std::string() : item.text});
        if (!ids.has_value()) problems.add(item, key, ids.error());
        words.push_back(item.text);
    }
    if (into.empty()) into = std::move(words);
}

// "@FILE"; nothing where it cannot be read, or is too large.
std::optional<std::string> body_of(const std::string& data) {
    if (!data.starts_with('@')) return data;
    const std::string name = data.substr(1);
    std::ifstream file;
    if (name != "-") file.open(name, std::ios::binary);
    std::istream& stream = name == "-" ? std::cin : file;
    if (!stream) return std::nullopt;
    std::string text;
    char block[16 * 1024];
    while (text.size() <= most_sent && (stream.read(block, sizeof block), stream.gcount() > 0))
        text.append(block, static_cast<std::size_t>(stream.gcount()));
    if (text.size() > most_sent) return std::nullopt;
    return text;
}

// What is right for this API, as the proxy in front of it is told.
void take_configuration(const CommandLine& line, const Surroundings& here,
                        tools::LintRequest& request) {
    Gathered gathered = gather(line.arguments, here);
    Problems problems(gathered.problems);
    const View view(gathered.written.values, nullptr, gathered.config_file, here);
    settings::Settings settings;
    settings::Treatment treatment;
    std::vector<std::string> warnings;
    read_expectations(view, treatment.expected);
    if (view.text("diagnose.keys").find("://") == std::string::npos)
        build_keys(view, "", problems, settings, treatment, warnings);
    build_dialects(view, problems, settings);
    build_openapi(view, problems, settings);
    build_lint(view, problems, request);
    if (!gathered.problems.empty()) throw ConfigError(std::move(gathered.problems));
    request.expected = treatment.expected;
    request.keys = treatment.keys;
    request.dialects = settings.dialects;
    request.openapi = settings.openapi;
}

}  // namespace

void build_lint(const View& view, Problems& problems, tools::LintRequest& request) {
    take_list(view, problems, "lint.select", request.select);
    take_list(view, problems, "lint.ignore", request.ignore);
    take_list(view, problems, "lint.fail_on", request.fail_on);
    if (request.severity.empty()) request.severity = view.text("lint.severity");
    if (request.confidence.empty()) request.confidence = view.text("lint.confidence");
    if (request.baseline.empty() && view.has("lint.baseline"))
        request.baseline = view.file("lint.baseline");
}

int run_lint(const CommandLine& line, const Surroundings& here, rules::TimePoint now) {
    tools::LintRequest request = line.lint.request;
    take_configuration(line, here, request);
    const auto body = body_of(line.lint.data);
    if (!body) {
        say(stderr, "whogoes: lint: -d: cannot read that file, or it is over 1 MiB\n");
        return usage;
    }
    if (!line.lint.openapi.empty()) {
        try {
            request.openapi = std::make_shared<const openapi::Document>(
                openapi::read_document_file(line.lint.openapi, line.lint.openapi));
        } catch (const openapi::DocumentError& error) {
            say(stderr, std::string("whogoes: lint: ") + error.what() + "\n");
            return usage;
        }
        request.ask_operations = true;
    }
    request.body = *body;
    request.utf8 = utf8_wanted(here);
    request.colour = colour_wanted(line.arguments, here, Standard::output);
    request.version = version();
    tools::Progress progress("judging", request.utf8,
                             [](std::string_view text) { say(stderr, text); });
    if (here.terminal_stderr)
        request.progress = [&](std::uint64_t done, std::uint64_t of) { progress.note(done, of); };
    const tools::Linted linted = tools::lint(request, now);
    progress.clear();
    if (!linted.text.empty()) say(stdout, linted.text);
    if (!linted.error.empty()) say(stderr, "whogoes: lint: " + linted.error + "\n");
    return linted.exit_code;
}

}  // namespace whogoes::app
