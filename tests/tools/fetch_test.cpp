#include "proxy/tools/fetch.hpp"

#include "proxy/tools/health.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <future>
#include <string>
#include <thread>

namespace whogoes::tools {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Answers one connection with `answer`, whatever is asked, and keeps the request.
class OneAnswer {
public:
    explicit OneAnswer(std::string answer)
        : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), thread_([this, answer] {
              boost::system::error_code error;
              tcp::socket socket(io_);
              acceptor_.accept(socket, error);
              if (error) return;
              asio::read_until(socket, asio::dynamic_buffer(request_), "\r\n\r\n", error);
              if (answer.empty()) {  // stays silent until the other side gives up
                  char octet = 0;
                  socket.read_some(asio::buffer(&octet, 1), error);
                  return;
              }
              asio::write(socket, asio::buffer(answer), error);
          }) {}
    ~OneAnswer() { finish(); }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;

    int port() const { return acceptor_.local_endpoint().port(); }
    std::string url(const std::string& target) const {
        return "http://127.0.0.1:" + std::to_string(port()) + target;
    }
    const std::string& request() {
        finish();
        return request_;
    }

private:
    void finish() {
        if (thread_.joinable()) thread_.join();
    }

    asio::io_context io_;
    tcp::acceptor acceptor_;
    std::string request_;
    std::thread thread_;
};

FetchRequest to(std::string url) {
    FetchRequest request;
    request.url = std::move(url);
    return request;
}

TEST_CASE("a body is sent with its length and type, and is evidence") {
    const struct {
        const char* body;
        std::vector<NameValue> fields;
        const char* type;
        bool form;
    } rows[] = {{"{\"a\":1}", {}, "application/json", false},
                {"a=1&b=2", {}, "application/x-www-form-urlencoded", true},
                {"<a/>", {{"Content-Type", "text/xml"}}, "text/xml", false}};
    for (const auto& row : rows) {
        CAPTURE(row.body);
        OneAnswer server("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
        FetchRequest request = to(server.url("/a"));
        request.method = "POST";
        request.fields = row.fields;
        request.body = row.body;
        const auto recorded = fetch(request);
        REQUIRE(recorded.has_value());
        CHECK((row.form ? recorded->form_body : recorded->other_body) == row.body);
        const std::string& sent = server.request();
        CHECK(sent.starts_with("POST /a HTTP/1.1\r\n"));
        CHECK(sent.find("\r\nContent-Type: " + std::string(row.type) + "\r\n") !=
              std::string::npos);
        CHECK(sent.find("\r\nContent-Length: " + std::to_string(std::string(row.body).size())) !=
              std::string::npos);
    }
}

TEST_CASE("a fetch is given up when it is told to") {
    asio::io_context io;
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    std::atomic<bool> abandoned{false};
    std::thread peer([&] {
        tcp::socket socket = acceptor.accept();
        abandoned = true;  // and it never answers
        boost::system::error_code error;
        std::string ignored;
        asio::read_until(socket, asio::dynamic_buffer(ignored), "no such octets", error);
    });
    FetchRequest request =
        to("http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/");
    request.timeout = std::chrono::milliseconds(60000);
    request.abandoned = &abandoned;
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(fetch(request).has_value());
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
    peer.join();
}

TEST_CASE("one request is sent as it is told, and the answer kept") {
    OneAnswer server(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n"
        "WWW-Authenticate: Bearer\r\nContent-Length: 2\r\n\r\nhi");
    FetchRequest request = to(server.url("/a?b=c"));
    request.fields = {{"X-Test", "1"}, {"Accept", "text/html"}};
    const auto answer = fetch(request);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 401);
    CHECK(answer->body == "hi");
    CHECK(answer->body_evidence == rules::BodyEvidence::whole);
    CHECK(answer->response_fields.size() == 3);
    CHECK(server.request().starts_with("GET /a?b=c HTTP/1.1\r\n"));
    CHECK(server.request().find("X-Test: 1\r\n") != std::string::npos);
    CHECK(server.request().find("Accept: text/html\r\n") != std::string::npos);
    CHECK(server.request().find("Accept: */*") == std::string::npos);
}

TEST_CASE("a redirect is an answer, not a way to go") {
    OneAnswer server(
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    const auto answer = fetch(to(server.url("/")));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 302);
}

TEST_CASE("a large body is cut, a body that ends early is partial") {
    OneAnswer large("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" +
                    std::string(1000000, 'x'));
    auto answer = fetch(to(large.url("/")));
    REQUIRE(answer.has_value());
    CHECK(answer->body.size() == most_body_octets);
    OneAnswer early("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhi");
    answer = fetch(to(early.url("/")));
    REQUIRE(answer.has_value());
    CHECK(answer->body_evidence == rules::BodyEvidence::partial);
}

TEST_CASE("silence, nonsense and nobody are told apart") {
    OneAnswer silent("");
    FetchRequest request = to(silent.url("/"));
    request.timeout = std::chrono::milliseconds{50};
    auto answer = fetch(request);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().find("no readable answer from http://127.0.0.1:") == 0);
    OneAnswer nonsense("hello\r\n\r\n");
    CHECK_FALSE(fetch(to(nonsense.url("/"))).has_value());
    std::string nobody;
    {
        OneAnswer gone("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        nobody = gone.url("/");
        CHECK(fetch(to(nobody)).has_value());
    }
    answer = fetch(to(nobody));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().find("connection refused") != std::string::npos);
    CHECK_FALSE(fetch(to("ftp://a")).has_value());
}

TEST_CASE("health is what /readyz answers") {
    OneAnswer ready("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const Health up = ask_health({"127.0.0.1", ready.port(), {}});
    CHECK(up.ready);
    CHECK(ready.request().starts_with("GET /readyz HTTP/1.1\r\n"));
    OneAnswer draining("HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n");
    const Health down = ask_health({"0.0.0.0", draining.port(), {}});
    CHECK_FALSE(down.ready);
    CHECK(down.words.find("answered 503") != std::string::npos);
}

}  // namespace
}  // namespace whogoes::tools
