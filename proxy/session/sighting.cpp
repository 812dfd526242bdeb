#include "proxy/session/sighting.hpp"

#include "proxy/observe/observe.hpp"
#include "proxy/session/exchange.hpp"

namespace whogoes::session {
namespace {

using Story = observe::ReplayStory;

Story::Renewal told(renew::Renewal::How how) {
    switch (how) {
        case renew::Renewal::How::refreshed:
            return Story::Renewal::refreshed;
        case renew::Renewal::How::joined:
            return Story::Renewal::joined;
        case renew::Renewal::How::failed:
            return Story::Renewal::failed;
        case renew::Renewal::How::skipped:
            break;
    }
    return Story::Renewal::skipped;
}

Story::Ends told(renew::TokenAnswer::Kind failure) {
    if (failure == renew::TokenAnswer::Kind::session_over) return Story::Ends::session;
    if (failure == renew::TokenAnswer::Kind::client_rejected) return Story::Ends::client;
    return Story::Ends::nothing;
}

const Story& told(Replay& replay) {
    Story& story = replay.story;
    story.renewal = told(replay.renewal.how);
    story.ends = told(replay.renewal.failure);
    story.failure = replay.renewal.words;
    story.upstream_address = replay.upstream_address;
    story.token = replay.token;
    story.new_token = replay.new_token;
    story.first_status = replay.first_status;
    story.second_outcome = replay.second.outcome;
    story.second = replay.second.words;
    story.observed_again = replay.second.observed_again;
    story.no_answer = replay.failure;
    return story;
}

}  // namespace

observe::Sighting sighting(Exchange& exchange) {
    observe::Sighting seen{*exchange.settings, exchange.request(), exchange.answer(),
                           exchange.changes, exchange.event};
    seen.client_address = client_address(exchange);
    seen.client_scheme = client_scheme(exchange);
    if (exchange.client.is_stream) seen.client_protocol = "2";
    seen.client_authority = client_authority(exchange);
    seen.request_text = text_of(exchange.body);
    seen.request_body_octets = exchange.body.in_buffer.size();
    seen.request_body_there = exchange.body.complete;
    seen.request_body_kept = exchange.upload.keeps();
    seen.request_ends = exchange.body.complete || exchange.upload.state() == Upload::State::sent ||
                        exchange.request().framing == http::Framing::length;
    if (exchange.answer_buffer && exchange.answer_buffer.size() >= exchange.answer_head_octets)
        seen.answer_octets = exchange.answer_buffer.view().substr(exchange.answer_head_octets);
    seen.answer_whole = exchange.answer_whole;
    seen.upstream_origin = exchange.pool->settings().target.origin;
    if (exchange.lease) {
        seen.upstream_address = exchange.lease->address;
        seen.connection = exchange.lease->number;
    }
    seen.handshake_connection = exchange.client.pinned_number;
    seen.bound = exchange.pin;
    seen.status = exchange.status;
    seen.began = exchange.began;
    seen.answered = exchange.answered;
    seen.traced = exchange.trace.has_value();
    if (exchange.trace) seen.trace_id = exchange.trace->id;
    if (exchange.replay) {
        seen.replay = &told(*exchange.replay);
        seen.authorization = exchange.replay->authorization.reveal();
    }
    return seen;
}

}  // namespace whogoes::session
