#pragma once

#include "proxy/http/head.hpp"
#include "proxy/http/patch.hpp"
#include "proxy/upstream/target.hpp"
#include "rules/exchange.hpp"
#include "rules/keys.hpp"
#include "rules/remedy.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// One validated configuration, as sessions use it. Never changes: a reload builds a new one and
// swaps a pointer; an exchange keeps the one it began with.
namespace whogoes::session {

// Which requests a route is for: an optional method and a path pattern in which `*` stands for
// anything but "/", `**` for anything.
struct RouteMatch {
    std::string method;   // empty: any
    std::string pattern;  // "/public/**"
    bool matches(std::string_view method, std::string_view path) const noexcept;
};

// What an exchange is treated by: the top level of the configuration, or a route's overrides
// already merged over it.
struct Treatment {
    std::string route;  // the pattern as written; empty: the top level
    bool diagnose = true;
    rules::RemedyPolicy remedies;
    rules::Expectations expected;
    std::shared_ptr<const rules::KeySet> keys;  // may be null
    // RFC 9728: the document that is answered for this resource, as JSON members but `resource`,
    // which is the URL that the client used. Null: the API answers for it.
    std::shared_ptr<const std::string> resource_metadata;
};

struct Route {
    RouteMatch match;
    Treatment treatment;
};

enum class AccessLog : std::uint8_t { failures, all, none };
enum class Identity : std::uint8_t { hash, plain, none };

struct LogPolicy {
    AccessLog access = AccessLog::failures;
    Identity identity = Identity::hash;
};

struct Timeouts {
    std::chrono::milliseconds connect{5000};
    std::chrono::milliseconds header{10000};
    std::chrono::milliseconds idle{75000};
    std::chrono::milliseconds response{60000};
    std::chrono::milliseconds upstream_idle{4000};
};

struct Settings {
    upstream::Target upstream;
    upstream::TlsClientSettings upstream_tls;
    http::ForwardedStyle forwarded = http::ForwardedStyle::x_forwarded;
    http::HeadLimits head_limits;
    std::size_t connections = 10000;  // client connections, all workers together
    Timeouts timeouts;
    Treatment treatment;        // where no route matches
    std::vector<Route> routes;  // first match wins
    LogPolicy log;
    bool dev = false;
    bool trace_create = false;
    bool answers_metadata = false;        // some treatment has resource_metadata
    std::vector<std::string> host_names;  // names that count as ours, beside loopback and addresses

    const Treatment& treatment_for(std::string_view method, std::string_view path) const noexcept;
};

}  // namespace whogoes::session
