#include "proxy/session/settings.hpp"

#include "proxy/http/path_pattern.hpp"

namespace whogoes::session {

bool RouteMatch::matches(std::string_view asked, std::string_view path) const noexcept {
    return (method.empty() || method == asked) && http::path_matches(pattern, path);
}

bool RefreshSettings::same_session(const RefreshSettings& other) const {
    // A token from the environment or a file may have changed meanwhile: it is the same session's.
    const bool same_token = token_source.empty() ? refresh_token == other.refresh_token
                                                 : token_source == other.token_source;
    return grant == other.grant && token_endpoint == other.token_endpoint &&
           client_id == other.client_id && scope == other.scope && resource == other.resource &&
           same_token;
}

const Treatment& Settings::treatment_for(std::string_view method,
                                         std::string_view path) const noexcept {
    for (const Route& route : routes)
        if (route.match.matches(method, path)) return route.treatment;
    return treatment;
}

}  // namespace whogoes::session
