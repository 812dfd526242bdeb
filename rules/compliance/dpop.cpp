#include "rules/compliance/dpop.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

namespace whogoes::rules::compliance {

std::optional<Evidence> dpop_algs_missing(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (challenge.is("DPoP") && !challenge.parameter("algs"))
            return certain("the DPoP challenge does not list algs");
    return std::nullopt;
}

std::optional<Evidence> dpop_nonce_header_missing(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (challenge.value_of("error") == "use_dpop_nonce" &&
            !exchange.response.fields.has("DPoP-Nonce"))
            return certain("the challenge asks for a nonce, and no DPoP-Nonce gives one");
    return std::nullopt;
}

std::optional<Evidence> dpop_nonce_multiple(const Exchange& exchange) {
    const std::size_t nonces = exchange.response.fields.count("DPoP-Nonce");
    if (nonces < 2) return std::nullopt;
    return certain("the answer has " + std::to_string(nonces) + " DPoP-Nonce fields",
                   {{"count", static_cast<std::int64_t>(nonces)}});
}

std::optional<Evidence> dpop_in_proxy_auth(const Exchange& exchange) {
    if (exchange.proxy_challenges.offers("DPoP")) return certain("Proxy-Authenticate offers DPoP");
    const auto sent = exchange.request.fields.first("Proxy-Authorization");
    if (sent && parse_credentials(*sent).kind == Scheme::dpop)
        return certain("Proxy-Authorization carries DPoP");
    return std::nullopt;
}

}  // namespace whogoes::rules::compliance
