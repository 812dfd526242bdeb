#include "proxy/app/route_match.hpp"

#include "proxy/http/octets.hpp"

#include <algorithm>

namespace whogoes::app {
namespace {

std::string pattern_flaw(std::string_view pattern) {
    if (pattern.empty() || (pattern[0] != '/' && pattern[0] != '*'))
        return "\"" + std::string(pattern) +
               "\" is no path: a pattern starts with /, as in \"/public/**\" "
               "or \"POST /login\"";
    if (pattern.find_first_of("?#") != std::string_view::npos)
        return "a pattern sees the path alone: leave out what follows ? or #";
    if (pattern.find("***") != std::string_view::npos)
        return "has three stars in a row: * is within one part of the path, ** is anything";
    if (pattern.find_first_of(" \t") != std::string_view::npos)
        return "has white space in its path: write %20 where the path has it";
    return {};
}

// RFC 9110, 9.1: methods are case-sensitive.
bool is_method(std::string_view text) {
    return http::is_token(text) &&
           std::none_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

std::vector<std::string> read_match(std::string_view text, settings::RouteMatch& match) {
    std::vector<std::string> flaws;
    match = {"", std::string(text)};
    if (const auto space = text.find(' '); space != std::string_view::npos) {
        match.method = text.substr(0, space);
        match.pattern = text.substr(std::min(text.find_first_not_of(' ', space), text.size()));
        if (!is_method(match.method))
            flaws.push_back("\"" + match.method +
                            "\" is no method: write it in capitals, as in \"POST /login\"");
    }
    if (std::string flaw = pattern_flaw(match.pattern); !flaw.empty())
        flaws.push_back(std::move(flaw));
    return flaws;
}

}  // namespace whogoes::app
