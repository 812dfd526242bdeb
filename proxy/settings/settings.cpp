#include "proxy/settings/settings.hpp"

#include "proxy/http/path_pattern.hpp"
#include "proxy/net/tls.hpp"

namespace whogoes::settings {

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

upstream::PoolSettings pool_settings(const Settings& settings) {
    upstream::PoolSettings pool;
    pool.target = settings.upstream;
    pool.tls = settings.upstream_tls;
    pool.connect_timeout = settings.timeouts.connect;
    pool.idle_timeout = settings.timeouts.upstream_idle;
    pool.protocol = settings.upstream_protocol;
    pool.http_2 = settings.http_2;
    pool.http_2.field_list = settings.head_limits.octets;
    pool.http_2.frame = settings.timeouts.response;
    pool.http_2.idle = upstream::http_2_idle;
    pool.idle_timeout_unsafe = settings.timeouts.upstream_idle_unsafe;
    if (settings.upstream.tls)
        pool.tls_context =
            net::client_tls({.ca_file = settings.upstream_tls.ca_file,
                             .verify = settings.upstream_tls.verify,
                             .certificate_file = settings.upstream_tls.certificate_file,
                             .key_file = settings.upstream_tls.key_file});
    return pool;
}

}  // namespace whogoes::settings
