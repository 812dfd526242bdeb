#include "proxy/tools/log_filter.hpp"

namespace whogoes::tools {

bool glob_matches(std::string_view glob, std::string_view text) noexcept {
    // Where to go on after a mismatch: behind the last star, one character further.
    std::size_t g = 0, t = 0;
    std::size_t star = std::string_view::npos, star_text = 0;
    std::size_t deep = std::string_view::npos, deep_text = 0;
    while (true) {
        const std::string_view rest = glob.substr(g);
        if (rest.starts_with("**")) {
            deep = g += 2;
            deep_text = t;
            star = std::string_view::npos;
            continue;
        }
        if (rest.starts_with('*')) {
            star = ++g;
            star_text = t;
            continue;
        }
        if (t == text.size() && rest.empty()) return true;
        if (t < text.size() && !rest.empty() &&
            (rest[0] == text[t] || (rest[0] == '?' && text[t] != '/'))) {
            ++g;
            ++t;
            continue;
        }
        if (star != std::string_view::npos && star_text < text.size() && text[star_text] != '/') {
            g = star;
            t = ++star_text;
        } else if (deep != std::string_view::npos && deep_text < text.size()) {
            g = deep;
            t = ++deep_text;
            star = std::string_view::npos;
        } else {
            return false;
        }
    }
}

}  // namespace whogoes::tools
