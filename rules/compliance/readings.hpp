#pragma once

#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Readings of an exchange that several rules share. Nothing here judges.
namespace whogoes::rules::compliance {

Evidence certain(std::string words, std::vector<Fact> facts = {});
Evidence likely(std::string words, std::vector<Fact> facts = {});
Evidence possible(std::string words, std::vector<Fact> facts = {});

inline bool is_refusal(const Exchange& exchange) {
    return exchange.response.status == 401 || exchange.response.status == 403;
}
inline bool is_success(const Exchange& exchange) {
    return exchange.response.status >= 200 && exchange.response.status < 300;
}
inline bool is_redirect(const Exchange& exchange) {
    return exchange.response.status >= 300 && exchange.response.status < 400;
}
inline bool body_was_seen(const Exchange& exchange) {
    return exchange.response.body_evidence == BodyEvidence::whole ||
           exchange.response.body_evidence == BodyEvidence::partial;
}

// A Bearer or DPoP credential with something behind the scheme; null: none.
const Credentials* token_in_header(const Exchange&);
bool takes_token(const Challenge&);  // Bearer or DPoP

// The first value of a name in a query or form; not percent-decoded. Names compare without case.
std::optional<std::string_view> form_value(std::string_view form, std::string_view name);

// A POST of an OAuth grant, or a path that the operator named as a token endpoint: its 400 and 401
// mean something of their own (RFC 6749, 5.2).
bool is_token_endpoint(const Exchange&);

// A call that renews a token: the grant, or a path that the operator named.
bool is_refresh_call(const Exchange&);

// Whether a comma-separated field names a member, compared without case, parameters apart.
bool lists(const Fields&, std::string_view name, std::string_view member);

// scheme://host[:port], the start of an absolute http or https URL.
struct WebOrigin {
    std::string_view scheme;
    std::string_view host;  // without brackets
    unsigned port = 0;      // the scheme's own where none is written

    bool loopback() const;
};
std::optional<WebOrigin> web_origin(std::string_view url);
bool same_origin(const WebOrigin&, const WebOrigin&);

// The request names an Origin other than the one the client dialled.
bool is_cross_origin(const Exchange&);

// Script reads the answer of such a request through CORS: not a navigation, not a WebSocket, not
// fetch() with mode "no-cors".
bool is_cors_request(const Exchange&);

// Sent by XMLHttpRequest (by its marker) or fetch(), not by a navigation or an element.
bool is_script_request(const Exchange&);
// Sec-Fetch-Site says same-origin or none, or is absent. Fetch prompts for a password only where
// the answer's tainting is not "cors".
bool may_prompt(const Exchange&);

// Whether a cause with this trait explains the exchange.
bool is_explained_by(const Exchange&, Trait);

}  // namespace whogoes::rules::compliance
