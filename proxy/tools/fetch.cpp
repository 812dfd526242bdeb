#include "proxy/tools/fetch.hpp"

#include "proxy/http/coding.hpp"
#include "proxy/http/field_line.hpp"
#include "proxy/net/authorities.hpp"
#include "rules/text.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <limits>
#include <memory>

namespace whogoes::tools {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Error = boost::system::error_code;
using Fetched = rules::Result<Recorded, std::string>;
using Parser = beast::http::response_parser<beast::http::string_body>;

constexpr std::size_t most_sent_octets = 4 * 1024;  // that are judged
constexpr std::chrono::milliseconds look_up{100};   // from the wait, for who was told to end

struct Peer {
    std::string host, port;
};

Peer peer_of(const std::string& origin) {
    const std::string authority = origin.substr(origin.find("://") + 3);
    const bool tls = origin.starts_with("https:");
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    const bool has_port =
        colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
    std::string host = has_port ? authority.substr(0, colon) : authority;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {host, has_port ? authority.substr(colon + 1) : (tls ? "443" : "80")};
}

// Runs one asynchronous step at a time, all of them within one deadline.
class Exchange {
public:
    Exchange(const FetchRequest& request, const SplitUrl& url)
        : request_(request),
          url_(url),
          peer_(peer_of(url.origin)),
          context_(asio::ssl::context::tls_client),
          socket_(io_),
          resolver_(io_),
          stream_(socket_, context_),
          deadline_(std::chrono::steady_clock::now() + request.timeout) {}

    Fetched run() {
        Error error = connect();
        if (error) return refuse("cannot reach " + url_.origin, error);
        if (url_.origin.starts_with("https:")) {
            if (request_.verify)
                if (auto flaw = net::trust_system_authorities(context_.native_handle()))
                    return Fetched(boost::system::in_place_error,
                                   "cannot trust " + url_.origin + ": " + *flaw);
            error = shake_hands();
            if (error) return refuse_handshake(error);
            return exchange(stream_);
        }
        return exchange(socket_);
    }

private:
    static Fetched refuse(const std::string& what, const Error& error) {
        return Fetched(boost::system::in_place_error, what + ": " + error.message());
    }

    Fetched refuse_handshake(const Error& error) {
        const long flaw = ::SSL_get_verify_result(stream_.native_handle());
        if (!request_.verify || flaw == X509_V_OK)
            return refuse("the TLS handshake with " + url_.origin + " failed", error);
        return Fetched(boost::system::in_place_error,
                       "the certificate of " + url_.origin +
                           " is not trusted: " + ::X509_verify_cert_error_string(flaw));
    }

    template <class Start>
    Error step(Start start) {
        Error result = asio::error::timed_out;
        bool done = false;
        start([&](const Error& error, auto&&...) {
            result = error;
            done = true;
        });
        io_.restart();
        while (!done && !given_up()) {
            const auto now = std::chrono::steady_clock::now();
            io_.run_until(request_.abandoned ? std::min(deadline_, now + look_up) : deadline_);
        }
        if (done) return result;
        resolver_.cancel();
        Error ignored;
        socket_.close(ignored);
        io_.restart();
        io_.run();
        return asio::error::timed_out;
    }

    bool given_up() const {
        return std::chrono::steady_clock::now() >= deadline_ ||
               (request_.abandoned && request_.abandoned->load());
    }

    Error connect() {
        tcp::resolver::results_type endpoints;
        const Error error = step([&](auto done) {
            resolver_.async_resolve(peer_.host, peer_.port,
                                    [&endpoints, done](const Error& e, auto found) mutable {
                                        endpoints = std::move(found);
                                        done(e);
                                    });
        });
        if (error) return error;
        return step([&](auto done) {
            asio::async_connect(socket_, endpoints,
                                [done](const Error& e, const auto&) mutable { done(e); });
        });
    }

    Error shake_hands() {
        stream_.set_verify_mode(request_.verify ? asio::ssl::verify_peer : asio::ssl::verify_none);
        if (request_.verify)
            stream_.set_verify_callback(asio::ssl::host_name_verification(peer_.host));
        Error error;
        asio::ip::make_address(peer_.host, error);
        // RFC 6066, 3: no address in the server name.
        if (error) ::SSL_set_tlsext_host_name(stream_.native_handle(), peer_.host.c_str());
        return step(
            [&](auto done) { stream_.async_handshake(asio::ssl::stream_base::client, done); });
    }

