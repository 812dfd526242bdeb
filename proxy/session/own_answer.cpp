#include "proxy/http/reply.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/front_end.hpp"
#include "proxy/session/sighting.hpp"

namespace whogoes::session {

bool may_keep_after_own_answer(const Exchange& exchange) {
    const bool body_read = exchange.body.complete || exchange.upload.state() == Upload::State::sent;
    return exchange.keep_alive && body_read && !exchange.worker.draining;
}

net::Task<bool> send_own_answer(Exchange& exchange, std::string text, bool keep) {
    Client& client = exchange.client;
    client.worker.counters.own_replies.add();
    exchange.answer_started = true;
    iovec piece{text.data(), text.size()};
    const std::span<iovec> pieces(&piece, 1);
    client.stream.set_deadline(exchange.settings->timeouts.header);
    const net::Io written = co_await client.stream.write_all(pieces);
    if (written != net::Io::ok) co_return false;
    client.lingers = !keep;
    co_return keep;
}

net::Task<bool> answer_ourselves(Exchange& exchange) {
    const Problem& problem = exchange.problem;
    if (problem.status == 0 || exchange.answer_started) co_return false;

    const bool keep = may_keep_after_own_answer(exchange);
    http::OwnReply reply;
    reply.status = problem.status;
    reply.message = problem.message;
    reply.accept = exchange.request().value(http::FieldName::accept);
    reply.head_only = exchange.request().is_head;
    reply.close = !keep;
    reply.allow = problem.allow;
    const std::string lines = exchange.settings->dev ? cors_lines(exchange) : std::string();
    reply.lines = lines;
    std::string text = http::render(reply, exchange.worker.http_date());

    exchange.status = problem.status;
    observe::record_failure(exchange.worker.observer, sighting(exchange), problem.message);
    const bool kept = co_await send_own_answer(exchange, std::move(text), keep);
    co_return kept;
}

}  // namespace whogoes::session
