#include "rules/causes/digest.hpp"

#include "rules/causes/reading.hpp"
#include "rules/text.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace whogoes::rules::causes {
namespace {

// The parameters of a Digest credential; they follow the grammar of a challenge's.
std::optional<Challenge> digest_sent(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent_as(sent, Scheme::digest)) return std::nullopt;
    ChallengeList list = parse_challenges(std::array{sent->raw});
    if (list.challenges.empty()) return std::nullopt;
    return std::move(list.challenges.front());
}

bool is_stale(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (challenge.is("Digest") && iequals(challenge.value_of("stale"), "true")) return true;
    return false;
}

// Path and query of a request target, also of one in absolute form.
std::string_view origin_form(std::string_view target) {
    const std::size_t scheme = target.find("://");
    if (scheme == npos || target.starts_with('/')) return target;
    const std::size_t path = target.find('/', scheme + 3);
    return path == npos ? std::string_view("/") : target.substr(path);
}

std::string without_query(std::string_view target) {
    return std::string(target.substr(0, target.find('?')));
}

}  // namespace

std::optional<Evidence> digest_nonce_stale(const Exchange& exchange) {
    if (!sent_as(sole_credentials(exchange), Scheme::digest) || !is_stale(exchange))
        return std::nullopt;
    const std::optional<Challenge> sent = digest_sent(exchange);
    const Challenge* const offered = exchange.challenges.find("Digest");
    const bool changed = sent && offered && sent->value_of("nonce") != offered->value_of("nonce");
    return proof("the challenge says stale=true: the nonce is too old, the password is fine",
                 {fact("stale", true), fact("nonce_changed", changed)});
}

std::optional<Evidence> digest_uri_mismatch(const Exchange& exchange) {
    const std::optional<Challenge> sent = digest_sent(exchange);
    if (!sent) return std::nullopt;
    const std::string_view uri = sent->value_of("uri");
    const std::string_view target = exchange.request.target;
    if (uri.empty() || target.empty() || origin_form(uri) == origin_form(target))
        return std::nullopt;
    std::string digest_uri = without_query(uri);
    std::string upstream_target = without_query(target);
    // Only the paths are shown; queries may hold secrets.
    std::string words =
        digest_uri == upstream_target
            ? "the digest is for another query of " + digest_uri + " than the upstream saw"
            : "the digest is for " + digest_uri + ", and the upstream saw " + upstream_target;
    return proof(std::move(words), {fact("digest_uri", std::move(digest_uri)),
                                    fact("upstream_target", std::move(upstream_target))});
}

std::optional<Evidence> digest_nc_reuse(const Exchange& exchange) {
    const std::optional<std::uint32_t>& last = exchange.recollection.digest_last_nc;
    if (!last) return std::nullopt;
    const std::optional<Challenge> sent = digest_sent(exchange);
    if (!sent) return std::nullopt;
    const std::string_view text = sent->value_of("nc");
    std::uint32_t nc = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), nc, 16);
    if (error != std::errc{} || end != text.data() + text.size() || nc > *last) return std::nullopt;
    return proof("nc " + std::to_string(nc) + " was used for this nonce before; the last one was " +
                     std::to_string(*last),
                 {fact("nc", std::int64_t{nc}), fact("last_nc", std::int64_t{*last})});
}

std::optional<Evidence> digest_wrong_credentials(const Exchange& exchange) {
    if (acts_as(exchange) != 401) return std::nullopt;
    const std::optional<Challenge> sent = digest_sent(exchange);
    if (!sent || digest_nonce_stale(exchange) || digest_uri_mismatch(exchange) ||
        digest_nc_reuse(exchange))
        return std::nullopt;
    const std::string_view realm_sent = sent->value_of("realm");
    const Challenge* const offered = exchange.challenges.find("Digest");
    std::vector<Fact> facts{fact("realm_sent", realm_sent)};
    // A server that does not take a digest challenges again.
    if (!offered)
        return guess("nothing else is wrong with the digest, so user or password may be",
                     std::move(facts));
    bool same_realm = false;
    for (const Challenge& challenge : exchange.challenges.challenges)
        same_realm =
            same_realm || (challenge.is("Digest") && challenge.value_of("realm") == realm_sent);
    facts.push_back(fact("realm_offered", offered->value_of("realm")));
    if (!same_realm)
        return proof("the digest is for the realm \"" + std::string(realm_sent) + "\", and \"" +
                         std::string(offered->value_of("realm")) + "\" is offered",
                     std::move(facts));
    return shape("nonce, uri and realm are right, so user or password is wrong", std::move(facts));
}

}  // namespace whogoes::rules::causes
