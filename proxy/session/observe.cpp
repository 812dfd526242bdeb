#include "proxy/session/observe.hpp"

#include "proxy/http/worth_a_look.hpp"
#include "proxy/report/recorder.hpp"
#include "proxy/session/evidence.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/front_end.hpp"
#include "proxy/session/history.hpp"
#include "proxy/session/recording.hpp"
#include "proxy/session/storm.hpp"
#include "rules/simulation.hpp"

#include <algorithm>
#include <chrono>
#include <deque>

namespace whogoes::session {
namespace {

report::DescribePolicy describe_policy(const Settings& settings) {
    return {.user_names_plain = settings.log.identity == Identity::plain,
            .user_names_hidden = settings.log.identity == Identity::none};
}

std::int64_t now_ms(const Worker& worker) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               worker.deadlines.now().time_since_epoch())
        .count();
}

OpenEvent& open_event(Exchange& exchange, const Treatment& treatment) {
    std::vector<std::unique_ptr<OpenEvent>>& spare = exchange.worker.spare_events;
    if (spare.empty()) {
        exchange.event = std::make_unique<OpenEvent>();
    } else {
        exchange.event = std::move(spare.back());
        spare.pop_back();
    }
    exchange.event->treatment = &treatment;
    exchange.event->exchange.answered_at = exchange.worker.clock();
    return *exchange.event;
}

