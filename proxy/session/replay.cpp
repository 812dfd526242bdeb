#include "proxy/session/replay.hpp"

#include "proxy/http/body_reader.hpp"
#include "proxy/http/content_type.hpp"
#include "proxy/observe/observe.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/sighting.hpp"
#include "proxy/settings/own_host.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::session {
namespace {

constexpr std::size_t most_answer_octets = 256 * 1024;

bool is_small(const Exchange& exchange) {
    return exchange.answer_buffer.size() - exchange.answer_head_octets <= most_answer_octets;
}

// Reads the answer to its end. False: it is too large or has none, or it broke off; what came of it
// is in the buffer still, to be relayed.
net::Task<bool> keep_answer(Exchange& exchange) {
    http::ResponseHead& answer = exchange.answer();
    net::Buffer& buffer = exchange.answer_buffer;
    if (http::is_event_stream(answer)) co_return false;
    if (answer.framing == http::Framing::length && answer.content_length > most_answer_octets)
        co_return false;
    http::BodyReader body(answer);
    std::size_t shown = 0;
    const WatchedClient watched(exchange);
    if (!exchange.upload.running()) watch_client(exchange);
    for (;;) {
        shown += body.take(buffer.view().substr(exchange.answer_head_octets + shown)).octets;
        if (body.done() || body.flawed() || !is_small(exchange) || exchange.client.gone) break;
        if (buffer.room() == 0) buffer.make_room(buffer.size());
        answer.bytes = buffer.view().substr(0, exchange.answer_head_octets);
        if (!exchange.upload.running())
            exchange.lease->stream.set_deadline(exchange.settings->timeouts.response);
        const net::IoResult read =
            co_await exchange.lease->stream.read_some(buffer.space(), buffer.room());
        if (read.outcome == net::Io::closed) body.connection_ended();
        if (read.outcome != net::Io::ok) break;
        buffer.filled(read.octets);
    }
    exchange.answer_whole = body.done() && is_small(exchange);
    co_return exchange.answer_whole && !exchange.client.gone;
}

// The rest of the request's body, where the answer came before it had all been read.
net::Task<bool> keep_request(Exchange& exchange) {
    RequestBody& body = exchange.body;
    if (body.complete) co_return true;
    const bool sent = exchange.upload.state() == Upload::State::sent;
    co_await exchange.upload.stop(exchange);
    const bool kept = co_await exchange.upload.keep_rest(exchange);
    if (!kept) co_return false;
    if (body.reader.framing() == http::Framing::length &&
        body.in_buffer.size() + exchange.upload.kept().size() != exchange.request().content_length)
        co_return false;
    body.complete = true;
    body.partly_sent = !sent;
    co_return true;
}

// The first answer is whole, so nothing more is wanted of its connection.
void let_go(Exchange& exchange) {
    const http::ResponseHead& answer = exchange.answer();
    exchange.replay->upstream_address = exchange.lease->address;
    exchange.upstream_keep_alive = http::keep_alive_timeout(answer);
    const std::string_view came = exchange.answer_buffer.view().substr(exchange.answer_head_octets);
    const bool surplus = http::BodyReader(answer).take(came).octets < came.size();
    const bool clean = !exchange.body.partly_sent && answer.keep_alive && !surplus &&
                       answer.framing != http::Framing::until_close;
    exchange.release_lease(clean);
}

struct Waiting {
    renew::Renewal renewal;
    net::Signal answered;
};

net::Task<> renew(Exchange& exchange) {
    const rules::Exchange& seen = exchange.event->exchange;
    const std::string_view refused = seen.credentials.front().value;
    renew::RenewalQuestion question;
    question.block = exchange.event->treatment->refresh;
    question.client = client_address(exchange);
    question.refused.token = net::Secret(refused);
    if (seen.jwt && seen.jwt->readable())
        question.refused.identity = {seen.jwt->iss, seen.jwt->sub};
    exchange.replay->token = exchange.worker.observer.fingerprinter.token("bearer", refused);
    const auto waiting = std::make_shared<Waiting>();
    exchange.worker.tokens->renew(std::move(question), exchange.worker.io,
                                  [waiting](renew::Renewal renewal) {
                                      waiting->renewal = std::move(renewal);
                                      waiting->answered.raise();
                                  });
    const WatchedClient watched(exchange);
    watch_client(exchange);
    co_await waiting->answered;
    exchange.replay->renewal = std::move(waiting->renewal);
}

void put_answer_aside(Exchange& exchange) {
    Replay& replay = *exchange.replay;
    std::swap(replay.answer, exchange.answer());
    replay.answer_buffer = std::move(exchange.answer_buffer);
    replay.answer_head_octets = exchange.answer_head_octets;
    exchange.answer_buffer = net::Buffer();
    exchange.answer_whole = false;
}

void take_answer_back(Exchange& exchange) {
    Replay& replay = *exchange.replay;
    exchange.release_lease(false);
    std::swap(replay.answer, exchange.answer());
    exchange.answer_buffer = std::move(replay.answer_buffer);
    exchange.answer_head_octets = replay.answer_head_octets;
    exchange.answer_whole = true;
    replay.failure = exchange.problem.message;
    exchange.problem = {};
}

void tell_tokens(Exchange& exchange) {
    const int outcome = exchange.replay->second.outcome;
    const bool success = outcome >= 200 && outcome < 300;
    if (!success && outcome != 401) return;
    exchange.worker.tokens->tell(
        exchange.event->treatment->refresh, exchange.replay->renewal.loan,
        success ? renew::ReplayOutcome::accepted : renew::ReplayOutcome::refused);
}

net::Task<bool> send_again(Exchange& exchange) {
    Replay& replay = *exchange.replay;
    const std::string_view token = replay.renewal.loan.token.reveal();
    replay.new_token = exchange.worker.observer.fingerprinter.token("bearer", token);
    std::string value = "Bearer ";
    value.reserve(value.size() + token.size());
    value += token;
    replay.authorization = net::Secret(value);
    net::wipe(value);
    observe::remember(exchange.worker.observer, sighting(exchange));
    put_answer_aside(exchange);
    const bool answered = co_await forward(exchange);
    if (!answered) {
        take_answer_back(exchange);
        co_return !exchange.client.gone;
    }
    exchange.answered = net::Clock::now();
    exchange.changes.clear();  // those of the first answer
    const observe::Sighting seen = sighting(exchange);
    replay.second = observe::at_second_head(exchange.worker.observer, seen);
    tell_tokens(exchange);
    co_return true;
}

void skip(Exchange& exchange, std::string_view why) {
    exchange.event->remedy.refresh_and_replay = false;
    exchange.event->remedy.refresh_skipped = why;
}

}  // namespace

