#include "rules/compliance/metadata.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules::compliance {
namespace {

const Parameter* metadata_url(const Challenge& challenge) {
    return challenge.parameter("resource_metadata");
}

// RFC 9728, 1.2: https, absolute, no fragment. Plain http is what a developer's machine speaks.
bool is_metadata_url(std::string_view url) {
    const std::optional<WebOrigin> origin = web_origin(url);
    if (!origin || url.find('#') != npos) return false;
    const bool printable =
        std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; });
    return printable && (iequals(origin->scheme, "https") || origin->loopback());
}

// Origins of one machine and port; the scheme may differ where both ports are the usual ones,
// because TLS often ends in front of the API that writes the URL.
bool same_place(const WebOrigin& one, const WebOrigin& other) {
    const auto usual = [](const WebOrigin& o) { return o.port == 80 || o.port == 443; };
    return iequals(one.host, other.host) &&
           (one.port == other.port || (usual(one) && usual(other)));
}

}  // namespace

std::optional<Evidence> resource_metadata_invalid(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (const Parameter* url = metadata_url(challenge); url && !is_metadata_url(url->value))
            return certain("resource_metadata is no absolute https URL without a fragment",
                           {{"resource_metadata", url->value}});
    return std::nullopt;
}

std::optional<Evidence> resource_metadata_origin_mismatch(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        const Parameter* url = metadata_url(challenge);
        const std::optional<WebOrigin> named = url ? web_origin(url->value) : std::nullopt;
        if (!named) continue;
        const std::optional<WebOrigin> upstream = web_origin(exchange.place.upstream_origin);
        const std::optional<WebOrigin> dialled = web_origin(exchange.place.client_origin);
        if (!upstream || !dialled || !same_place(*named, *upstream) || same_place(*named, *dialled))
            continue;
        return certain(
            "resource_metadata names the API's own origin, not the one the client used",
            {{"resource_metadata", url->value}, {"client_origin", exchange.place.client_origin}});
    }
    return std::nullopt;
}

std::optional<Evidence> token_realm_unreachable(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        const Parameter* realm = challenge.is("Bearer") ? challenge.parameter("realm") : nullptr;
        if (!realm || realm->value.empty()) continue;
        const std::optional<WebOrigin> named = web_origin(realm->value);
        std::vector<Fact> facts{{"realm", realm->value},
                                {"client_origin", exchange.place.client_origin}};
        if (!named && challenge.parameter("service"))
            return certain("the realm of a token service is no absolute URL", std::move(facts));
        const std::optional<WebOrigin> dialled = web_origin(exchange.place.client_origin);
        if (!named || !dialled || iequals(named->host, dialled->host)) continue;
        if (named->loopback() && !dialled->loopback())
            return likely("the realm sends the client to its own machine, while it dialled " +
                              std::string(dialled->host),
                          std::move(facts));
        // A name of one word is what a container network or a hosts file knows.
        if (!named->loopback() && named->host.find_first_of(".:") == npos)
            return likely("the realm names the host " + std::string(named->host) +
                              ", which the client most likely cannot resolve",
                          std::move(facts));
    }
    return std::nullopt;
}

}  // namespace whogoes::rules::compliance
