#include "proxy/session/settings.hpp"

#include "proxy/http/path_pattern.hpp"

namespace whogoes::session {

bool RouteMatch::matches(std::string_view asked, std::string_view path) const noexcept {
    return (method.empty() || method == asked) && http::path_matches(pattern, path);
}

const Treatment& Settings::treatment_for(std::string_view method,
                                         std::string_view path) const noexcept {
    for (const Route& route : routes)
        if (route.match.matches(method, path)) return route.treatment;
    return treatment;
}

}  // namespace whogoes::session
