#include "proxy/tools/lint.hpp"

#include "tests/tools/common.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace whogoes::tools {
namespace {

namespace json = boost::json;

Linted linted(const std::string& text, LintRequest request = {}) {
    const Recording recording = read_transcript(text);
    REQUIRE(recording.has_value());
    return lint_recorded(*recording, request, now);
}

// A port that was the system's choice, and that nobody listens on any more.
std::string closed_url() {
    boost::asio::io_context io;
    const boost::asio::ip::tcp::acceptor acceptor(io,
                                                  {boost::asio::ip::make_address("127.0.0.1"), 0});
    return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
}

TEST_CASE("a 401 without a challenge is an error, one with a good challenge is not") {
    const Linted bare = linted("HTTP/1.1 401 Unauthorized\r\n\r\n");
    CHECK(bare.exit_code == 1);
    CHECK(bare.text.starts_with("401, its request unseen\n"));
    CHECK(bare.text.find("error    unauthorized-without-challenge: ") != std::string::npos);
    CHECK(bare.text.find("RFC 9110") != std::string::npos);
    CHECK(bare.text.find("The request is not in the input") != std::string::npos);
    CHECK(bare.text.find("1 answer: 1 error, ") != std::string::npos);
    CHECK(bare.text.ends_with("; status 401\n"));

    const Linted good = linted(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"api\"\r\n"
        "Content-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: 2\r\n\r\n{}");
    CHECK(good.exit_code == 0);
    CHECK(good.text.find("1 answer: 0 errors, ") != std::string::npos);
}

TEST_CASE("a challenge that breaks real clients names them") {
    const Linted out = linted("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n\r\n");
    CHECK(out.text.find("  clients  ") != std::string::npos);
    CHECK(out.text.find("svn") != std::string::npos);
}

TEST_CASE("fail-on decides what makes it fail") {
    const std::string bare = "HTTP/1.1 401 Unauthorized\r\n\r\n";
    const struct {
        std::vector<std::string> fail_on;
        int exit_code;
    } rows[] = {
        {{}, 1},
        {{"none"}, 0},
        {{"error"}, 1},
        {{"info"}, 1},
        {{"unauthorized-without-challenge"}, 1},
        {{"token-expired"}, 0},
        {{"token-expired,no-credentials"}, 0},
        {{"no-such-rule"}, 2},
    };
    for (const auto& row : rows) {
        CAPTURE(row.fail_on.empty() ? std::string() : row.fail_on.front());
        LintRequest request;
        request.fail_on = row.fail_on;
        CHECK(linted(bare, request).exit_code == row.exit_code);
    }
}

TEST_CASE("a recording is judged as a whole, equal findings once") {
    std::string text;
    for (int i = 0; i < 3; ++i)
        text += "GET /a HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
    const Linted out = linted(text);
    CHECK(out.text.starts_with("401 GET /a ×3\n"));
    CHECK(out.text.find("3 answers: 3 errors, ") != std::string::npos);
    CHECK(out.text.find("The request is not in the input") == std::string::npos);
}

TEST_CASE("of a request that nobody saw, no cause is named") {
    const std::string answer = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
    const Linted alone = linted(answer);
    CHECK(alone.text.find("  cause  ") == std::string::npos);
    CHECK(alone.text.find("no cause is named") != std::string::npos);
    const Linted whole = linted("GET /a HTTP/1.1\r\nHost: a\r\n\r\n" + answer);
    CHECK(whole.text.find("  cause    no-credentials ") != std::string::npos);
    LintRequest request;
    request.form = LintForm::json;
    const json::object root = json::parse(linted(answer, request).text).as_object();
    CHECK_FALSE(root.at("requests_seen").as_bool());
    const json::object& one = root.at("exchanges").as_array().at(0).as_object();
    CHECK(one.at("cause").is_null());
    CHECK(one.at("also").as_array().empty());
    CHECK(one.at("verdict").as_string() == "unknown");
}

TEST_CASE("a refused call is explained, wherever its answer has the status") {
    const std::string request =
        "POST /orders.v1.Orders/List HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\n\r\n";
    const std::string head = "HTTP/2 200 \r\ncontent-type: application/grpc\r\n";
    const std::string status = "grpc-status: 16\r\ngrpc-message: token%20has%20expired\r\n";
    const std::string message("\0\0\0\0\2hi", 7);
    for (const std::string& answer :
         {head + status + "\r\n", head + "\r\n" + message + status + "\r\n",
          "HTTP/2 200 \r\ncontent-type: application/grpc-web\r\n\r\n" + message +
              std::string("\x80\0\0\0\x36", 5) + status}) {
        CAPTURE(answer);
        const Linted out = linted(request + answer);
        CHECK(out.text.starts_with(
            "200 POST /orders.v1.Orders/List, gRPC status 16 (unauthenticated)\n"));
        CHECK(out.text.find("  cause    no-credentials (certain): ") != std::string::npos);
        CHECK(out.exit_code == 0);
    }
    CHECK(linted(request + head + "\r\n" + message + "grpc-status: 0\r\n")
              .text.starts_with("1 answer: 0 errors"));
    const std::string connect =
        "POST /orders.v1.Orders/List HTTP/1.1\r\nHost: a\r\n"
        "Content-Type: application/connect+json\r\n\r\n";
    const Linted stream =
        linted(connect + "HTTP/1.1 200 OK\r\nContent-Type: application/connect+json\r\n\r\n" +
               std::string("\2\0\0\0\x24", 5) + R"({"error":{"code":"unauthenticated"}})");
    CHECK(stream.text.starts_with("200 POST /orders.v1.Orders/List, Connect: unauthenticated\n"));
}

TEST_CASE("an answer that was asked for is shown, and one without a login is no success") {
    const struct {
        int status;
        std::vector<std::string> fail_on;
        int exit_code;
    } rows[] = {{404, {}, 1},       {503, {}, 1}, {410, {"basic-realm-missing"}, 1},
                {404, {"none"}, 0}, {200, {}, 0}, {302, {}, 0}};
    for (const auto& row : rows) {
        CAPTURE(row.status);
        Recorded recorded;
        recorded.target = "/typo";
        recorded.status = row.status;
        recorded.request_known = recorded.fetched = true;
        LintRequest request;
        request.fail_on = row.fail_on;
        const Linted out = lint_recorded({recorded}, request, now);
        CHECK(out.exit_code == row.exit_code);
        CHECK(out.text.starts_with(std::to_string(row.status) + " GET /typo\n"));
        CHECK(out.text.ends_with("; status " + std::to_string(row.status) + "\n"));
    }
}

TEST_CASE("how far it is, is told") {
    std::vector<std::uint64_t> told;
    LintRequest request;
    request.progress = [&](std::uint64_t done, std::uint64_t of) {
        told.push_back(done);
        CHECK(of == 2);
    };
    linted("HTTP/1.1 401 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", request);
    CHECK(told == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("JSON holds the same, and nothing secret") {
    LintRequest request;
    request.form = LintForm::json;
    const Linted out = linted(
        "GET /v1?access_token=Hunter-2-Hunter-2 HTTP/1.1\r\nHost: a\r\nCookie: "
        "sid=Hunter-2-Hunter-2\r\n"
        "Authorization: Bearer Hunter-2-Hunter-2\r\n\r\n"
        "HTTP/1.1 401 No\r\nContent-Type: text/plain\r\n\r\nbad token Hunter-2-Hunter-2",
        request);
    CHECK(out.text.find("Hunter-2") == std::string::npos);
    const json::object root = json::parse(out.text).as_object();
    CHECK(root.at("answers").as_int64() == 1);
    CHECK(root.at("failed").as_bool());
    const json::object& one = root.at("exchanges").as_array().at(0).as_object();
    CHECK(one.at("status").as_int64() == 401);
    CHECK(one.at("path").as_string() == "/v1");
    REQUIRE_FALSE(one.at("violations").as_array().empty());
    const json::object& broken = one.at("violations").as_array().at(0).as_object();
    CHECK(broken.at("docs").as_string() ==
          "rules/CATALOGUE.md#" + std::string(broken.at("id").as_string()));
}

TEST_CASE("input is a file of either kind, or the reason why not") {
    const std::string folder = std::filesystem::temp_directory_path() /
                               ("whogoes-lint-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto lint_file = [&](const std::string& text, std::vector<std::string> headers = {}) {
        std::ofstream(folder + "/input") << text;
        LintRequest request;
        request.inputs = {folder + "/input"};
        request.headers = std::move(headers);
        return lint(request, now);
    };
    CHECK(lint_file("HTTP/1.1 401 No\r\n\r\n").exit_code == 1);
    CHECK(lint_file(
              R"({"log":{"entries":[{"request":{"url":"http://a/"},"response":{"status":401}}]}})")
              .exit_code == 1);
    CHECK(lint_file("hello").error ==
          folder +
              "/input line 1 is neither a status line nor a request line: "
              "pipe in what `curl -si URL` prints");
    CHECK(lint_file("HTTP/1.1 401 No\r\n\r\n", {"Authorization"}).error ==
          "-H takes a header field, as in 'Accept: application/json'");
    const Linted told = lint_file("HTTP/1.1 401 No\r\n\r\n", {"Authorization: Bearer undefined"});
    CHECK(told.text.find("placeholder-token") != std::string::npos);
    CHECK(told.text.find("The request is not in the input") == std::string::npos);
    LintRequest request;
    request.inputs = {folder};
    CHECK(lint(request, now).error == folder + " is a folder: name a .har file");
    request.inputs = {folder + "/none"};
    CHECK(lint(request, now).error.starts_with("cannot read " + folder + "/none: No such file"));
    std::ofstream(folder + "/other") << "HTTP/1.1 200 OK\r\n\r\n";
    request.inputs = {folder + "/input", folder + "/other"};
    CHECK(lint(request, now).text.find("2 answers: ") != std::string::npos);
    const std::string url = closed_url();
    request.inputs = {url};
    const Linted unreachable = lint(request, now);
    CHECK(unreachable.exit_code == 3);
    CHECK(unreachable.error == "cannot reach " + url + ": connection refused");
    request.inputs = {url, folder + "/input"};
    const Linted others = lint(request, now);
    CHECK(others.exit_code == 3);
    CHECK(others.error == unreachable.error);
    CHECK(others.text.find("1 answer: ") != std::string::npos);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace whogoes::tools
