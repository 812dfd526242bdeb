#include "proxy/upstream/fetch.hpp"

#include "proxy/http/field_line.hpp"
#include "proxy/net/address.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

namespace whogoes::upstream {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Error = boost::system::error_code;
using Parser = beast::http::response_parser<beast::http::string_body>;

// The steps follow one another through callbacks that share this; the timer ends them all.
class Fetching : public std::enable_shared_from_this<Fetching> {
public:
    Fetching(asio::io_context& control, FetchRequest request, std::function<void(Fetched)> then)
        : request_(std::move(request)),
          then_(std::move(then)),
          resolver_(control),
          timer_(control),
          socket_(control) {}

    void start() {
        timer_.expires_after(request_.timeout);
        timer_.async_wait([self = shared_from_this()](const Error& error) {
            if (!error) self->time_out();
        });
        resolver_.async_resolve(request_.url.host, request_.url.port,
                                [self = shared_from_this()](const Error& error, const auto& found) {
                                    if (self->failed("cannot be resolved", error)) return;
                                    self->connect(found);
                                });
    }

private:
    void connect(const tcp::resolver::results_type& endpoints) {
        asio::async_connect(socket_, endpoints,
                            [self = shared_from_this()](const Error& error, const auto&) {
                                if (self->failed("cannot be reached", error)) return;
                                Error ignored;
                                self->socket_.set_option(tcp::no_delay(true), ignored);
                                if (self->request_.url.tls)
                                    self->shake_hands();
                                else
                                    self->send(self->socket_);
                            });
    }

    void shake_hands() {
        try {
            if (!request_.tls) request_.tls = net::client_tls({});
            // The one that Asio takes over; ours stays with its owner.
            ::SSL_CTX_up_ref(request_.tls.get());
            context_ = std::make_unique<asio::ssl::context>(request_.tls.get());
            stream_ = std::make_unique<asio::ssl::stream<tcp::socket&>>(socket_, *context_);
        } catch (const std::exception& error) {
            return finish_with_error(error.what());
        }
        SSL* const ssl = stream_->native_handle();
        const std::string& host = request_.url.host;
        // RFC 6066, 3: no address in the server name.
        if (net::is_loopback_name(host) || net::literal_endpoints(host, 0).empty()) {
            ::SSL_set_tlsext_host_name(ssl, host.c_str());
            ::SSL_set1_host(ssl, host.c_str());
        } else {
            ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl), host.c_str());
        }
        ::SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
        stream_->async_handshake(asio::ssl::stream_base::client,
                                 [self = shared_from_this()](const Error& error) {
                                     if (self->failed("refused the TLS handshake, or its "
                                                      "certificate is not to be trusted",
                                                      error))
                                         return;
                                     self->send(*self->stream_);
                                 });
    }

    void write_head() {
        beast::http::request<beast::http::string_body>& message = message_;
        message.method_string(request_.method);
        message.target(request_.url.target);
        message.version(11);
        message.set(beast::http::field::host, request_.url.authority);
        message.set(beast::http::field::user_agent, "whogoes");
        message.set(beast::http::field::accept, request_.accept);
        message.set(beast::http::field::connection, "close");
        for (const auto& [name, value] : request_.fields)
            if (http::is_field_value(value)) message.insert(name, value);
        if (http::is_field_value(request_.authorization.reveal()) &&
            !request_.authorization.empty())
            message.set(beast::http::field::authorization, request_.authorization.reveal());
        if (!request_.content_type.empty())
            message.set(beast::http::field::content_type, request_.content_type);
        message.body() = request_.body.reveal();
        if (!message.body().empty() || request_.method == "POST") message.prepare_payload();
    }

    template <class Stream>
    void send(Stream& stream) {
        write_head();
        beast::http::async_write(
            stream, message_,
            [self = shared_from_this(), &stream](const Error& error, std::size_t) {
                net::wipe(self->message_.body());
                self->message_.clear();
                // An answer may be there although the rest of the request was not taken.
                if (self->done_ || (error && error != asio::error::broken_pipe &&
                                    error != asio::error::connection_reset)) {
                    self->failed("broke off", error);
                    return;
                }
                self->receive(stream);
            });
    }

    template <class Stream>
    void receive(Stream& stream) {
        parser_ = std::make_unique<Parser>();
        parser_->header_limit(64 * 1024);
        parser_->body_limit(request_.most_octets);
        parser_->skip(request_.method == "HEAD");
        beast::http::async_read(
            stream, buffer_, *parser_,
            [self = shared_from_this(), &stream](const Error& error, std::size_t) {
                if (error == beast::http::error::body_limit) {
                    self->finish_with_error("sent more than " +
                                            std::to_string(self->request_.most_octets / 1024) +
                                            " KiB");
                    return;
                }
                if (self->failed("sent no whole answer", error)) return;
                if (self->parser_->get().result_int() < 200)
                    self->receive(stream);
                else
                    self->finish_with_answer();
            });
    }

    void finish_with_answer() {
        Fetched fetched;
        auto& answer = parser_->get();
        fetched.status = static_cast<int>(answer.result_int());
        for (const auto& field : answer)
            fetched.fields.emplace_back(field.name_string(), field.value());
        fetched.body = std::move(answer.body());
        finish(std::move(fetched));
    }

    // Also true where somebody else ended this before.
    bool failed(const std::string& what, const Error& error) {
        if (done_) return true;
        if (!error) return false;
        finish_with_error(what + " (" + error.message() + ")");
        return true;
    }

    void finish_with_error(std::string what) {
        Fetched fetched;
        fetched.error = std::move(what);
        finish(std::move(fetched));
    }

    void time_out() {
        Fetched fetched;
        fetched.timed_out = true;
        fetched.error = "did not answer within " + std::to_string(request_.timeout.count()) + " ms";
        finish(std::move(fetched));
    }

    // The steps that are still under way end by themselves and find that it is over.
    void finish(Fetched fetched) {
        if (std::exchange(done_, true)) return;
        timer_.cancel();
        resolver_.cancel();
        Error ignored;
        socket_.close(ignored);
        const auto then = std::exchange(then_, {});
        then(std::move(fetched));
    }

    FetchRequest request_;
    std::function<void(Fetched)> then_;
    tcp::resolver resolver_;  // asks in a thread of its own
    asio::steady_timer timer_;
    tcp::socket socket_;
    std::unique_ptr<asio::ssl::context> context_;
    std::unique_ptr<asio::ssl::stream<tcp::socket&>> stream_;
    beast::http::request<beast::http::string_body> message_;
    beast::flat_buffer buffer_{256 * 1024};
    std::unique_ptr<Parser> parser_;  // a parser cannot move, and each interim answer takes one
    bool done_ = false;
};

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool FetchUrl::loopback() const {
    const std::vector<net::Endpoint> endpoints = net::literal_endpoints(host, 0);
    return !endpoints.empty() && endpoints.front().loopback();
}

