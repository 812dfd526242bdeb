#include "proxy/http/path_pattern.hpp"

#include <cstddef>

namespace whogoes::http {
namespace {

// Where matching may be taken up again behind a star that took too little.
struct Retry {
    std::size_t pattern = std::string_view::npos;  // behind the star; npos: no star yet
    std::size_t path = 0;
};

}  // namespace

// Greedy with two fall-backs, so that the work is bounded: a mismatch lets the last `*` take one
// more octet that is no "/", else the last `**` one more of any kind. Only the last star of each
// kind ever needs another try.
bool path_matches(std::string_view pattern, std::string_view path) noexcept {
    const std::string_view p = pattern;
    Retry one, any;
    std::size_t i = 0, j = 0;
    while (j < path.size() || i < p.size()) {
        if (p.substr(i, 2) == "**") {
            any = {i += 2, j};
            one = {};
            // "/public/**" is "/public" too.
            continue;
        }
        if (i < p.size() && p[i] == '*') {
            one = {++i, j};
            continue;
        }
        if (i < p.size() && j < path.size() && p[i] == path[j]) {
            ++i, ++j;
            continue;
        }
        if (i + 3 == p.size() && j == path.size() && p.substr(i) == "/**") return true;
        if (one.pattern != std::string_view::npos && one.path < path.size() &&
            path[one.path] != '/') {
            i = one.pattern;
            j = ++one.path;
            continue;
        }
        one = {};
        if (any.pattern != std::string_view::npos && any.path < path.size()) {
            i = any.pattern;
            j = ++any.path;
            continue;
        }
        return false;
    }
    return true;
}

}  // namespace whogoes::http
