#include "proxy/report/admin.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <list>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace whogoes::report {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

// An admin listener with its control thread, and a blocking client.
class Rig {
public:
    Rig() : work_(asio::make_work_guard(control_)) {
        AdminSources sources;
        sources.ready = [] { return true; };
        sources.metrics = [] { return std::string("x 1\n"); };
        sources.reload = [this] {
            ++reloads;
            return std::string();
        };
        sources.token = "an-admin-token-for-tests";
        sources.agents = [](const AgentQuestion& question) {
            AgentReply reply{200, "\"at once\"", {}};
            if (question.body == "\"slow\"")
                reply.later = [](const std::atomic<bool>& abandoned) {
                    // As a call of a server that never answers, until nobody waits any more.
                    while (!abandoned) std::this_thread::yield();
                    return AgentReply{200, "\"too late\"", {}};
                };
            if (question.body == "\"later\"")
                reply.later = [](const std::atomic<bool>&) {
                    return AgentReply{200, "\"later\"", {}};
                };
            return reply;
        };
        sources.review.kept = &kept;
        sources.review.run = "run1";
        admin_.emplace(control_, "127.0.0.1:0", std::move(sources));
        address = admin_->address();
        thread_ = std::thread([this] { control_.run(); });
    }
    ~Rig() {
        asio::post(control_, [this] { admin_->close(); });
        work_.reset();
        thread_.join();
    }
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    tcp::socket connect() {
        tcp::socket socket(client_);
        const auto port =
            static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
        socket.connect({asio::ip::make_address("127.0.0.1"), port});
        return socket;
    }

    // Sends octets as they are and reads until the listener closes.
    std::string exchange(const std::string& octets) {
        tcp::socket socket = connect();
        boost::system::error_code error;
        asio::write(socket, asio::buffer(octets), error);
        std::string answer;
        asio::read(socket, asio::dynamic_buffer(answer), error);
        return answer;
    }

    // What is there once `words` have come.
    static std::string read_until(tcp::socket& socket, std::string_view words) {
        std::string text;
        asio::read_until(socket, asio::dynamic_buffer(text), words);
        return text;
    }
    void close() {
        asio::post(control_, [this] { admin_->close(); });
    }

    std::string address;
    std::atomic<int> reloads{0};
    RecentEvents kept;

private:
    asio::io_context control_, client_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::optional<Admin> admin_;
    std::thread thread_;
};

const std::string ending = "Host: localhost\r\nConnection: close\r\n\r\n";

