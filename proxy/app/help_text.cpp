#include "proxy/app/help_text.hpp"

#include <CLI/CLI.hpp>

#include <map>

namespace whogoes::app {

std::string HelpText::make_usage(const CLI::App* app, std::string) const {
    static const std::map<std::string, std::string> usages{
        {"", "[run] -u URL [options] [-- COMMAND …]"},
        {"run", "-u URL [options] [-- COMMAND …]"},
        {"check", "[-c FILE] [options]"},
        {"config", "[-c FILE] [options]"},
        {"explain", "[- | --header 'Authorization: …' | TOKEN]"},
        {"lint", "URL… | FILE.har… | - [options]"},
        {"log",
         "[FILE… | - | URL] [filters]\n"
         "       whogoes log stats | show ID | export [ID…] | purge [FILE…] [options]"},
        {"review", "[--open]"},
        {"mcp", "[FILE… | URL] [-c FILE] [--admin ADDR]"},
        {"causes", "[ID | WORD] [-o text|json|markdown]"},
        {"dialects", "[show ID | test FILE]"},
        {"simulate", "CAUSE [--match GLOB] [--for 5m]"},
        {"health", "[--wait 30s [-- COMMAND …]]"},
        {"version", ""}};
    const std::string verb = app->get_parent() ? app->get_name() : "";
    const auto usage = usages.find(verb);
    return "Usage: whogoes " + (verb.empty() ? "" : verb + " ") +
           (usage == usages.end() ? "" : usage->second) + "\n";
}

// "TEXT ..." says no more than "TEXT".
std::string HelpText::make_option_opts(const CLI::Option* option) const {
    return option->get_type_size() == 0 ? "" : " " + option->get_type_name();
}

}  // namespace whogoes::app
