#include "proxy/renew/token_record.hpp"

#include "rules/diagnosis.hpp"

#include <algorithm>
#include <chrono>

namespace whogoes::renew {
namespace {

constexpr std::chrono::seconds storm_window{60};
constexpr std::ptrdiff_t storm = 3, great_storm = 10;  // renewals for one client within it
constexpr std::size_t most_renewals = 256;

rules::Trait trait_of(TokenAnswer::Kind kind) {
    if (kind == TokenAnswer::Kind::session_over) return rules::Trait::ends_session;
    if (kind == TokenAnswer::Kind::client_rejected) return rules::Trait::refuses_client;
    return rules::Trait::none;
}

rules::Finding finding(rules::Trait trait, std::string words) {
    rules::Finding found;
    found.cause = &rules::cause_with(trait);
    found.evidence.confidence = rules::Confidence::certain;
    found.evidence.words = std::move(words);
    return found;
}

report::AuthEvent refresh_record(const settings::RefreshSettings& block) {
    report::AuthEvent event;
    event.kind = report::EventKind::auth_refresh;
    event.upstream = block.token_endpoint.authority;
    event.scheme = "bearer";
    return event;
}

}  // namespace

report::AuthEvent call_record(const settings::RefreshSettings& block, const TokenAnswer& answer,
                              bool rotated) {
    const bool renewed = answer.kind == TokenAnswer::Kind::renewed;
    report::AuthEvent event = refresh_record(block);
    event.level = renewed ? "info" : "warn";
    event.refresh = renewed ? "renewed" : "failed";
    event.status = event.upstream_status = answer.status;
    const std::string origin = block.token_endpoint.origin();
    if (renewed) {
        event.message = "token renewed at " + origin;
        if (rotated) event.message += ", refresh token rotated";
        if (answer.lifetime)
            event.message += ", good for " + report::duration_words(answer.lifetime->count());
        return event;
    }
    event.message = "token not renewed: " + origin + " " + answer.words;
    const rules::Trait trait = trait_of(answer.kind);
    if (trait == rules::Trait::none) return event;
    event.level = "error";
    event.diagnosis.main = finding(trait, "the token endpoint " + answer.words);
    event.message += answer.kind == TokenAnswer::Kind::session_over
                         ? "; the session is over: log in again"
                         : "; look at client_id, client_secret, scope and token_endpoint";
    return event;
}

report::AuthEvent new_tokens_refused_record(const settings::RefreshSettings& block) {
    report::AuthEvent event = refresh_record(block);
    event.level = "error";
    event.refresh = "skipped:new-tokens-refused";
    event.message =
        "three new tokens in a row were refused by the API: nothing is renewed or replayed for "
        "60 s; look at audience, issuer and permission";
    event.diagnosis.main = finding(rules::Trait::survives_renewal,
                                   "three tokens in a row were renewed, and the API refused each");
    return event;
}

std::string RenewalStorm::note(const std::string& client, net::Clock::time_point now,
                               std::string_view& level) {
    renewals_.push_back({now, client});
    while (renewals_.size() > most_renewals || now - renewals_.front().at > storm_window)
        renewals_.pop_front();
    const auto count =
        std::count_if(renewals_.begin(), renewals_.end(),
                      [&](const Renewed& renewed) { return renewed.client == client; });
    if (count < storm) return {};
    level = count < great_storm ? "warn" : "error";
    return "; renewal " + std::to_string(count) + " within 60 s for " + client;
}

}  // namespace whogoes::renew