TEST_CASE("probes, metrics and reload answer over a socket, with the headers that browsers heed") {
    Rig rig;
    const std::string live = rig.exchange("GET /livez HTTP/1.1\r\n" + ending);
    CHECK(live.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(live.find(
              "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
              "connect-src 'self'; frame-ancestors 'none'\r\n") != std::string::npos);
    CHECK(live.find("X-Content-Type-Options: nosniff\r\n") != std::string::npos);
    CHECK(live.find("Access-Control-") == std::string::npos);
    CHECK(live.ends_with("\r\n\r\nalive\n"));
    CHECK(rig.exchange("GET /metrics HTTP/1.1\r\n" + ending).ends_with("\r\n\r\nx 1\n"));

    const std::string refused =
        rig.exchange("POST /-/reload HTTP/1.1\r\nContent-Length: 0\r\n" + ending);
    CHECK(refused.starts_with("HTTP/1.1 401 "));
    CHECK(refused.find("WWW-Authenticate: Bearer realm=\"whogoes-admin\"\r\n") !=
          std::string::npos);
    CHECK(rig.reloads == 0);
    const std::string done = rig.exchange(
        "POST /-/reload HTTP/1.1\r\nContent-Length: 0\r\n"
        "Authorization: Bearer an-admin-token-for-tests\r\n" +
        ending);
    CHECK(done.starts_with("HTTP/1.1 200 "));
    CHECK(rig.reloads == 1);
}

TEST_CASE("a connection takes several requests, and HEAD has no body") {
    Rig rig;
    const std::string answers = rig.exchange(
        "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
        "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
        "GET /readyz HTTP/1.1\r\n" +
        ending);
    CHECK(answers.find("alive\n") != std::string::npos);
    CHECK(answers.find("x 1\n") == std::string::npos);
    CHECK(answers.find("Content-Length: 4\r\n") != std::string::npos);
    CHECK(answers.ends_with("\r\n\r\nready\n"));
}

TEST_CASE("a rebound name, a large head and garbage are refused") {
    Rig rig;
    CHECK(rig.exchange("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
              .starts_with("HTTP/1.1 403 "));
    CHECK(rig.exchange("GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n")
              .starts_with("HTTP/1.1 400 "));
    CHECK(rig.exchange("GET /livez HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n" + ending)
              .starts_with("HTTP/1.1 431 "));
    CHECK(rig.exchange("nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

std::string mcp_request(const std::string& body) {
    return "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
           "an-admin-token-for-tests\r\nContent-Type: application/json\r\nConnection: "
           "close\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_CASE("an answer that takes a while comes from another thread, and holds nobody up") {
    Rig rig;
    CHECK(rig.exchange(mcp_request("1")).find("\"at once\"") != std::string::npos);
    CHECK(rig.exchange(mcp_request("\"later\"")).find("\"later\"") != std::string::npos);
    // One that never comes: others are answered, and the listener ends all the same.
    tcp::socket waiting = rig.connect();
    asio::write(waiting, asio::buffer(mcp_request("\"slow\"")));
    CHECK(rig.exchange(mcp_request("1")).find("\"at once\"") != std::string::npos);
    CHECK(rig.exchange("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
              .find("alive") != std::string::npos);
}

TEST_CASE("beyond its most connections the next one waits for a place") {
    Rig rig;
    std::list<tcp::socket> idle;
    for (int i = 0; i < 64; ++i) idle.push_back(rig.connect());
    auto late = std::async(std::launch::async,
                           [&] { return rig.exchange("GET /livez HTTP/1.1\r\n" + ending); });
    idle.clear();
    CHECK(late.get().starts_with("HTTP/1.1 200 "));
}

const std::string ask_for_stream =
    "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n"
    "Authorization: Bearer an-admin-token-for-tests\r\n";

TEST_CASE("a stream goes on until its reader or the listener ends it") {
    Rig rig;
    tcp::socket socket = rig.connect();
    asio::write(socket, asio::buffer(ask_for_stream + "\r\n"));
    const std::string head = Rig::read_until(socket, "\"state\":\"ready\"}\n\n");
    CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(head.find("Cache-Control: no-store\r\n") != std::string::npos);
    CHECK(head.find("Content-Length") == std::string::npos);
    rig.kept.keep("{\"id\":\"A\"}\n");
    CHECK(Rig::read_until(socket, "\n\n") == "id: run1-1\ndata: {\"id\":\"A\"}\n\n");

    tcp::socket resumed = rig.connect();
    asio::write(resumed, asio::buffer(ask_for_stream + "Last-Event-ID: run0-7\r\n\r\n"));
    CHECK(Rig::read_until(resumed, "\"A\"}\n\n").find("id: run1-1\n") != std::string::npos);

    rig.close();
    boost::system::error_code error;
    std::string rest;
    asio::read(socket, asio::dynamic_buffer(rest), error);
    CHECK(error == asio::error::eof);
}

TEST_CASE("there are only so many streams, and one that ends makes room") {
    Rig rig;
    std::list<tcp::socket> open;
    for (int i = 0; i < 16; ++i) {
        open.push_back(rig.connect());
        asio::write(open.back(), asio::buffer(ask_for_stream + "\r\n"));
        Rig::read_until(open.back(), "}\n\n");
    }
    CHECK(rig.exchange(ask_for_stream + "Connection: close\r\n\r\n").starts_with("HTTP/1.1 503 "));
    CHECK(rig.exchange("GET /livez HTTP/1.1\r\n" + ending).starts_with("HTTP/1.1 200 "));
    open.pop_front();
    std::string first;
    do {
        tcp::socket socket = rig.connect();
        asio::write(socket, asio::buffer(ask_for_stream + "\r\n"));
        first = Rig::read_until(socket, "\r\n");
    } while (first.starts_with("HTTP/1.1 503 "));
    CHECK(first.starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a reader that takes nothing holds nobody up") {
    Rig rig;
    tcp::socket idle = rig.connect();
    asio::write(idle, asio::buffer(ask_for_stream + "\r\n"));
    Rig::read_until(idle, "}\n\n");
    const std::string line = "{\"id\":\"" + std::string(8000, 'x') + "\"}\n";
    for (int i = 0; i < 2000; ++i) rig.kept.keep(line);
    CHECK(rig.exchange("GET /livez HTTP/1.1\r\n" + ending).starts_with("HTTP/1.1 200 "));
    rig.kept.keep("{\"id\":\"last\"}\n");
    CHECK(Rig::read_until(idle, "last").find("event: gap\ndata: {\"lost\":") != std::string::npos);
}

TEST_CASE("HEAD of a stream is its head") {
    Rig rig;
    const std::string head =
        rig.exchange("HEAD" + ask_for_stream.substr(3) + "Connection: close\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 200 "));
    CHECK(head.ends_with("\r\n\r\n"));
}

TEST_CASE("an address that cannot be listened on is named") {
    asio::io_context context;
    for (const char* address : {"192.0.2.1:1", "nonsense", "127.0.0.1:x", "127.0.0.1:70000"}) {
        CAPTURE(address);
        try {
            Admin admin(context, address, {});
            FAIL("listens");
        } catch (const std::system_error& error) {
            CHECK(std::string(error.what()).find(address) != std::string::npos);
        }
    }
    Admin six(context, "[::1]:0", {});
    CHECK(six.address().starts_with("[::1]:"));
}

}  // namespace
}  // namespace whogoes::report
