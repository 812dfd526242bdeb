#include "proxy/observe/evidence.hpp"
#include "proxy/observe/observe.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/observe/sighting.hpp"
#include "proxy/observe/storm.hpp"

#include <utility>
#include <vector>

// The one record of an exchange that was worth a look: written now, held for a second leg, or kept
// for those that repeat it.
namespace whogoes::observe {
namespace {

bool to_be_logged(const rules::Diagnosis& diagnosis, const settings::LogPolicy& policy) {
    if (policy.access == settings::AccessLog::none) return false;
    return diagnosis.main.has_value() || !diagnosis.violations.empty() ||
           policy.access == settings::AccessLog::all;
}

report::DescribePolicy describe_policy(const settings::Settings& settings) {
    return {.user_names_plain = settings.log.identity == settings::Identity::plain,
            .user_names_hidden = settings.log.identity == settings::Identity::none};
}

report::AuthEvent described(Observer& observer, const Sighting& sighting, const OpenEvent& event) {
    report::AuthEvent record =
        report::describe(event.exchange, event.diagnosis, event.remedy, observer.fingerprinter,
                         describe_policy(sighting.settings));
    record.time = event.exchange.answered_at;
    record.dialects = sighting.settings.dialects;
    // A handshake's first leg is for who asked to see every exchange.
    if (sighting.settings.log.access == settings::AccessLog::all && record.level == "debug")
        record.level = "info";
    if (is_great_storm(event.diagnosis)) record.level = "error";
    record.route = event.treatment->route;
    tell_changes(sighting, record);
    if (event.simulated) {
        record.upstream_status = 0;
        record.upstream_message.clear();
    }
    if (!sighting.upstream_address.empty()) record.upstream = sighting.upstream_address;
    fill_common(sighting, record);
    if (event.treatment->refresh) tell_replay(sighting, record);
    return record;
}

void record_storm(Observer& observer, const Sighting& sighting) {
    if (sighting.settings.log.access == settings::AccessLog::none) return;
    const int renewals = renewals_in_a_storm(observer, sighting);
    if (renewals == 0) return;
    report::AuthEvent record = storm_record(observer, sighting, renewals);
    fill_common(sighting, record);
    observer.recorder.record(std::move(record));
}

}  // namespace

void record_event(Observer& observer, const Sighting& sighting, OpenEvent& event) {
    const settings::AccessLog access = sighting.settings.log.access;
    const bool changed = !sighting.changes.empty();
    // Else each success would be an event, of which nothing was seen to be done.
    if (event.cors_told)
        std::erase_if(event.diagnosis.violations, [](const rules::Violation& violation) {
            return violation.rule != nullptr && violation.rule->id == "cors-missing-on-success";
        });
    const bool told = !event.only_history && ((changed && access != settings::AccessLog::none) ||
                                              to_be_logged(event.diagnosis, sighting.settings.log));
    report::AuthEvent record;
    if (told) {
        record = described(observer, sighting, event);
        // A replay's record is about the token that was refused, and its exchange has the new one.
        if (sighting.replay == nullptr) event.exchange.fingerprint = record.token;
    }
    if (!event.simulated) record_storm(observer, sighting);
    remember(observer, sighting);
    if (!told) return;
    if (!changed && !event.simulated && !observer.first_legs.full() &&
        FirstLegs::may_be(event.exchange, event.diagnosis))
        return observer.first_legs.hold(
            std::move(record), access == settings::AccessLog::all ? "info" : "debug", event.noted,
            sighting.request.target(), net::Clock::now() + observer.second_leg_wait);
    const bool whole = event.body_whole || !event.wants_body;
    if (!event.repeat_key || sighting.bound || changed || !whole)
        return observer.recorder.record(std::move(record));
    const std::uint64_t body = observer.repeats.hash_of(event.body);
    const bool told_before =
        observer.repeats.told_before(*event.repeat_key, sighting.settings, event.second(),
                                     std::move(event.exchange.recollection), body);
    if (!told_before) return observer.recorder.record(std::move(record));
    const auto repeat = std::make_shared<Repeat>();
    repeat->remedy = std::move(event.remedy);
    repeat->noted = event.noted;
    repeat->body = body;
    repeat->body_at_head = event.body_at_head;
    observer.recorder.record(std::move(record), repeat->recorded);
    observer.repeats.keep(*event.repeat_key, repeat);
}

void record_repeat(Observer& observer, const Sighting& sighting, const OpenEvent& event) {
    observer.history.refused_again(event.repeat->noted, event.exchange.answered_at);
    observer.recorder.record_again(event.repeat->recorded, event.exchange.answered_at,
                                   duration_ms(sighting), upstream_ms(sighting));
}

}  // namespace whogoes::observe
