#include "rules/causes/connection.hpp"

#include "rules/causes/reading.hpp"

#include <utility>

namespace whogoes::rules::causes {
namespace {

// base64 of "NTLMSSP\0" and the message type, which is the last leg where it is 3.
constexpr std::string_view ntlm_message = "TlRMTVNTUAA";
constexpr std::string_view last_ntlm_message = "TlRMTVNTUAAD";

}  // namespace

std::optional<Evidence> connection_auth_broken(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent_as(sent, Scheme::ntlm) && !sent_as(sent, Scheme::negotiate)) return std::nullopt;
    if (exchange.response.status != 401 || sent->value.empty()) return std::nullopt;
    const bool last_leg = sent->value.starts_with(last_ntlm_message);
    // A Kerberos ticket is a handshake of one leg.
    const bool first_leg = sent->value.starts_with(ntlm_message) && !last_leg;
    std::vector<Fact> facts{
        fact("leg", first_leg  ? 1
                    : last_leg ? 3
                               : 0),
        fact("upstream_connection_changed", exchange.place.upstream_connection_changed)};
    if (first_leg) return std::nullopt;
    if (exchange.place.upstream_connection_changed)
        return proof("the legs of the handshake went over different upstream connections",
                     std::move(facts));
    if (!last_leg) return std::nullopt;
    return guess(
        "the last leg of the handshake was refused; user or password may be wrong, or a "
        "further hop may have changed the connection",
        std::move(facts));
}

std::optional<Evidence> ntlm_in_negotiate(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent_as(sent, Scheme::negotiate) || exchange.response.status != 401) return std::nullopt;
    if (!sent->value.starts_with(ntlm_message)) return std::nullopt;
    // A server that speaks NTLM answers the first leg with its own message.
    const Challenge* const answer = exchange.challenges.find("Negotiate");
    if (answer && !answer->token68.empty()) return std::nullopt;
    if (exchange.challenges.offers("NTLM")) return std::nullopt;
    return shape(
        "NTLM came inside Negotiate, and the server, which did not go on with it, wants "
        "a Kerberos ticket",
        {fact("scheme", "Negotiate")});
}

std::optional<Evidence> kerberos_wrong_service(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent_as(sent, Scheme::negotiate) || acts_as(exchange) != 401) return std::nullopt;
    if (sent->value.empty() || sent->value.starts_with(ntlm_message)) return std::nullopt;
    if (std::optional<Evidence> said = told(exchange, "kerberos-wrong-service")) return said;
    if (exchange.recollection.credential_accepted_ago) return std::nullopt;
    std::vector<Fact> facts;
    add(facts, "host", request_field(exchange, "Host"));
    return guess(
        "a Kerberos ticket was refused; it may be for another service name, or the "
        "server may lack its key",
        std::move(facts));
}

}  // namespace whogoes::rules::causes