std::optional<FetchUrl> parse_fetch_url(std::string_view text) {
    FetchUrl url;
    const auto starts = [&](std::string_view scheme) {
        return text.size() > scheme.size() && beast::iequals(text.substr(0, scheme.size()), scheme);
    };
    url.tls = starts("https://");
    if (!url.tls && !starts("http://")) return std::nullopt;
    for (const char c : text)
        if (c <= ' ' || c >= 0x7f) return std::nullopt;
    text.remove_prefix(url.tls ? 8 : 7);
    text = text.substr(0, text.find('#'));
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    url.authority = text.substr(0, end);
    url.target = text.substr(end);
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    if (url.authority.empty() || url.authority.find('@') != std::string::npos) return std::nullopt;

    const std::size_t bracket = url.authority.rfind(']');
    const std::size_t colon = url.authority.rfind(':');
    const bool has_port =
        colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
    url.host = url.authority.substr(0, has_port ? colon : std::string::npos);
    url.port = has_port ? url.authority.substr(colon + 1) : (url.tls ? "443" : "80");
    if (!is_port(url.port)) return std::nullopt;
    if (url.host.starts_with('[')) {
        if (!url.host.ends_with(']')) return std::nullopt;
        url.host = url.host.substr(1, url.host.size() - 2);
    } else if (url.host.find(':') != std::string::npos) {
        return std::nullopt;
    }
    if (url.host.empty()) return std::nullopt;
    return url;
}

std::string_view Fetched::field(std::string_view name) const {
    for (const auto& [field, value] : fields)
        if (beast::iequals(field, name)) return value;
    return {};
}

void fetch(asio::io_context& control, FetchRequest request, std::function<void(Fetched)> then) {
    std::make_shared<Fetching>(control, std::move(request), std::move(then))->start();
}

}  // namespace whogoes::upstream
