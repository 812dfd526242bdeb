#include "proxy/http/reply.hpp"
#include "proxy/http/rpc_end.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/front_end.hpp"
#include "proxy/session/refused_call.hpp"
#include "proxy/session/sighting.hpp"

namespace whogoes::session {
namespace {

// gRPC, "HTTP to gRPC Status Code Mapping".
int call_code_for(int status) noexcept {
    switch (status) {
        case 400:
            return rules::rpc_code::internal;
        case 401:
            return rules::rpc_code::unauthenticated;
        case 403:
            return rules::rpc_code::permission_denied;
        case 404:
            return rules::rpc_code::unimplemented;
        case 429:
        case 502:
        case 503:
        case 504:
            return rules::rpc_code::unavailable;
        default:
            return rules::rpc_code::unknown;
    }
}

// A client of gRPC shows the words of its own status alone, and some look at none beside an HTTP
// error: the call is told as a server of gRPC would, and the record keeps the HTTP status. Clients
// of Connect take an HTTP error's own words.
RefusedCall call_to_tell(const Exchange& exchange) {
    RefusedCall call;
    call.type = exchange.request().value(http::FieldName::content_type);
    const http::RpcFraming framing = http::rpc_framing(call.type);
    if (framing == http::RpcFraming::none || framing == http::RpcFraming::connect) return call;
    call.system =
        framing == http::RpcFraming::trailers ? rules::RpcSystem::grpc : rules::RpcSystem::grpc_web;
    call.message = exchange.problem.message;
    call.code = call_code_for(exchange.problem.status);
    return call;
}

}  // namespace

std::string render_own_answer(const Exchange& exchange, std::string_view message,
                              std::string_view lines, bool keep) {
    http::OwnReply reply;
    reply.status = exchange.status;
    reply.message = message;
    reply.accept = exchange.request().value(http::FieldName::accept);
    reply.head_only = exchange.request().is_head;
    reply.close = !keep;
    reply.allow = exchange.problem.allow;
    reply.lines = lines;
    return http::render(reply, exchange.worker.http_date());
}

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
    client.stream.set_deadline(exchange.settings->timeouts.own_answer());
    const net::Io written = co_await client.stream.write_all(pieces);
    if (written != net::Io::ok) co_return false;
    client.lingers = !keep;
    co_return keep;
}

net::Task<bool> answer_ourselves(Exchange& exchange) {
    const Problem& problem = exchange.problem;
    if (!problem.has_answer() || exchange.answer_started) co_return false;

    const bool keep = may_keep_after_own_answer(exchange);
    exchange.status = problem.status;
    const RefusedCall call = call_to_tell(exchange);
    std::string lines;
    if (exchange.settings->dev)
        lines = call ? cors_lines(exchange, call.exposed()) : cors_lines(exchange);
    std::string text = call ? render(call, lines, exchange.worker.http_date(), !keep)
                            : render_own_answer(exchange, problem.message, lines, keep);

    observe::record_failure(exchange.worker.observer, sighting(exchange), problem.message);
    const bool kept = co_await send_own_answer(exchange, std::move(text), keep);
    co_return kept;
}

}  // namespace whogoes::session