    beast::http::request<beast::http::string_body> head() const {
        beast::http::request<beast::http::string_body> head;
        head.method_string(request_.method);
        head.target(url_.target);
        head.version(11);
        head.set(beast::http::field::host, url_.origin.substr(url_.origin.find("://") + 3));
        head.set(beast::http::field::user_agent, "whogoes-lint");
        head.set(beast::http::field::accept, "*/*");
        head.set(beast::http::field::connection, "close");
        for (const auto& [name, value] : request_.fields) {
            if (!http::is_field_value(value)) continue;
            if (rules::iequals(name, "accept") || rules::iequals(name, "user-agent") ||
                rules::iequals(name, "host"))
                head.set(name, value);
            else
                head.insert(name, value);
        }
        if (!request_.body.empty()) {
            if (head.count(beast::http::field::content_type) == 0)
                head.set(beast::http::field::content_type, usual_type(request_.body));
            head.body() = request_.body;
            head.content_length(request_.body.size());
        }
        return head;
    }

    static std::string_view usual_type(std::string_view body) {
        return body.starts_with('{') || body.starts_with('[') ? "application/json"
                                                              : "application/x-www-form-urlencoded";
    }

    template <class Stream>
    Fetched exchange(Stream& stream) {
        const auto request = head();
        Error error = step([&](auto done) { beast::http::async_write(stream, request, done); });
        if (error) return refuse("cannot send to " + url_.origin, error);

        beast::flat_buffer buffer(256 * 1024);
        auto parser = std::make_unique<Parser>();
        do {
            parser = std::make_unique<Parser>();
            parser->header_limit(64 * 1024);
            parser->body_limit(std::numeric_limits<std::uint64_t>::max());
            parser->skip(request_.method == "HEAD");
            error = step(
                [&](auto done) { beast::http::async_read_header(stream, buffer, *parser, done); });
            if (error) return refuse("no readable answer from " + url_.origin, error);
        } while (parser->get().result_int() < 200 && parser->get().result_int() != 101);

        while (!parser->is_done() && parser->get().body().size() <= request_.most_body) {
            error = step(
                [&](auto done) { beast::http::async_read_some(stream, buffer, *parser, done); });
            if (error) break;  // the head is what is judged; a body may end early
        }
        return record(request, parser->get(), !error || parser->is_done());
    }

    template <class Request, class Response>
    Recorded record(const Request& request, const Response& response, bool whole) const {
        Recorded recorded;
        recorded.method = request_.method;
        recorded.target = url_.target;
        recorded.origin = url_.origin;
        recorded.request_known = recorded.fetched = true;
        for (const auto& field : request)
            recorded.request_fields.emplace_back(field.name_string(), field.value());
        const std::string_view type = request[beast::http::field::content_type];
        const bool form = rules::istarts_with(type, "application/x-www-form-urlencoded");
        (form ? recorded.form_body : recorded.other_body) =
            request_.body.substr(0, most_sent_octets);
        recorded.status = static_cast<int>(response.result_int());
        for (const auto& field : response)
            recorded.response_fields.emplace_back(field.name_string(), field.value());
        const std::string_view coding = response[beast::http::field::content_encoding];
        const auto decoded = http::decoded(coding, response.body(), request_.most_body);
        recorded.keep_body(decoded ? *decoded : response.body(), request_.most_body);
        if (!whole) recorded.body_evidence = rules::BodyEvidence::partial;
        return recorded;
    }

    const FetchRequest& request_;
    const SplitUrl& url_;
    Peer peer_;
    asio::io_context io_;
    asio::ssl::context context_;
    tcp::socket socket_;
    tcp::resolver resolver_;
    asio::ssl::stream<tcp::socket&> stream_;
    std::chrono::steady_clock::time_point deadline_;
};

}  // namespace

rules::Result<Recorded, std::string> fetch(const FetchRequest& request) {
    const auto url = split_url(request.url);
    if (!url) return Fetched(boost::system::in_place_error, "is no http:// or https:// URL");
    return Exchange(request, *url).run();
}

}  // namespace whogoes::tools
