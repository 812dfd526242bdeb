#include "proxy/openapi/document.hpp"

#include "rules/text.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::openapi {
namespace {

bool is_parameter(std::string_view part) {
    const auto open = part.find('{');
    return open != part.npos && part.find('}', open) != part.npos;
}

// "{id}.json" fits "17.json": what stands around the parameter has to be there.
bool part_fits(std::string_view pattern, std::string_view part) {
    const auto open = pattern.find('{');
    const auto close = pattern.rfind('}');
    if (open == pattern.npos || close == pattern.npos || close < open) return pattern == part;
    const std::string_view before = pattern.substr(0, open), behind = pattern.substr(close + 1);
    return part.size() > before.size() + behind.size() && part.starts_with(before) &&
           part.ends_with(behind);
}

// How many parts are written out; -1: it does not fit.
int fit(std::string_view pattern, std::string_view path) {
    int literal = 0;
    while (true) {
        const auto pattern_end = std::min(pattern.find('/', 1), pattern.size());
        const auto path_end = std::min(path.find('/', 1), path.size());
        const std::string_view wanted = pattern.substr(0, pattern_end);
        if (!part_fits(wanted, path.substr(0, path_end))) return -1;
        literal += is_parameter(wanted) ? 0 : 1;
        pattern.remove_prefix(pattern_end);
        path.remove_prefix(path_end);
        if (pattern.empty() || path.empty()) return pattern.empty() && path.empty() ? literal : -1;
    }
}

}  // namespace

Document::Document(std::vector<Operation> operations, std::vector<std::string> bases)
    : operations_(std::move(operations)), bases_(std::move(bases)) {}

const Operation* Document::find_within(std::string_view method, std::string_view path) const {
    const Operation* best = nullptr;
    int most = -1;
    for (const Operation& operation : operations_) {
        if (operation.method != method) continue;
        const int literal = fit(operation.path, path);
        if (literal <= most) continue;
        most = literal;
        best = &operation;
    }
    return best;
}

const Operation* Document::find(std::string_view method, std::string_view path) const {
    if (!path.starts_with('/')) return nullptr;
    for (const std::string& base : bases_) {
        if (!path.starts_with(base)) continue;
        const std::string_view rest = path.substr(base.size());
        if (!rest.starts_with('/')) continue;
        if (const Operation* const found = find_within(method, rest)) return found;
    }
    // A gateway may have taken the base off.
    if (const Operation* const found = find_within(method, path)) return found;
    return method == "HEAD" ? find("GET", path) : nullptr;
}

}  // namespace whogoes::openapi