std::int64_t second_of(rules::TimePoint time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

bool to_be_logged(const rules::Diagnosis& diagnosis, const LogPolicy& policy) {
    if (policy.access == AccessLog::none) return false;
    return diagnosis.main.has_value() || !diagnosis.violations.empty() ||
           policy.access == AccessLog::all;
}

// Whether an answer to a replay is a refusal of its own, to be explained in place of the first.
bool is_refusal(int status) {
    return status == 401 || status == 403 || status == 407 || status == 419;
}

void prescribe(const Exchange& exchange, OpenEvent& event) {
    const std::size_t most =
        event.treatment->refresh ? event.treatment->refresh->max_body : std::size_t{0};
    const bool kept =
        exchange.body.complete ? exchange.body.in_buffer.size() <= most : exchange.upload.keeps();
    const rules::Circumstances circumstances{.first_attempt = exchange.replay == nullptr,
                                             .body_is_kept = kept};
    event.remedy =
        rules::prescribe(event.diagnosis, event.exchange, event.treatment->remedies, circumstances);
}

void judge(Exchange& exchange, OpenEvent& event) {
    rules::Exchange& seen = event.exchange;
    seen.place.upstream_connection_changed =
        exchange.client.pinned_number != 0 && exchange.lease &&
        exchange.client.pinned_number != exchange.lease->number;
    seen.recollection = exchange.worker.history.recall(seen);
    seen.skew = exchange.worker.history.skew();
    event.diagnosis = rules::diagnose(seen);
    prescribe(exchange, event);
    if (!event.remedy.challenges.empty() && seen.place.own_origin && seen.place.own_origin->empty())
        exchange.changes.emplace_back(
            "resource_metadata was left out of the challenge: the name in Host is not in "
            "host_names");
}

void look(Exchange& exchange, OpenEvent& event) {
    fill(exchange, event);
    judge(exchange, event);
    Worker& worker = exchange.worker;
    if (outdates_keys(*event.treatment, event.exchange))
        worker.key_sets->ask(event.treatment->key_source, event.exchange.jwt->kid);
}

bool completes_handshake(const Exchange& exchange) {
    return exchange.worker.first_legs.awaits(exchange.request().target()) &&
           !exchange.request().value(http::FieldName::authorization).empty();
}

void find_repeat(const Exchange& exchange, OpenEvent& event) {
    const Repeats& repeats = exchange.worker.repeats;
    // A record that names a trace of its own is like no other.
    if (!event.treatment->refresh && !exchange.trace) event.repeat_key = repeats.key_of(exchange);
    if (!event.repeat_key) return;
    std::shared_ptr<Repeat> known =
        repeats.find(*event.repeat_key, *exchange.settings, second_of(event.exchange.answered_at));
    if (known && exchange.worker.history.is_latest(known->noted)) event.repeat = std::move(known);
}

// The new token's success: what is sent with an older one from now on is stale.
void remember_accepted(const Exchange& exchange) {
    rules::Exchange accepted;
    fill_request(exchange, accepted.request);
    accepted.response.status = exchange.answer().status;
    const http::ResponseHead& answer = exchange.answer();
    for (const http::FieldLine& line : answer.fields)
        accepted.response.fields.add(answer.name_of(line), answer.value_of(line));
    accepted.place = exchange.event->exchange.place;
    accepted.answered_at = exchange.worker.clock();
    accepted.expected = &exchange.event->treatment->expected;
    accepted.dialects = exchange.event->exchange.dialects;
    accepted.read();
    exchange.worker.history.remember(accepted);
}

report::AuthEvent described(Exchange& exchange, const OpenEvent& event) {
    report::AuthEvent record =
        report::describe(event.exchange, event.diagnosis, event.remedy,
                         exchange.worker.fingerprinter, describe_policy(*exchange.settings));
    record.time = event.exchange.answered_at;
    record.dialects = exchange.settings->dialects;
    // A handshake's first leg is for who asked to see every exchange.
    if (exchange.settings->log.access == AccessLog::all && record.level == "debug")
        record.level = "info";
    if (is_great_storm(event.diagnosis)) record.level = "error";
    record.route = event.treatment->route;
    tell_changes(exchange, record);
    if (event.simulated) {
        record.upstream_status = 0;
        record.upstream_message.clear();
    }
    if (exchange.lease) record.upstream = exchange.lease->address;
    fill_common(exchange, record);
    if (event.treatment->refresh) note_replay(exchange, record);
    return record;
}

void record_storm(Exchange& exchange) {
    if (exchange.settings->log.access == AccessLog::none) return;
    const int renewals = renewals_in_a_storm(exchange);
    if (renewals == 0) return;
    report::AuthEvent record = storm_record(exchange, renewals);
    fill_common(exchange, record);
    exchange.worker.recorder.record(std::move(record));
}

void record_event(Exchange& exchange, OpenEvent& event) {
    Worker& worker = exchange.worker;
    const bool changed = !exchange.changes.empty();
    const bool told =
        !event.only_history && ((changed && exchange.settings->log.access != AccessLog::none) ||
                                to_be_logged(event.diagnosis, exchange.settings->log));
    report::AuthEvent record;
    if (told) {
        record = described(exchange, event);
        event.exchange.fingerprint = record.token;
    }
    if (!event.simulated) record_storm(exchange);
    remember(exchange);
    if (!told) return;
    if (!changed && !event.simulated && !worker.first_legs.full() &&
        FirstLegs::may_be(event.exchange, event.diagnosis)) {
        const bool all = exchange.settings->log.access == AccessLog::all;
        return worker.first_legs.hold(std::move(record), all ? "info" : "debug", event.noted,
                                      exchange.request().target(),
                                      net::Clock::now() + worker.second_leg_wait);
    }
    const bool whole = event.body_whole || !event.wants_body;
    if (!event.repeat_key || exchange.pin || changed || !whole)
        return worker.recorder.record(std::move(record));
    const std::uint64_t body = worker.repeats.hash_of(event.body);
    const bool told_before = worker.repeats.told_before(
        *event.repeat_key, *exchange.settings, second_of(event.exchange.answered_at),
        std::move(event.exchange.recollection), body);
    if (!told_before) return worker.recorder.record(std::move(record));
    const auto repeat = std::make_shared<Repeat>();
    repeat->remedy = std::move(event.remedy);
    repeat->noted = event.noted;
    repeat->body = body;
    worker.recorder.record(std::move(record), repeat->recorded);
    worker.repeats.keep(*event.repeat_key, repeat);
}

void record_repeat(const Exchange& exchange, const OpenEvent& event) {
    Worker& worker = exchange.worker;
    worker.history.refused_again(event.repeat->noted, event.exchange.answered_at);
    worker.recorder.record_again(event.repeat->recorded, event.exchange.answered_at,
                                 duration_ms(exchange), upstream_ms(exchange));
}

}  // namespace

