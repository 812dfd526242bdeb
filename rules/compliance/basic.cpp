#include "rules/compliance/basic.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules::compliance {
namespace {

bool speaks_basic(const Exchange& exchange) {
    return exchange.challenges.offers("Basic") ||
           std::any_of(exchange.credentials.begin(), exchange.credentials.end(),
                       [](const Credentials& sent) { return sent.kind == Scheme::basic; });
}

// The schemes that a browser answers with a dialog or a login of its own.
const Challenge* popup_challenge(const ChallengeList& list) {
    for (const Challenge& challenge : list.challenges)
        if (challenge.is("Basic") || challenge.is("Digest") || challenge.is("Negotiate") ||
            challenge.is("NTLM"))
            return &challenge;
    return nullptr;
}

}  // namespace

std::optional<Evidence> basic_realm_missing(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (challenge.is("Basic") && !challenge.parameter("realm"))
            return certain("the Basic challenge has no realm");
    return std::nullopt;
}

std::optional<Evidence> basic_charset_invalid(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!challenge.is("Basic")) continue;
        const Parameter* charset = challenge.parameter("charset");
        if (charset && !iequals(charset->value, "UTF-8"))
            return certain("the Basic challenge names a charset other than UTF-8",
                           {{"charset", charset->value}});
    }
    return std::nullopt;
}

std::optional<Evidence> basic_over_plaintext(const Exchange& exchange) {
    if (!istarts_with(exchange.place.upstream_origin, "http://") || !speaks_basic(exchange))
        return std::nullopt;
    const std::optional<WebOrigin> upstream = web_origin(exchange.place.upstream_origin);
    if (!upstream || upstream->loopback()) return std::nullopt;
    return certain("Basic goes to " + exchange.place.upstream_origin + " without TLS",
                   {{"upstream", exchange.place.upstream_origin}});
}

std::optional<Evidence> browser_basic_popup(const Exchange& exchange) {
    if (exchange.response.status != 401) return std::nullopt;
    const Challenge* challenge = popup_challenge(exchange.challenges);
    if (!challenge || !is_script_request(exchange) || !may_prompt(exchange)) return std::nullopt;
    return certain("the " + challenge->scheme +
                       " challenge answers a script: the browser opens a dialog instead",
                   {{"scheme", challenge->scheme}});
}

}  // namespace whogoes::rules::compliance
