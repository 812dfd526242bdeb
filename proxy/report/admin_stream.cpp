#include "proxy/report/admin_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <utility>

namespace whogoes::report {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

constexpr std::chrono::milliseconds look_again{100};
constexpr std::chrono::seconds stream_patience{10};
// What waits for a slow reader waits here and not in the kernel, where nobody bounds it.
constexpr int send_buffer = 128 * 1024;

}  // namespace

AdminStream::AdminStream(boost::beast::tcp_stream&& connection, EventStream events,
                         std::function<void()> ended)
    : connection_(std::move(connection)),
      pause_(connection_.get_executor()),
      events_(std::move(events)),
      ended_(std::move(ended)) {}

void AdminStream::start() {
    Error ignored;
    connection_.socket().set_option(asio::socket_base::send_buffer_size(send_buffer), ignored);
    watch();
    write_next();
}

void AdminStream::close() {
    Error ignored;
    connection_.socket().close(ignored);
    pause_.cancel();
    if (const auto ended = std::exchange(ended_, nullptr)) ended();
}

// Nothing is expected: what comes is the reader's end.
void AdminStream::watch() {
    connection_.socket().async_read_some(
        asio::buffer(ignored_),
        [self = shared_from_this()](const Error&, std::size_t) { self->close(); });
}

void AdminStream::write_next() {
    if (!connection_.socket().is_open()) return;
    piece_ = events_.next(std::chrono::steady_clock::now());
    if (piece_.empty()) return wait();
    connection_.expires_after(stream_patience);
    asio::async_write(connection_, asio::buffer(piece_),
                      [self = shared_from_this()](const Error& error, std::size_t) {
                          if (error) return self->close();
                          self->write_next();
                      });
}

void AdminStream::wait() {
    pause_.expires_after(look_again);
    pause_.async_wait([self = shared_from_this()](const Error& error) {
        if (!error) self->write_next();
    });
}

}  // namespace whogoes::report