void learn_end(Exchange& exchange) {
    if (!exchange.replay || !exchange.event || !exchange.event->second_end) return;
    exchange.replay->second = observe::at_second_end(exchange.worker.observer, sighting(exchange));
    tell_tokens(exchange);
}

bool is_to_be_replayed(const Exchange& exchange) {
    return exchange.event && exchange.event->remedy.refresh_and_replay;
}

net::Task<bool> renew_and_replay(Exchange& exchange) {
    const std::string_view why = settings::why_not_trusted(*exchange.settings, exchange.request());
    if (!why.empty()) {
        skip(exchange, why);
        co_return true;
    }
    const bool answer_kept = co_await keep_answer(exchange);
    if (!answer_kept) {
        skip(exchange, "answer");
        co_return !exchange.client.gone;
    }
    // With its body the refusal may turn out to be another one.
    observe::at_whole_body(sighting(exchange));
    if (!is_to_be_replayed(exchange)) co_return true;
    const bool request_kept = co_await keep_request(exchange);
    if (!request_kept) {
        skip(exchange, "body");
        co_return true;
    }
    exchange.replay = std::make_unique<Replay>();
    exchange.replay->first_status = exchange.answer().status;
    let_go(exchange);
    co_await renew(exchange);
    if (exchange.client.gone) co_return false;
    const renew::Renewal& renewal = exchange.replay->renewal;
    if (renewal.how == renew::Renewal::How::skipped) skip(exchange, renewal.why);
    if (renewal.loan.version == 0) co_return true;
    const bool there = co_await send_again(exchange);
    co_return there;
}

}  // namespace whogoes::session
