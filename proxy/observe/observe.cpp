#include "proxy/observe/observe.hpp"

#include "proxy/http/worth_a_look.hpp"
#include "proxy/observe/evidence.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/observe/sighting.hpp"
#include "proxy/observe/storm.hpp"
#include "rules/cookies.hpp"
#include "rules/local_cookie.hpp"
#include "rules/simulation.hpp"
#include "rules/text.hpp"

#include <chrono>
#include <deque>
#include <utility>

namespace whogoes::observe {
namespace {

constexpr std::size_t most_spare_events = 16;

std::int64_t now_ms(const Observer& observer) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               observer.deadlines.now().time_since_epoch())
        .count();
}

OpenEvent& open_event(Observer& observer, const Sighting& sighting,
                      const settings::Treatment& treatment) {
    std::vector<std::unique_ptr<OpenEvent>>& spare = observer.spare_events;
    if (spare.empty()) {
        sighting.event = std::make_unique<OpenEvent>();
    } else {
        sighting.event = std::move(spare.back());
        spare.pop_back();
    }
    sighting.event->treatment = &treatment;
    sighting.event->exchange.answered_at = observer.clock();
    return *sighting.event;
}

void prescribe(const Sighting& sighting, OpenEvent& event) {
    const std::size_t most =
        event.treatment->refresh ? event.treatment->refresh->max_body : std::size_t{0};
    const bool kept = sighting.request_body_there ? sighting.request_body_octets <= most
                                                  : sighting.request_body_kept;
    const rules::Circumstances circumstances{
        .first_attempt = sighting.replay == nullptr,
        .body_is_kept = kept,
        .request_ends = sighting.request_ends,
        .answer_began = event.rpc_end.has_messages() || sighting.status != 0};
    event.remedy =
        rules::prescribe(event.diagnosis, event.exchange, event.treatment->remedies, circumstances);
}

}  // namespace

void judge(Observer& observer, const Sighting& sighting, OpenEvent& event) {
    rules::Exchange& seen = event.exchange;
    seen.place.upstream_connection_changed = sighting.handshake_connection != 0 &&
                                             sighting.connection != 0 &&
                                             sighting.handshake_connection != sighting.connection;
    seen.recollection = observer.history.recall(seen);
    seen.skew = observer.history.skew();
    event.diagnosis = rules::diagnose(seen);
    prescribe(sighting, event);
    if (!event.remedy.challenges.empty() && seen.place.own_origin && seen.place.own_origin->empty())
        sighting.changes.emplace_back(
            "resource_metadata was left out of the challenge: the name in Host is not in "
            "host_names");
}

namespace {

void look(Observer& observer, const Sighting& sighting, OpenEvent& event) {
    fill(sighting, event);
    judge(observer, sighting, event);
    if (observer.on_look) observer.on_look(*event.treatment, event.exchange);
}

bool completes_handshake(const Observer& observer, const Sighting& sighting) {
    return observer.first_legs.awaits(sighting.request.target()) &&
           !sighting.request.value(http::FieldName::authorization).empty();
}

void find_repeat(const Observer& observer, const Sighting& sighting, OpenEvent& event) {
    const Repeats& repeats = observer.repeats;
    // A record that names a trace of its own is like no other.
    // What a call's body says is not kept, so that nobody could compare it.
    if (!event.treatment->refresh && !sighting.traced && !event.is_call())
        event.repeat_key = repeats.key_of(sighting);
    if (!event.repeat_key) return;
    std::shared_ptr<Repeat> known =
        repeats.find(*event.repeat_key, sighting.settings, event.second());
    if (!known || !observer.history.is_latest(known->noted)) return;
    // What is added to the answer was decided with the body, if that was there: it must be here
    // too.
    if (known->body_at_head != event.body_at_head) return;
    if (event.body_at_head && known->body != repeats.hash_of(event.body)) return;
    event.repeat = std::move(known);
}

// A success that somebody waits for, or that was not told lately.
bool is_worth_remembering(Observer& observer, const Sighting& sighting) {
    return renews_a_token(sighting) || completes_handshake(observer, sighting) ||
           observer.accepted_gate.opens(sighting.request, now_ms(observer));
}

void put_away(Observer& observer, const Sighting& sighting) {
    sighting.event->clear();
    std::vector<std::unique_ptr<OpenEvent>>& spare = observer.spare_events;
    if (spare.size() < most_spare_events) spare.push_back(std::move(sighting.event));
    sighting.event.reset();
}

// A call's status has come, or never will: looks at a refusal, remembers a success, forgets all
// else. Judged by the time of its end, for a stream may outlive its token.
void at_end_of_call(Observer& observer, const Sighting& sighting) {
    OpenEvent& event = *sighting.event;
    event.awaits_end = false;
    if (!event.body_whole) return put_away(observer, sighting);
    const bool told = sighting.settings.log.access == settings::AccessLog::all;
    const bool well = ended_well(event);
    bool remembered = well && is_worth_remembering(observer, sighting);
    if (well && !remembered && !told) return put_away(observer, sighting);
    rules::Exchange& seen = event.exchange;
    seen.answered_at = observer.clock();
    fill_messages(sighting, event);
    seen.rpc = rules::rpc_of(seen.request, seen.response);
    if (!well && seen.rpc.status && seen.rpc.status->code == rules::rpc_code::ok)
        remembered = is_worth_remembering(observer, sighting);
    event.only_history = !seen.rpc.refuses();
    event.remembered = event.only_history && !remembered;
    if (event.remembered && !told) return put_away(observer, sighting);
    fill_rest(sighting, event);
    if (event.only_history) return;
    judge(observer, sighting, event);
    if (observer.on_look) observer.on_look(*event.treatment, seen);
}

// Most calls are short: their end lies there with their head, and nothing has to wait for it.
void at_head_of_call(Observer& observer, const Sighting& sighting) {
    const settings::Treatment& treatment =
        sighting.settings.treatment_for(sighting.request.method(), sighting.request.path());
    if (!treatment.diagnose) return;
    OpenEvent& event = open_event(observer, sighting, treatment);
    event.answer_head.assign(sighting.answer.bytes);
    expect_end(sighting, event);
    event.awaits_end = event.wants_body = true;
    if (!take_body(sighting, event)) return;
    event.wants_body = false;
    at_end_of_call(observer, sighting);
}

// Puts the cookies that the browser got in place of the API's, for what is remembered of it. The
// result owns what the fields then refer to.
std::deque<std::string> see_local_cookies(rules::Exchange& seen) {
    std::deque<std::string> values;
    const rules::CookieOrigin here = rules::cookie_origin(seen.place.client_origin);
    const bool cross_site =
        rules::iequals(seen.request.fields.first("Sec-Fetch-Site").value_or(""), "cross-site");
    rules::Fields fields;
    for (const rules::Field& line : seen.response.fields.lines()) {
        std::string_view value = line.value;
        if (rules::iequals(line.name, "Set-Cookie"))
            if (auto local = rules::localized(line.value, here, cross_site))
                value = values.emplace_back(std::move(local->value));
        fields.add(line.name, value);
    }
    seen.response.fields = std::move(fields);
    return values;
}

}  // namespace

