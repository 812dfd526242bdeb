#include "proxy/report/admin.hpp"

#include "proxy/report/admin_messages.hpp"
#include "proxy/report/admin_router.hpp"
#include "proxy/report/admin_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <atomic>
#include <charconv>
#include <chrono>
#include <exception>
#include <list>
#include <optional>
#include <system_error>
#include <utility>

namespace whogoes::report {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using Error = boost::system::error_code;

constexpr std::chrono::seconds admin_patience{10};
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::size_t most_connections = 64;
constexpr std::size_t most_streams = 16;
constexpr std::uint32_t header_limit = 8 * 1024;
constexpr std::uint64_t body_limit = 64 * 1024;  // a credential may be pasted into a message
constexpr std::size_t most_waiting = 8;          // for answers that take a while

[[noreturn]] void refuse(const std::string& address, const Error& error) {
    throw std::system_error(error.value(), std::system_category(), "admin listener " + address);
}

tcp::endpoint resolved(asio::io_context& context, const std::string& address) {
    const std::size_t colon = address.rfind(':');
    unsigned short port = 0;
    const char* const end = address.data() + address.size();
    const auto parsed = colon == std::string::npos
                            ? std::from_chars_result{address.data(), std::errc::invalid_argument}
                            : std::from_chars(address.data() + colon + 1, end, port);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
        throw std::system_error(EINVAL, std::generic_category(),
                                "admin listener " + address + ": needs host:port");
    }
    std::string host = address.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    Error error;
    const auto numeric = asio::ip::make_address(host, error);
    if (!error) return {numeric, port};
    tcp::resolver resolver(context);
    const auto results = resolver.resolve(host, std::to_string(port), error);
    if (error) refuse(address, error);
    return results.begin()->endpoint();
}

}  // namespace

struct Admin::Impl : std::enable_shared_from_this<Admin::Impl> {
    // One connection: read a request, answer it, the next. Lives in the list until it ends.
    struct Connection {
        explicit Connection(tcp::socket socket) : stream(std::move(socket)) {}

        beast::tcp_stream stream;
        beast::flat_buffer buffer;
        std::optional<http::request_parser<http::string_body>> parser;
        http::response<http::string_body> response;
        std::optional<http::response_serializer<http::string_body>> serializer;
        StreamStart stream_start;
    };
    using Place = std::list<Connection>::iterator;

    Impl(asio::io_context& context, AdminSources given)
        : acceptor(context), pause(context), sources(std::move(given)) {}

    void listen(const tcp::endpoint& endpoint, const std::string& address) {
        Error error;
        acceptor.open(endpoint.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error) refuse(address, error);
    }

    void accept() {
        if (closed || accepting || connections.size() + streams.size() >= most_connections) return;
        accepting = true;
        acceptor.async_accept([self = shared_from_this()](const Error& error, tcp::socket socket) {
            self->accepting = false;
            if (error == asio::error::operation_aborted || self->closed) return;
            if (error) return self->accept_later();
            self->connections.emplace_front(std::move(socket));
            self->read(self->connections.begin());
            self->accept();
        });
    }

    // Descriptors have run out, as a rule: the connection stays in the backlog.
    void accept_later() {
        accepting = true;
        pause.expires_after(accept_pause);
        pause.async_wait([self = shared_from_this()](const Error&) {
            self->accepting = false;
            self->accept();
        });
    }

    void read(Place place) {
        place->parser.emplace();
        place->parser->header_limit(header_limit);
        place->parser->body_limit(body_limit);
        place->stream.expires_after(admin_patience);
        http::async_read(place->stream, place->buffer, *place->parser,
                         [self = shared_from_this(), place](const Error& error, std::size_t) {
                             self->after_read(place, error);
                         });
    }

    void after_read(Place place, const Error& error) {
        if (closed) return end(place);
        if (!error) return reply(place, judged(place->parser->get()));
        const bool oversized = error == http::error::header_limit ||
                               error == http::error::body_limit ||
                               error == http::error::buffer_overflow;
        if (error.category() != http::make_error_code(http::error::end_of_stream).category() ||
            error == http::error::end_of_stream || error == http::error::partial_message) {
            return end(place);
        }
        place->parser->get().keep_alive(false);
        reply(place,
              oversized ? admin_error(431, "the request is too large for the admin listener")
                        : admin_error(400, "this is not a well-formed HTTP/1.1 request"),
              true);
    }

    AdminReply judged(const http::request<http::string_body>& request) const {
        try {
            return answer(question_of(request), sources);
        } catch (const std::exception& error) {
            return admin_error(500, error.what());
        }
    }