void observe(Exchange& exchange) {
    Worker& worker = exchange.worker;
    const bool accepted =
        !http::worth_a_look(exchange.request(), exchange.answer()) &&
        !body_may_hide_refusal(exchange);
    if (accepted && !renews_a_token(exchange) && !completes_handshake(exchange) &&
        !worker.accepted_gate.opens(exchange.request(), now_ms(worker)))
        return;
    const Treatment& treatment =
        exchange.settings->treatment_for(exchange.request().method(), path_of(exchange.request()));
    if (!treatment.diagnose) return;
    OpenEvent& event = open_event(exchange, treatment);
    event.only_history = accepted;
    event.answer_head.assign(exchange.answer().bytes);
    if (accepted) return fill(exchange, event);
    event.wants_body = body_is_evidence(exchange) && !take_body(exchange, event);
    find_repeat(exchange, event);
    if (!event.repeat) look(exchange, event);
}

void observe_again(Exchange& exchange) {
    OpenEvent& event = *exchange.event;
    if (!is_refusal(exchange.answer().status)) {
        // The record stays about the first answer, and nothing of its remedy is for this one.
        event.remedy = {};
        event.wants_body = false;
        remember_accepted(exchange);
        return;
    }
    exchange.replay->observed_again = true;
    const Treatment* const treatment = event.treatment;
    event.clear();
    event.treatment = treatment;
    event.exchange.answered_at = exchange.worker.clock();
    event.answer_head.assign(exchange.answer().bytes);
    event.wants_body = body_is_evidence(exchange) && !take_body(exchange, event);
    fill(exchange, event);
    event.exchange.replay_of =
        rules::ReplayOf{.refreshed = true, .rejected_fingerprint = exchange.replay->token};
    judge(exchange, event);
}

void reconsider(Exchange& exchange) {
    OpenEvent& event = *exchange.event;
    event.wants_body = event.wants_body && !take_body(exchange, event);
    weigh_body(event);
    event.wants_body = false;
    prescribe(exchange, event);
}

void remember(Exchange& exchange) {
    OpenEvent& event = *exchange.event;
    if (event.simulated || std::exchange(event.remembered, true)) return;
    if (!exchange.settings->dev) {
        event.noted = exchange.worker.history.remember(event.exchange);
        return;
    }
    rules::Exchange seen = event.exchange;
    const std::deque<std::string> cookies = see_local_cookies(exchange, seen);
    exchange.worker.history.remember(seen);
}

void observe_simulated(Exchange& exchange, const rules::Cause& cause) {
    const Treatment& treatment =
        exchange.settings->treatment_for(exchange.request().method(), path_of(exchange.request()));
    OpenEvent& event = open_event(exchange, treatment);
    event.simulated = true;
    rules::Exchange& seen = event.exchange;
    fill_request(exchange, seen.request);
    seen.response.status = exchange.status;
    fill_place(exchange, treatment, seen);
    seen.read();
    event.diagnosis = rules::simulated_diagnosis(cause, "the refusal was asked for");
    event.remedy.challenges =
        rules::simulated_challenges(event.diagnosis, seen, treatment.remedies);
}

void conclude(Exchange& exchange) {
    if (!exchange.event || exchange.event->only_history) record_access(exchange);
    if (!exchange.event) return;
    OpenEvent& event = *exchange.event;
    if (event.repeat && event.repeat->body == exchange.worker.repeats.hash_of(event.body)) {
        record_repeat(exchange, event);
    } else {
        if (std::exchange(event.repeat, nullptr)) look(exchange, event);  // the body differs
        weigh_body(event);
        record_event(exchange, event);
    }
    event.clear();
    std::vector<std::unique_ptr<OpenEvent>>& spare = exchange.worker.spare_events;
    if (spare.size() < 16) spare.push_back(std::move(exchange.event));
    exchange.event.reset();
}

}  // namespace whogoes::session
