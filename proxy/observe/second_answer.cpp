#include "proxy/observe/second_answer.hpp"

#include "proxy/http/body_reader.hpp"
#include "proxy/http/worth_a_look.hpp"
#include "proxy/observe/evidence.hpp"
#include "proxy/observe/observe.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/observe/sighting.hpp"

#include <utility>

namespace whogoes::observe {
namespace {

// Whether it is a refusal of its own, to be explained in place of the first.
bool is_refused_again(int outcome) {
    return outcome == 401 || outcome == 403 || outcome == 407 || outcome == 419;
}

SecondAnswer told(int outcome, const rules::Rpc& rpc) {
    SecondAnswer second;
    second.outcome = outcome;
    const std::string_view name = rpc.status ? rules::rpc_code_name(rpc.status->code) : "";
    second.words = name.empty() ? std::to_string(outcome) : std::string(name);
    return second;
}

// The new token's success: what is sent with an older one from now on is stale.
void remember_accepted(Observer& observer, const Sighting& sighting, rules::Exchange& accepted) {
    accepted.place = sighting.event->exchange.place;
    accepted.answered_at = observer.clock();
    accepted.expected = &sighting.event->treatment->expected;
    accepted.dialects = sighting.event->exchange.dialects;
    accepted.read();
    observer.history.remember(accepted);
}

void take_head(const Sighting& sighting, rules::Exchange& seen) {
    const http::ResponseHead& answer = sighting.answer;
    fill_request(sighting, seen.request);
    seen.response.status = answer.status;
    for (const http::FieldLine& line : answer.fields)
        seen.response.fields.add(answer.name_of(line), answer.value_of(line));
}

// As far as it is told in plain: of what is packed, nothing is known.
void take_end(const OpenEvent::End& end, rules::Response& response) {
    const auto add = [&response](std::string_view name, std::string_view value) {
        response.trailers.add(name, value);
    };
    http::each_trailer(end.trailers, add);
    if (!end.frames.ended() || end.frames.compressed()) return;
    if (end.frames.framing() != http::RpcFraming::connect)
        return http::each_trailer(end.frames.text(), add);
    response.body = end.frames.text();
    response.body_evidence = rules::BodyEvidence::whole;
}

// Whether all of it lies there with the head; an end that goes on from there, where not.
bool is_whole(const Sighting& sighting, OpenEvent::End& end) {
    http::BodyReader body(sighting.answer);
    if (sighting.answer_whole) body.next_is_last();
    if (!body.take(sighting.answer_octets).done) return false;
    body = http::BodyReader(sighting.answer);
    if (sighting.answer_whole) body.next_is_last();
    body.keep_trailers(end.trailers);
    body.take(sighting.answer_octets, [&end](std::string_view data) { end.frames.take(data); });
    return true;
}

void begin_again(Observer& observer, const Sighting& sighting) {
    OpenEvent& event = *sighting.event;
    const settings::Treatment* const treatment = event.treatment;
    event.clear();
    event.treatment = treatment;
    event.exchange.answered_at = observer.clock();
    event.answer_head.assign(sighting.answer.bytes);
    expect_end(sighting, event);
    event.wants_body = event.is_call() ? !take_body(sighting, event) : body_is_evidence(sighting);
    fill(sighting, event);
    event.exchange.replay_of = rules::ReplayOf{
        .refreshed = true, .rejected_fingerprint = std::string(sighting.replay->token)};
    judge(observer, sighting, event);
}

}  // namespace

SecondAnswer at_second_head(Observer& observer, const Sighting& sighting) {
    OpenEvent& event = *sighting.event;
    rules::Exchange seen;
    take_head(sighting, seen);
    auto end = std::make_unique<OpenEvent::End>();
    end->frames = http::RpcEnd(http::rpc_framing(sighting.request, sighting.answer));
    const bool call = end->frames.framing() != http::RpcFraming::none;
    if (call && is_whole(sighting, *end)) take_end(*end, seen.response);
    const rules::Rpc rpc = rules::rpc_of(seen.request, seen.response);
    const bool open = call && !rpc.status;
    seen.rpc = rpc;
    SecondAnswer second = told(open ? 0 : rules::outcome_of(seen), rpc);
    if (is_refused_again(second.outcome)) {
        begin_again(observer, sighting);
        second.observed_again = true;
        return second;
    }
    // The record stays about the first answer, and nothing of its remedy is for this one.
    event.remedy = {};
    event.wants_body = open;
    if (open)
        event.second_end = std::move(end);
    else
        remember_accepted(observer, sighting, seen);
    return second;
}

SecondAnswer at_second_end(Observer& observer, const Sighting& sighting) {
    OpenEvent& event = *sighting.event;
    const std::unique_ptr<OpenEvent::End> end = std::move(event.second_end);
    event.wants_body = false;
    rules::Exchange seen;
    fill_request(sighting, seen.request);
    seen.response.status = sighting.status;
    take_end(*end, seen.response);
    seen.rpc = rules::rpc_of(seen.request, seen.response);
    SecondAnswer second = told(rules::outcome_of(seen), seen.rpc);
    if (second.outcome >= 200 && second.outcome < 300) remember_accepted(observer, sighting, seen);
    return second;
}

}  // namespace whogoes::observe
