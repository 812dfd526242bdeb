#pragma once

#include "proxy/h2/limits.hpp"
#include "proxy/http/head.hpp"
#include "proxy/http/patch.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/net/peers.hpp"
#include "proxy/net/secret.hpp"
#include "proxy/openapi/document.hpp"
#include "proxy/upstream/fetch.hpp"
#include "proxy/upstream/pool.hpp"
#include "proxy/upstream/target.hpp"
#include "rules/exchange.hpp"
#include "rules/keys.hpp"
#include "rules/remedy.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// One validated configuration, as sessions use it. Never changes: a reload builds a new one and
// swaps a pointer; an exchange keeps the one it began with.
namespace whogoes::settings {

// Which requests a route is for: an optional method and a path pattern in which `*` stands for
// anything but "/", `**` for anything.
struct RouteMatch {
    std::string method;   // empty: any
    std::string pattern;  // "/public/**"
    bool matches(std::string_view method, std::string_view path) const noexcept;
};

enum class Grant : std::uint8_t { refresh_token, client_credentials };
// How a client with a secret shows it to the token endpoint (RFC 6749, 2.3.1).
enum class ClientAuthentication : std::uint8_t { basic, post };

// One `refresh:` block: where a fresh token comes from, and which requests it is for.
struct RefreshSettings {
    Grant grant = Grant::refresh_token;
    upstream::FetchUrl token_endpoint{};
    std::string client_id{};
    net::Secret client_secret{};  // empty: a public client
    ClientAuthentication authentication = ClientAuthentication::basic;
    std::string scope{};
    std::string resource{};  // RFC 8707; empty: none is named
    // Paths at which the API logs users in; the answer's refresh token revives a session that is
    // over.
    std::vector<std::string> login_paths{};
    net::Secret refresh_token{};  // as the configuration has it, not as it is by now
    std::string token_source{};   // as written, "${file:…}"; empty: the token itself stands there
    std::string token_file{};     // where a rotated one is stored; empty: in memory only
    std::size_t max_body = 1024 * 1024;
    std::chrono::milliseconds timeout{10000};
    net::TlsContext tls{};  // null: the system's authorities

    // Whether both mean one session at the token endpoint, so that one slot serves them.
    bool same_session(const RefreshSettings& other) const;
};

// Where a JWK set is fetched from.
struct KeySource {
    upstream::FetchUrl url{};
    net::TlsContext tls{};  // null: plain, or the system's authorities
};

// Keeps workers from asking for keys that were fetched, or could not be, a moment ago.
class KeyGate {
public:
    void close_until(net::Clock::time_point time) noexcept {
        opens_.store(time.time_since_epoch().count(), std::memory_order_relaxed);
    }
    bool open(net::Clock::time_point now) const noexcept {
        return now.time_since_epoch().count() >= opens_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<net::Clock::rep> opens_{0};
};

// What an exchange is treated by: the top level of the configuration, or a route's overrides
// already merged over it.
struct Treatment {
    std::string route;  // the pattern as written; empty: the top level
    bool diagnose = true;
    rules::RemedyPolicy remedies;
    rules::Expectations expected;
    std::shared_ptr<const rules::KeySet> keys;    // may be null
    std::shared_ptr<const KeySource> key_source;  // null: the keys are no URL's
    std::shared_ptr<KeyGate> key_gate;            // with key_source, once KeySets has seen it
    // RFC 9728: the document that is answered for this resource, as JSON members but `resource`,
    // which is the URL that the client used. Null: the API answers for it.
    std::shared_ptr<const std::string> resource_metadata;
    std::shared_ptr<const RefreshSettings> refresh;  // null: nothing is renewed or replayed
};

struct Route {
    RouteMatch match;
    Treatment treatment;
};

// What the end of a client's own writing means while its answer is awaited.
enum class HalfClose : std::uint8_t {
    abort,   // it is gone, and the request with it
    finish,  // it waits for the answer: a leaving client is noticed when something is sent to it
};

enum class AccessLog : std::uint8_t { failures, all, none };
enum class Identity : std::uint8_t { hash, plain, none };

struct LogPolicy {
    AccessLog access = AccessLog::failures;
    Identity identity = Identity::hash;
};

struct Timeouts {
    std::chrono::milliseconds connect{5000};
    std::chrono::milliseconds header{10000};  // of a request; the four below where they are not set
    std::optional<std::chrono::milliseconds> handshake_set{}, body_set{}, own_answer_set{},
        tunnel_end_set{};
    std::chrono::milliseconds idle{75000};
    std::chrono::milliseconds response{60000};
    // Of a connection to the upstream: see upstream::PoolSettings.
    std::chrono::milliseconds upstream_idle{60000}, upstream_idle_unsafe{4000};

    // For a client's TLS handshake.
    std::chrono::milliseconds handshake() const { return handshake_set.value_or(header); }
    // Between two reads of a request's body.
    std::chrono::milliseconds body() const { return body_set.value_or(header); }
    // For a client to take an answer of our own.
    std::chrono::milliseconds own_answer() const { return own_answer_set.value_or(header); }
    // For one direction of a tunnel once the other has ended.
    std::chrono::milliseconds tunnel_end() const { return tunnel_end_set.value_or(header); }
};

// How clients reach whogoes where no forwarding field says: what stands in front may tell nothing.
struct PublicUrl {
    bool tls = true;
    std::string authority{};  // host, and its port where it is not the scheme's own
    std::string_view scheme() const { return tls ? "https" : "http"; }
    bool operator==(const PublicUrl&) const = default;
};

struct Settings {
    upstream::Target upstream;
    upstream::TlsClientSettings upstream_tls;
    upstream::Protocol upstream_protocol = upstream::Protocol::auto_;
    http::ForwardedStyle forwarded = http::ForwardedStyle::x_forwarded;
    net::PeerSet forwarded_trust = net::PeerSet::this_machine();  // whose such fields are believed
    std::optional<PublicUrl> public_url;
    http::HeadLimits head_limits;
    std::size_t connections = 10000;  // client connections, all workers together
    bool speaks_http_2 = true;        // to clients that want it
    h2::Limits http_2{};              // but what head_limits and timeouts say
    HalfClose half_close = HalfClose::abort;
    Timeouts timeouts;
    Treatment treatment;        // where no route matches
    std::vector<Route> routes;  // first match wins
    LogPolicy log;
    bool refreshes = false;    // the treatment above, or a route's, has `refresh`
    bool sees_logins = false;  // and some of them have login_paths
    bool dev = false;
    bool refuses_in_successes = false;  // the upstream's host is known to answer 2xx to a refusal
    // The operator's own, beside the built-in ones; it owns what they look at. May be null.
    std::shared_ptr<const std::vector<rules::Dialect>> dialects;
    std::shared_ptr<const openapi::Document> openapi;  // the API's own description; may be null
    bool trace_create = false;
    bool answers_metadata = false;        // some treatment has resource_metadata
    std::vector<std::string> host_names;  // names that count as ours, beside loopback and addresses

    const Treatment& treatment_for(std::string_view method, std::string_view path) const noexcept;
};

// How a worker reaches the upstream. Throws where certificates or keys cannot be used.
upstream::PoolSettings pool_settings(const Settings&);

}  // namespace whogoes::settings
