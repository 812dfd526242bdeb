#include "proxy/app/stray_word.hpp"

#include "proxy/tools/nearest.hpp"

#include <algorithm>

namespace whogoes::app {
namespace {

// One word that may be shown: a mistyped flag or verb, not a token.
std::string shown(std::string_view word) {
    const bool harmless = word.size() <= 24 && std::all_of(word.begin(), word.end(), [](char c) {
                              return (c >= 'a' && c <= 'z') || c == '-' || c == '_';
                          });
    return harmless ? "\"" + std::string(word) + "\"" : "this argument";
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' ||
           c == '.' || c == '_';
}

bool is_url(std::string_view word) {
    return word.starts_with("http://") || word.starts_with("https://");
}

std::string about_flag(std::string_view word, const Stray& stray) {
    const std::string_view name = word.substr(0, word.find('='));
    return shown(name) + " is no flag" + tools::did_you_mean(name, stray.known_flags);
}

std::string about_address(const Stray& stray) {
    const std::string verb(stray.verb);
    if (verb == "health" || verb == "simulate" || verb == "review")
        return verb + " takes no URL: --admin 127.0.0.1:9401 says where the proxy is asked";
    if (stray.has_upstream) return "two addresses of the API are given: keep one behind -u";
    return "`whogoes " + verb + "` takes no URL";
}

}  // namespace

bool names_upstream(std::string_view word) {
    if (is_url(word)) return true;
    if (word.starts_with("unix:")) return word.size() > 5;
    const auto colon = word.rfind(':');
    if (colon == std::string_view::npos || !is_port(word.substr(colon + 1))) return false;
    const std::string_view host = word.substr(0, colon);
    return std::all_of(host.begin(), host.end(), is_host_character) ||
           (host.starts_with('[') && host.ends_with(']'));
}

std::string complaint_about(std::string_view word, const Stray& stray) {
    const bool flag = word.starts_with('-') && word != "-";
    if (flag) return about_flag(word, stray);
    if (names_upstream(word)) return about_address(stray);
    if (stray.verb != "run")
        return "`whogoes " + std::string(stray.verb) + "` takes no further word: " + shown(word);
    const std::string near = tools::did_you_mean(word, stray.known_verbs);
    if (near.empty() && stray.has_upstream)
        return shown(word) +
               " is no verb; if it begins a command to run beside the proxy, put -- before it";
    return shown(word) + " is no verb" + near;
}

}  // namespace whogoes::app
