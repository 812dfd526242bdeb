#include "proxy/manual/program.hpp"

#include "proxy/app/command_tree.hpp"
#include "proxy/app/help_text.hpp"
#include "proxy/app/version.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace whogoes::manual {
namespace {

Flag read_flag(const CLI::Option& option) {
    Flag flag;
    for (const std::string& name : option.get_snames()) flag.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) flag.names.push_back("--" + name);
    if (flag.names.empty()) flag.names.push_back(option.get_name());
    if (option.get_type_size() != 0) flag.type = option.get_type_name();
    flag.doc = option.get_description();
    flag.group = option.get_group();
    return flag;
}

Verb read_verb(const CLI::App& app) {
    Verb verb;
    verb.name = app.get_parent() != nullptr ? app.get_name() : "";
    verb.doc = app.get_description();
    while (verb.doc.ends_with('\n')) verb.doc.pop_back();
    constexpr std::string_view heading = "Usage: ";
    verb.usage = app::HelpText().make_usage(&app, "").substr(heading.size());
    verb.footer = app.get_footer();
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_positional())
            verb.word = read_flag(*option);
        else
            verb.flags.push_back(read_flag(*option));
    }
    verb.takes_settings = app.get_fallthrough();
    verb.takes_command = verb.usage.find("COMMAND") != std::string::npos;
    return verb;
}

}  // namespace

std::vector<Flag> Program::flags_of(const Verb& verb) const {
    std::vector<Flag> flags = verb.flags;
    if (!verb.takes_settings) return flags;
    for (const Flag& setting : top.flags) {
        const bool own = std::any_of(flags.begin(), flags.end(), [&](const Flag& flag) {
            return flag.names.back() == setting.names.back();
        });
        if (!own && setting.names.back() != "--version") flags.push_back(setting);
    }
    return flags;
}

Program read_program() {
    Program program;
    program.version = app::version();
    app::look_at_command_line([&](const CLI::App& app) {
        program.top = read_verb(app);
        for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
            program.verbs.push_back(read_verb(*verb));
    });
    return program;
}

}  // namespace whogoes::manual
