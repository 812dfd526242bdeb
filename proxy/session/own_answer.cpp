#include "proxy/http/reply.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/front_end.hpp"
#include "proxy/session/recording.hpp"

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
    if (!keep) co_await linger(client);
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

    record_own_answer(exchange, problem.status, problem.message);
    const bool kept = co_await send_own_answer(exchange, std::move(text), keep);
    co_return kept;
}

net::Task<> linger(Client& client) {
    constexpr std::chrono::seconds at_most{10};
    constexpr std::chrono::seconds between_reads{2};
    client.stream.shut_write();
    client.buffer.clear();
    if (!client.buffer) client.buffer = client.worker.buffers.lend();
    const net::Clock::time_point end = client.worker.deadlines.now() + at_most;
    while (client.worker.deadlines.now() < end && !client.worker.draining) {
        client.stream.set_deadline(between_reads);
        const net::IoResult read =
            co_await client.stream.read_some(client.buffer.begin(), client.buffer.capacity());
        if (read.outcome != net::Io::ok) break;
    }
}

}  // namespace whogoes::session