    // The answer comes from a thread that may wait; the connection reads nothing meanwhile.
    void reply_later(Place place, AdminReply&& answered) {
        if (waiting >= most_waiting)
            return reply(place, admin_error(503, "too many answers are waited for: ask again"));
        if (!helper) helper.emplace(1);
        ++waiting;
        asio::post(
            *helper, [this, self = shared_from_this(), place, work = std::move(answered.later)] {
                AdminReply made = result_of(work);
                asio::post(acceptor.get_executor(),
                           [self, place, done = std::make_shared<AdminReply>(std::move(made))] {
                               --self->waiting;
                               if (self->closed) return self->end(place);
                               self->reply(place, std::move(*done));
                           });
            });
    }

    AdminReply result_of(const std::function<AdminReply(const std::atomic<bool>&)>& work) const {
        try {
            return work(abandoned);
        } catch (const std::exception& error) {
            return admin_error(500, error.what());
        }
    }

    void reply(Place place, AdminReply&& answered, bool last = false) {
        if (answered.later) return reply_later(place, std::move(answered));
        const auto& request = place->parser->get();
        if (answered.stream && request.method() != http::verb::head) {
            if (streams.size() < most_streams) return begin_stream(place, std::move(answered));
            answered = admin_error(503, "too many streams are open: close a page");
        }
        const bool keep = !last && request.keep_alive();
        place->response = response_of(std::move(answered), last ? 11 : request.version());
        place->response.keep_alive(keep);
        place->response.prepare_payload();
        place->serializer.emplace(place->response);
        place->serializer->split(false);
        place->stream.expires_after(admin_patience);
        const auto written = [self = shared_from_this(), place, keep](const Error& error,
                                                                      std::size_t) {
            if (error || !keep || self->closed) return self->end(place);
            self->read(place);
        };
        if (!last && request.method() == http::verb::head) {
            http::async_write_header(place->stream, *place->serializer, written);
        } else {
            http::async_write(place->stream, *place->serializer, written);
        }
    }

    void begin_stream(Place place, AdminReply&& answered) {
        place->stream_start = std::move(*answered.stream);
        place->response = response_of(std::move(answered), place->parser->get().version());
        place->response.keep_alive(false);
        place->serializer.emplace(place->response);
        place->stream.expires_after(admin_patience);
        http::async_write_header(
            place->stream, *place->serializer,
            [self = shared_from_this(), place](const Error& error, std::size_t) {
                if (error || self->closed) return self->end(place);
                self->stream(place);
            });
    }

    void stream(Place place) {
        const auto at = streams.insert(streams.end(), nullptr);
        EventStream events(sources.review, std::move(place->stream_start.filter),
                           place->stream_start.after, sources.ready);
        *at = std::make_shared<AdminStream>(std::move(place->stream), std::move(events),
                                            [self = shared_from_this(), at] {
                                                self->streams.erase(at);
                                                self->accept();
                                            });
        connections.erase(place);
        std::shared_ptr<AdminStream>(*at)->start();
    }

    void end(Place place) {
        Error ignored;
        place->stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
        place->stream.close();
        connections.erase(place);
        accept();
    }

    void close() {
        if (closed) return;
        closed = true;
        Error ignored;
        acceptor.close(ignored);
        pause.cancel();
        for (Connection& connection : connections) connection.stream.cancel();
        // Each takes itself off the list.
        const auto open = streams;
        for (const auto& stream : open) stream->close();
        abandoned = true;
        if (helper) helper->join();
    }

    tcp::acceptor acceptor;
    asio::steady_timer pause;
    AdminSources sources;
    std::list<Connection> connections;
    std::list<std::shared_ptr<AdminStream>> streams;
    std::optional<asio::thread_pool> helper;  // of one thread, from the first use on
    std::atomic<bool> abandoned{false};
    std::size_t waiting = 0;
    bool accepting = false;
    bool closed = false;
};

Admin::Admin(asio::io_context& context, const std::string& address, AdminSources sources)
    : impl_(std::make_shared<Impl>(context, std::move(sources))) {
    impl_->listen(resolved(context, address), address);
    impl_->accept();
}

Admin::~Admin() { close(); }

std::string Admin::address() const {
    Error error;
    const tcp::endpoint endpoint = impl_->acceptor.local_endpoint(error);
    if (error) return {};
    const std::string host = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
           std::to_string(endpoint.port());
}

void Admin::close() { impl_->close(); }

}  // namespace whogoes::report
