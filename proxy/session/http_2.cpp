#include "proxy/h2/server.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/session/client.hpp"

#include <string>
#include <utility>

namespace whogoes::session {
namespace {

// One stream: a client that sends one request.
net::Task<> serve_stream(Worker& worker, net::Stream stream, From from) {
    Client client(worker, std::move(stream), from);
    client.buffer = worker.buffers.lend();
    co_await serve_one(client);
}

h2::Limits limits_of(const settings::Settings& settings) {
    h2::Limits limits = settings.http_2;
    limits.field_list = settings.head_limits.octets;
    limits.frame = settings.timeouts.header;
    limits.idle = settings.timeouts.idle;
    return limits;
}

}  // namespace

net::Task<bool> begins_http_2(Client& client) {
    if (!client.worker.settings->speaks_http_2 || client.plain_on_tls) co_return false;
    client.stream.set_deadline(client.worker.draining ? at_the_door
                                                      : client.worker.settings->timeouts.header);
    for (;;) {
        const std::string_view came = client.buffer.view().substr(0, h2::preface.size());
        if (came != h2::preface.substr(0, came.size())) co_return false;
        if (came.size() == h2::preface.size()) co_return true;
        const net::IoResult read =
            co_await client.stream.read_some(client.buffer.space(), client.buffer.room());
        if (read.outcome != net::Io::ok) co_return false;
        client.buffer.filled(read.octets);
    }
}

net::Task<> serve_http_2(Client& client) {
    Worker& worker = client.worker;
    const std::string came(client.buffer ? client.buffer.view() : std::string_view());
    client.buffer.release();
    const From from = client.from;
    h2::ServerConnection connection(worker.io, worker.deadlines, std::move(client.stream),
                                    limits_of(*worker.settings),
                                    [&worker, from](net::Stream stream) {
                                        net::spawn(serve_stream(worker, std::move(stream), from),
                                                   [&worker](const std::exception_ptr& bug) {
                                                       observe::record_bug(worker.observer, bug);
                                                   });
                                    });
    client.registered.shared = &connection;
    client.registered.phase = Registered::Phase::idle;
    if (worker.draining) connection.drain();
    co_await connection.run(came);
    client.registered.shared = nullptr;
    if (connection.complaint().empty()) co_return;
    observe::record_note(worker.observer, "warn",
                         "the HTTP/2 connection of " +
                             (from.address.empty() ? std::string("a client") : from.address) +
                             " was ended: " + connection.complaint());
}

}  // namespace whogoes::session
