#include "proxy/tools/lint.hpp"
#include "tests/tools/common.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

// `whogoes lint --openapi`: what a description has is asked for, and held against it.
namespace whogoes::tools {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using asio::ip::tcp;

// Answers so many requests by their first line, 404 where nobody said how, and keeps those lines.
class Api {
public:
    Api(std::size_t requests, std::map<std::string, std::string> answers)
        : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
          thread_([this, requests, answers = std::move(answers)] {
              for (std::size_t i = 0; i < requests; ++i) {
                  boost::system::error_code error;
                  tcp::socket socket = acceptor_.accept(error);
                  std::string head;
                  asio::read_until(socket, asio::dynamic_buffer(head), "\r\n\r\n", error);
                  asked.push_back(head.substr(0, head.find(" HTTP/")));
                  const auto found = answers.find(asked.back());
                  const std::string answer =
                      found != answers.end() ? found->second : "HTTP/1.1 404 Not Found\r\n";
                  asio::write(socket, asio::buffer(answer + "Content-Length: 0\r\n\r\n"), error);
              }
          }) {}
    ~Api() { finish(); }
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    std::string url(const std::string& path = "") const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
    }
    void finish() {
        if (thread_.joinable()) thread_.join();
    }

    std::vector<std::string> asked;

private:
    asio::io_context io_;
    tcp::acceptor acceptor_;
    std::thread thread_;
};

constexpr const char* description = R"(openapi: 3.1.0
servers: [{url: /v1}]
security: [{bearer: []}]
paths:
  /orders: {get: {}, post: {}}
  /orders/{id}: {get: {parameters: [{name: id, in: path, example: 17}]}}
  /reports: {get: {security: [{basic: []}]}}
  /health: {get: {security: []}}
  /leak: {get: {}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    basic: {type: http, scheme: basic}
)";

LintRequest about(const std::string& url) {
    LintRequest request;
    request.inputs = {url};
    request.openapi =
        std::make_shared<const openapi::Document>(openapi::read_document(description, "api.yaml"));
    request.ask_operations = true;
    request.form = LintForm::json;
    return request;
}

const std::string right = "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"a\"\r\n";

TEST_CASE("each operation is asked without a credential, and held against the description") {
    Api api(5, {{"GET /v1/orders", right},
                {"GET /v1/orders/17", "HTTP/1.1 404 Not Found\r\n"},
                {"GET /v1/reports", right},
                {"GET /v1/health", right},
                {"GET /v1/leak", "HTTP/1.1 200 OK\r\n"}});
    const Linted linted = lint(about(api.url()), now);
    api.finish();
    CHECK(linted.error == "");
    CHECK(api.asked == std::vector<std::string>{"GET /v1/orders", "GET /v1/orders/17",
                                                "GET /v1/reports", "GET /v1/health",
                                                "GET /v1/leak"});
    CHECK(linted.exit_code == 1);
    std::map<std::string, std::string> found;
    const json::value told = json::parse(linted.text);
    for (const json::value& one : told.at("exchanges").as_array()) {
        CHECK(one.at("cause").is_null());
        for (const json::value& broken : one.at("violations").as_array())
            if (std::string_view(broken.at("id").as_string()).starts_with("documented-"))
                found[std::string(one.at("path").as_string())] = broken.at("id").as_string();
    }
    CHECK(found ==
          std::map<std::string, std::string>{{"/v1/reports", "documented-scheme-not-offered"},
                                             {"/v1/health", "documented-open-refused"},
                                             {"/v1/leak", "documented-security-missing"}});
}

TEST_CASE("other methods are asked where that is wished for, below the URL's own path") {
    Api api(6, {{"POST /gateway/orders", right}});
    LintRequest request = about(api.url("/gateway/"));
    request.all_methods = true;
    request.fail_on = {"error"};
    const Linted linted = lint(request, now);
    api.finish();
    CHECK(api.asked.size() == 6);
    CHECK(api.asked[1] == "POST /gateway/orders");
    // A 404 tells nothing of a path whose parameters were made up.
    CHECK(linted.exit_code == 0);
}

TEST_CASE("a description speaks of recordings, too, and of causes there") {
    const Recording recording = read_transcript(
        "GET /v1/orders HTTP/1.1\r\nHost: a\r\nX-API-Key: abcdefgh\r\n\r\n"
        "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(recording.has_value());
    LintRequest request = about("");
    const std::string told = lint_recorded(*recording, request, now).text;
    CHECK(told.find("not-as-documented") != std::string::npos);
    CHECK(told.find("the description asks for Bearer on GET /orders") != std::string::npos);
    request.openapi.reset();
    CHECK(lint_recorded(*recording, request, now).text.find("documented") == std::string::npos);
}

}  // namespace
}  // namespace whogoes::tools
