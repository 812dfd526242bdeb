#pragma once

#include "rules/diagnosis.hpp"
#include "rules/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// One event as it is logged: owns copies, holds nothing secret. Built from an exchange by
// describe(); completed by the body, the duration and the replay; written once.
namespace whogoes::report {

enum class EventKind : std::uint8_t {
    auth_failure,
    auth_compliance,
    auth_refresh,
    http_access,
    proxy_error,
    config_reload,
    lifecycle,
};

struct NamedValue {
    std::string name;   // lower case
    std::string value;  // empty: masked, or not on the allow-list
};

struct JwtSummary {
    std::string alg, kid, typ, iss, azp, acr;
    std::vector<std::string> aud, scope;
    std::int64_t exp = 0, iat = 0, nbf = 0;  // 0: absent
    bool verified = false;
};

// Of a call by gRPC, gRPC-Web or Connect, in OpenTelemetry's words.
struct RpcSummary {
    std::string system;  // "grpc" or "connect_rpc"; empty: it is none
    std::string service, method;
    std::int64_t code = -1;  // gRPC's numbers; below 0: not known
};

struct AuthEvent {
    EventKind kind = EventKind::http_access;
    rules::TimePoint time{};
    std::string_view level = "info";  // debug, info, warn, error
    std::string message;              // one line; for proxy_error, lifecycle, reload: all of it.
                                      // Else left empty: the recorder writes headline()
    std::string id;                   // event_id(); empty: the recorder makes one
    std::string trace_id;

    std::string method, path, query;  // path and query redacted
    int status = 0;                   // what the client got
    int upstream_status = 0;          // what the API answered; 0: nothing
    std::string authority;            // host[:port] that the client dialled; empty: not known
    std::string client, upstream;     // addresses
    std::string upstream_message;  // what the API's answer says to people, scrubbed; may be empty
    std::string protocol;          // of HTTP, as the client spoke it: "2"; empty: 1.1 or 1.0
    std::string user_agent;
    std::string route;  // the matching route's pattern; empty: none
    RpcSummary rpc;
    double duration_ms = 0;
    double upstream_ms = 0;  // until the upstream's head
    bool tls = false;

    std::string scheme;                 // lower case; empty: none
    std::string source;                 // header, query, form, cookie, api-key; empty: none
    std::string token;                  // fingerprint; empty: none
    std::string user;                   // of Basic and Digest: fingerprint, or plain where allowed
    std::string replaced_token;         // fingerprint of the token that a replay replaced it with
    std::vector<std::string> offered;   // challenges received, redacted
    std::vector<std::string> injected;  // challenges added
    std::vector<std::string> would_send;
    std::string refresh = "off";  // off, replayed, joined, failed, skipped:<why>
    std::string_view replay{};    // accepted, refused, failed; empty: not sent once more
    std::vector<std::string>
        changes;  // what else was changed in the answer (dev profile), in words
    JwtSummary jwt;
    bool has_jwt = false;
    std::int64_t skew_s = 0;
    bool has_skew = false;
    std::string documented;  // what the API's description asks for here; empty: it is not in it
    std::string mcp_method, mcp_tool;  // of a call to an MCP server; empty: it is none

    rules::Diagnosis diagnosis;  // owns words and facts; causes and rules point into tables
    // Of the configuration that was in force: the name of a system and its advice may be theirs.
    std::shared_ptr<const void> dialects;
    std::vector<NamedValue> request_fields, response_fields;
};

std::string_view name(EventKind) noexcept;  // "auth.failure", …

// "401 GET /v1/orders - token expired 14m 12s ago"
std::string headline(const AuthEvent&);
// What headline() says behind the dash, for a column of its own; empty: nothing to say.
std::string reason(const AuthEvent&);
std::string reason(const rules::Diagnosis&, int upstream_status);
// "gRPC status 16 (unauthenticated)"; empty: no call, or its status is not known.
std::string status_words(const RpcSummary&);
// `path` has been redacted.
RpcSummary summary_of(rules::RpcSystem, const std::optional<rules::RpcStatus>&,
                      std::string_view path);

// 12 characters of Crockford's base32: 42 bits of milliseconds, then 18 bits of `salt`.
std::string event_id(rules::TimePoint, std::uint32_t salt);

std::string duration_words(std::int64_t seconds);  // "14m 12s", "3d 4h"

}  // namespace whogoes::report
