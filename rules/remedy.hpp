#pragma once

#include "rules/diagnosis.hpp"
#include "rules/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the proxy does about a refusal: add a challenge that the API forgot, replay with a fresh
// token, both, or neither. Decides only; the session acts. Never touches a challenge that is there
// (RFC 9110, 11.6.1), and copies nothing of the exchange into a value.
namespace whogoes::rules {

// One configured challenge, checked when it was loaded.
struct Offer {
    std::string value{};  // kept byte for byte: Bearer realm="api"
    Scheme scheme = Scheme::unknown;
    bool resource_metadata = false;  // preset mcp: append resource_metadata= (RFC 9728, 5.1)
};

struct RemedyPolicy {
    std::vector<Offer> offers{};  // empty: observe and report, change nothing
    std::string scope{};          // added to what a Bearer challenge offers
    bool describe = true;         // error= and error_description= when the cause is certain
    bool expose = true;           // add to Access-Control-Expose-Headers beside a challenge of ours
    std::string quiet_scheme{};   // in place of Basic on script requests; empty: none
    bool resource_metadata = false;  // append resource_metadata= to Bearer (RFC 9728, 5.1)
    bool grpc = false;               // a status for gRPC beside an HTTP refusal of a call
    bool login_redirect_to_401 = false;
    bool refresh = false;
    bool unsafe_methods = false;

    bool names_metadata() const;  // a challenge may get resource_metadata=
};

struct Circumstances {
    bool first_attempt = true;
    bool body_is_kept = true;  // the whole request body is in memory
    // Of a call. Its client has ended its side, or will by a length; and of its answer something
    // has come that is more than its status, or went on its way.
    bool request_ends = true;
    bool answer_began = false;
};

struct Remedy {
    std::vector<std::string> challenges;  // field values to append, one line each; empty: none
    // To be told beside the HTTP status, where a client takes it: behind the body, or in the head
    // of an answer without one; empty: nothing.
    std::optional<RpcStatus> grpc;
    bool expose_challenge = false;           // name it in Access-Control-Expose-Headers too
    bool unauthorized_for_redirect = false;  // answer 401 in place of this redirect to a login page
    bool refresh_and_replay = false;
    std::string_view refresh_skipped;  // why not, where refresh is configured: "body", "method", …
                                       // empty also where there is nothing to refresh
};

Remedy prescribe(const Diagnosis&, const Exchange&, const RemedyPolicy&, const Circumstances&);

// What the challenges of an observing (not configured) proxy would be, for the console's
// "would send:" line: those of the preset `bearer`.
std::vector<std::string> would_send(const Diagnosis&, const Exchange&);

// Reads one `challenge.offer` entry: a whole challenge or a preset (bearer, basic, mcp). The error
// names the flaw and the cure in one sentence. Refuses error= parameters, Digest, Negotiate, NTLM
// and their like, and octets that a field value may not hold.
struct OfferFlaw {
    std::size_t offset = 0;  // into the text
    std::string message;
};
Result<Offer, OfferFlaw> parse_offer(std::string_view text);
std::string challenge_preset_names();  // "bearer|basic|mcp"

// Which real clients these offers break, one sentence each; empty: none. More in rules/clients.hpp.
std::vector<std::string> client_warnings(std::span<const Offer>);

}  // namespace whogoes::rules
