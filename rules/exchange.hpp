#pragma once

#include "rules/challenge.hpp"
#include "rules/credential_place.hpp"
#include "rules/credentials.hpp"
#include "rules/documented.hpp"
#include "rules/fields.hpp"
#include "rules/heard.hpp"
#include "rules/jwt.hpp"
#include "rules/keys.hpp"
#include "rules/recollection.hpp"
#include "rules/rpc.hpp"
#include "rules/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// An exchange, as far as a rule may know it: one request, its answer, and what was known beside
// them. Plain data: no socket, no clock, no thread. Whoever observes an exchange (the session,
// `whogoes lint`, a test) fills the first part and calls read() once; checks only read.
namespace whogoes::rules {

struct Request {
    std::string_view method{};
    std::string_view target{};  // as the client sent it, and as it was passed on
    std::string_view path{};    // the target up to "?"
    std::string_view query{};   // behind "?", without it
    Fields fields{};
    std::string_view form_body{};   // first 4 KiB of an x-www-form-urlencoded body, else empty
    std::string_view json_body{};   // first 4 KiB of a JSON body, else empty
    std::string_view other_body{};  // the same of any other text: searched for secrets, no more
    std::string_view client{};      // the client's address without port; empty: unknown
};

enum class BodyEvidence : std::uint8_t {
    unseen,       // not looked at (yet), or a stream
    partial,      // the first 64 KiB of more
    whole,        //
    undecodable,  // a content coding we do not undo
};

struct Response {
    int status = 0;
    std::string_view reason{};  // what stands behind the status; HTTP/2 has none
    Fields fields{};
    // What came behind the body: HTTP's trailers, and the field lines that a gRPC-Web body ends
    // with.
    Fields trailers{};
    std::string_view body{};  // decoded; at most 64 KiB. Of a Connect stream the object at its end
    BodyEvidence body_evidence = BodyEvidence::unseen;
};

// What the operator told us to expect (`diagnose.expect` and its neighbours). Empty: not told.
struct Expectations {
    std::string issuer{};
    std::vector<std::string> audiences{};           // any of them is right
    std::string token_type{};                       // JOSE typ, "at+jwt"
    std::string tenant{};                           // claim tid
    std::vector<std::string> authorized_parties{};  // azp or client_id
    std::vector<std::string> scopes{};              // all of them are needed
    std::vector<std::string> algorithms{};          // JOSE alg; empty: what the keys allow
    std::string scheme{};                           // "Bearer"
    std::string session_cookie{};                   // cookie name
    std::string environment{};                      // "live" or "test"
    std::vector<std::string> allowed_schemes{};     // beside the registered ones
    std::vector<std::string> refresh_paths{};       // token endpoints of this API
    std::chrono::seconds leeway{60};
};

// Where the exchange took place.
struct Place {
    std::string client_scheme = "http";  // how the client speaks to us: "http" or "https"
    std::string client_origin{};         // scheme://host[:port] that the client dialled
    // What may be written into an answer as that origin: the same where its host is one of ours,
    // else that of a configured name, else empty. Unset: client_origin will do.
    std::optional<std::string> own_origin{};
    std::string upstream_origin{};             // scheme://host[:port]
    bool host_passed = false;                  // the upstream sees the Host that the client sent
    bool upstream_connection_changed = false;  // legs of a handshake went over different ones
};

// Set when this exchange is our own replay after a refresh.
struct ReplayOf {
    bool refreshed = false;              // the refresh itself succeeded
    std::string rejected_fingerprint{};  // of the token that was refused before
};

struct Exchange {
    Request request{};
    Response response{};
    Place place{};
    TimePoint answered_at{};                     // by our clock
    std::optional<std::chrono::seconds> skew{};  // upstream's clock minus ours, median of several
    const Expectations* expected = nullptr;      // never null after read()
    const KeySet* keys = nullptr;                // may stay null: no keys configured
    std::span<const Dialect> dialects{};         // of the operator's own, beside the built-in ones
    const DocumentedOperation* documented = nullptr;  // null: no description, or not in it
    bool request_seen = true;     // false: an answer alone, and nothing is told of who asked
    Recollection recollection{};  // what History knows of this client
    std::optional<ReplayOf> replay_of{};
    std::string fingerprint{};  // what the log calls the token, once it has; empty: not yet

    // Derived by read(); the same for every check, so worked out once.
    std::vector<Credentials> credentials{};    // one for each Authorization line, in order
    std::vector<Carried> carried{};            // what else may be one, wherever it stands
    std::uint16_t sent = 0;                    // Sent bits of both
    std::uint64_t request_names = 0;           // name_mark_of every field of the request
    std::uint64_t answer_names = 0;            // … and of the answer
    ChallengeList challenges{};                // WWW-Authenticate
    ChallengeList proxy_challenges{};          // Proxy-Authenticate
    std::optional<Jwt> jwt{};                  // of Authorization, else of the first place with one
    std::optional<TimePoint> upstream_date{};  // the answer's Date
    bool preflight = false;  // OPTIONS with Origin and Access-Control-Request-Method
    bool script = false;     // sent by fetch() or XMLHttpRequest
    Rpc rpc{};               // of gRPC, gRPC-Web or Connect
    Heard heard{};           // what the answer says; only for a refusal
    Signature signature = Signature::not_checked;  // of jwt under keys; only for a 400, 401 or 403

    bool carries(Sent what) const noexcept {
        return (sent & static_cast<std::uint16_t>(what)) != 0;
    }

    void read();
    // The same of what hangs on the answer's body and trailers alone: again, once those have come.
    void hear();
};

}  // namespace whogoes::rules
