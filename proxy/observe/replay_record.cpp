#include "proxy/observe/observe.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/observe/sighting.hpp"

#include <string>
#include <utility>

namespace whogoes::observe {
namespace {

void add_sentence(report::AuthEvent& event, std::string_view words) {
    if (!event.diagnosis.main || words.empty()) return;
    std::string& evidence = event.diagnosis.main->evidence.words;
    if (!evidence.empty()) evidence += "; ";
    evidence += words;
}

// The experiment's verdict: a fresh token is the only thing that was changed.
std::string verdict_words(int outcome, std::string_view second) {
    const std::string words(second);
    if (outcome == 0) return "sent once more with a fresh token; how the call ended was not seen";
    if (outcome < 400) return "replay fixed it: it was authentication";
    if (outcome == 401) return "fresh token, still " + words + ": it is not the token's age";
    if (outcome == 403) return "fresh token, still " + words + ": it is permission";
    return "fresh token, then " + words + ": it was authentication, and is no more";
}

// An outcome that is not known, as of a call that broke off, is no failure of the token.
std::string_view outcome_label(const ReplayStory& story) {
    if (story.second.empty()) return "failed";
    if (story.second_outcome == 401 || story.second_outcome == 403) return "refused";
    return story.second_outcome < 400 ? "accepted" : "failed";
}

// Whoever reads the record shall see first what ends the session, not what began it.
void lead_with(report::AuthEvent& event, rules::Trait trait, const std::string& words) {
    if (!event.diagnosis.main) return;
    rules::Diagnosis& diagnosis = event.diagnosis;
    diagnosis.also.insert(diagnosis.also.begin(), std::move(*diagnosis.main));
    rules::Finding finding;
    finding.cause = &rules::cause_with(trait);
    finding.evidence.confidence = rules::Confidence::certain;
    finding.evidence.words = words;
    diagnosis.main = std::move(finding);
}

void tell_failed_renewal(const ReplayStory& story, report::AuthEvent& event) {
    event.refresh = "failed";
    const std::string words =
        std::string("the call that should renew the token: ").append(story.failure);
    if (story.ends == ReplayStory::Ends::session)
        lead_with(event, rules::Trait::ends_session, words);
    else if (story.ends == ReplayStory::Ends::client)
        lead_with(event, rules::Trait::refuses_client, words);
    else
        add_sentence(event, words);
}

std::string_view skip_words(std::string_view why) noexcept {
    struct Row {
        std::string_view why, words;
    };
    constexpr Row rows[] = {
        {"answered", "not replayed: the call's answer had begun before its status came"},
        {"answer", "not replayed: the 401 is too large or has no end, so it cannot be put aside"},
        {"backing-off", "not replayed: the token endpoint failed, and is left alone for a while"},
        {"body",
         "not replayed: the request's body is larger than refresh.max_body, or cannot be kept"},
        {"cause", ""},  // the cause says it
        {"client-rejected",
         "not replayed: the token endpoint refuses this client; mend `refresh:` and reload"},
        {"credential", "not replayed: only a request with one Bearer token of its own is"},
        {"cross-site", "not replayed: a page of another site sent it"},
        {"host", "not replayed: it names a host that is not this proxy's (host_names)"},
        {"method",
         "not replayed: POST and PATCH want an Idempotency-Key, or refresh.unsafe_methods"},
        {"new-tokens-refused", "not replayed: three new tokens in a row were refused"},
        {"other-identity", "not replayed: the token kept here is another user's"},
        {"same-token", "not replayed: the token endpoint gave the refused token again"},
        {"session-over", "not replayed: the refresh token is spent; log in again"},
        {"stream", "not replayed: the client had not ended its side of the call"},
        {"upgrade", "not replayed: it asks for another protocol"},
    };
    for (const Row& row : rows)
        if (row.why == why) return row.words;
    return {};
}

}  // namespace

void tell_replay(const Sighting& sighting, report::AuthEvent& event) {
    add_sentence(event, skip_words(sighting.event->remedy.refresh_skipped));
    if (sighting.replay == nullptr) return;
    const ReplayStory& story = *sighting.replay;
    if (event.upstream.empty() || sighting.upstream_address.empty())
        event.upstream = story.upstream_address;
    if (story.renewal == ReplayStory::Renewal::failed) return tell_failed_renewal(story, event);
    if (story.new_token.empty()) return;  // skipped
    event.token = story.token;
    event.replaced_token = story.new_token;
    event.replay = outcome_label(story);
    if (story.second.empty()) {
        event.refresh = "failed";
        add_sentence(event, std::string("the token was renewed, but the replay brought no answer: ")
                                .append(story.no_answer));
        return;
    }
    event.refresh = story.renewal == ReplayStory::Renewal::refreshed ? "replayed" : "joined";
    if (!story.observed_again) {
        event.upstream_status = story.first_status;
        const bool refused = story.second_outcome == 401 || story.second_outcome == 403;
        if (!refused) event.level = "info";
    }
    add_sentence(event, verdict_words(story.second_outcome, story.second));
}

}  // namespace whogoes::observe