void at_head(Observer& observer, const Sighting& sighting) {
    const http::Look when = http::look_of(sighting.request, sighting.answer);
    if (when == http::Look::at_end) return at_head_of_call(observer, sighting);
    const bool accepted = when == http::Look::none && !body_may_hide_refusal(sighting);
    if (accepted && !is_worth_remembering(observer, sighting)) return;
    const settings::Treatment& treatment =
        sighting.settings.treatment_for(sighting.request.method(), sighting.request.path());
    if (!treatment.diagnose) return;
    OpenEvent& event = open_event(observer, sighting, treatment);
    event.only_history = accepted;
    event.answer_head.assign(sighting.answer.bytes);
    if (accepted) return fill(sighting, event);
    // Where a refusal may be replayed its head decides, and its body may only take that back: how
    // the API cut its answer into writes must make no difference. A call's status is no body.
    expect_end(sighting, event);
    const bool evident = event.is_call() || body_is_evidence(sighting);
    const bool head_decides = treatment.refresh != nullptr && !event.is_call();
    event.wants_body = evident && (head_decides || !take_body(sighting, event));
    event.body_at_head = event.body_whole;
    find_repeat(observer, sighting, event);
    if (!event.repeat) look(observer, sighting, event);
}

void at_whole_body(const Sighting& sighting) {
    OpenEvent& event = *sighting.event;
    event.wants_body = event.wants_body && !take_body(sighting, event);
    weigh_body(event);
    event.wants_body = false;
    prescribe(sighting, event);
}

void remember(Observer& observer, const Sighting& sighting) {
    OpenEvent& event = *sighting.event;
    if (event.simulated || std::exchange(event.remembered, true)) return;
    if (!sighting.settings.dev) {
        event.noted = observer.history.remember(event.exchange);
        return;
    }
    rules::Exchange seen = event.exchange;
    const std::deque<std::string> cookies = see_local_cookies(seen);
    observer.history.remember(seen);
}

void simulated(Observer& observer, const Sighting& sighting, const rules::Cause& cause) {
    const settings::Treatment& treatment =
        sighting.settings.treatment_for(sighting.request.method(), sighting.request.path());
    OpenEvent& event = open_event(observer, sighting, treatment);
    event.simulated = true;
    rules::Exchange& seen = event.exchange;
    fill_request(sighting, seen.request);
    seen.response.status = sighting.status;
    fill_place(sighting, treatment, seen);
    seen.read();
    if (seen.rpc.system != rules::RpcSystem::none)
        seen.rpc.status = rules::RpcStatus{rules::simulated_rpc_code(cause), {}, {}, {}};
    event.diagnosis = rules::simulated_diagnosis(cause, "the refusal was asked for");
    event.remedy.challenges =
        rules::simulated_challenges(event.diagnosis, seen, treatment.remedies);
}

void conclude(Observer& observer, const Sighting& sighting) {
    if (sighting.event && sighting.event->awaits_end) at_end_of_call(observer, sighting);
    if (!sighting.event || sighting.event->only_history) record_access(observer, sighting);
    if (!sighting.event) return;
    OpenEvent& event = *sighting.event;
    if (event.repeat && event.repeat->body == observer.repeats.hash_of(event.body)) {
        record_repeat(observer, sighting, event);
    } else {
        if (std::exchange(event.repeat, nullptr)) look(observer, sighting, event);  // it differs
        // A stream may outlive its token.
        if (event.is_call() && !event.exchange.rpc.status)
            event.exchange.answered_at = observer.clock();
        weigh_body(event);
        record_event(observer, sighting, event);
    }
    put_away(observer, sighting);
}

}  // namespace whogoes::observe
