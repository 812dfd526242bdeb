#include "proxy/renew/token_answer.hpp"

#include "proxy/renew/token_file.hpp"
#include "proxy/renew/token_request.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

// What is asked of a token endpoint, what its answers mean, and where a rotated token is kept.
namespace whogoes::renew {
namespace {

using Kind = TokenAnswer::Kind;

const rules::TimePoint now{std::chrono::seconds(1795438284)};

TokenAnswer answer_to(int status, std::string body,
                      settings::Grant grant = settings::Grant::refresh_token,
                      std::string retry_after = "") {
    upstream::Fetched fetched;
    fetched.status = status;
    fetched.body = std::move(body);
    if (!retry_after.empty()) fetched.fields.emplace_back("retry-after", retry_after);
    TokenAnswer answer = read_token_answer(fetched, grant, now);
    CHECK(fetched.body.empty());
    return answer;
}

TEST_CASE("an answer is good, final, a fault of the configuration, or for later") {
    const struct {
        const char* given;
        int status;
        const char* body;
        Kind user;     // with a refresh token
        Kind machine;  // with client_credentials
    } rows[] = {
        {"a token", 200, R"({"access_token":"n1"})", Kind::renewed, Kind::renewed},
        {"of type bearer", 200, R"({"access_token":"n1","token_type":"bearer"})", Kind::renewed,
         Kind::renewed},
        {"created", 201, R"({"access_token":"n1"})", Kind::renewed, Kind::renewed},
        {"of another type", 200, R"({"access_token":"n1","token_type":"DPoP"})",
         Kind::client_rejected, Kind::client_rejected},
        {"no token", 200, R"({"token":"n1"})", Kind::later, Kind::later},
        {"a token that no field can hold", 200, R"({"access_token":"n1\r\nX-Evil: 1"})",
         Kind::later, Kind::later},
        {"no JSON", 200, "<html>", Kind::later, Kind::later},
        {"no object", 200, "[1]", Kind::later, Kind::later},
        {"spent", 400, R"({"error":"invalid_grant"})", Kind::session_over, Kind::client_rejected},
        {"spent, as 401", 401, R"({"error":"invalid_grant"})", Kind::session_over,
         Kind::client_rejected},
        {"401 without a word", 401, "", Kind::session_over, Kind::client_rejected},
        {"401 in words of its own", 401, R"({"message":"no"})", Kind::session_over,
         Kind::client_rejected},
        {"client unknown", 401, R"({"error":"invalid_client"})", Kind::client_rejected,
         Kind::client_rejected},
        {"client unknown, as 400", 400, R"({"error":"invalid_client"})", Kind::client_rejected,
         Kind::client_rejected},
        {"client not allowed", 400, R"({"error":"unauthorized_client"})", Kind::client_rejected,
         Kind::client_rejected},
        {"scope", 400, R"({"error":"invalid_scope"})", Kind::client_rejected,
         Kind::client_rejected},
        {"another 400", 400, R"({"error":"invalid_request"})", Kind::client_rejected,
         Kind::client_rejected},
        {"throttled", 429, "", Kind::later, Kind::later},
        {"down", 503, R"({"error":"invalid_grant"})", Kind::later, Kind::later},
        {"moved", 302, "", Kind::later, Kind::later},
        {"nothing there", 404, "", Kind::later, Kind::later},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        CHECK(answer_to(row.status, row.body).kind == row.user);
        CHECK(answer_to(row.status, row.body, settings::Grant::client_credentials).kind ==
              row.machine);
    }
}

TEST_CASE("no answer is for later, and says why") {
    upstream::Fetched fetched;
    fetched.error = "did not answer within 10 ms";
    const TokenAnswer answer = read_token_answer(fetched, settings::Grant::refresh_token, now);
    CHECK(answer.kind == Kind::later);
    CHECK(answer.words == "did not answer within 10 ms");
}

TEST_CASE("a lifetime is what the endpoint says, else what the token says") {
    const auto lifetime = [](std::string body) { return answer_to(200, std::move(body)).lifetime; };
    CHECK(lifetime(R"({"access_token":"n1","expires_in":300})") == std::chrono::seconds(300));
    CHECK(lifetime(R"({"access_token":"n1","expires_in":"300"})") == std::chrono::seconds(300));
    CHECK(lifetime(R"({"access_token":"n1","expires_in":3.9e2})") == std::chrono::seconds(390));
    CHECK_FALSE(lifetime(R"({"access_token":"n1","expires_in":-1})").has_value());
    CHECK_FALSE(lifetime(R"({"access_token":"n1","expires_in":1e300})").has_value());
    CHECK_FALSE(lifetime(R"({"access_token":"n1"})").has_value());
    // {"alg":"HS256"}.{"exp":1795438344}
    CHECK(lifetime(R"({"access_token":"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTU0MzgzNDR9.)"
                   R"(AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})") == std::chrono::seconds(60));
}

TEST_CASE("Retry-After is seconds or a date, and an hour at most") {
    const auto wait = [](std::string text) {
        return answer_to(503, "", settings::Grant::refresh_token, std::move(text)).retry_after;
    };
    CHECK(wait("30") == std::chrono::seconds(30));
    CHECK(wait("99999") == std::chrono::seconds(3600));
    CHECK(wait("99999999999999999999") == std::chrono::seconds(3600));
    CHECK(wait("Mon, 23 Nov 2026 12:51:44 GMT") == std::chrono::seconds(20));
    CHECK(wait("Mon, 23 Nov 2026 12:51:04 GMT") == std::chrono::seconds(0));
    CHECK_FALSE(wait("soon").has_value());
}

TEST_CASE("an error code is told, but not what might be an echo") {
    CHECK(answer_to(400, R"({"error":"invalid_grant"})").words == "answered 400 invalid_grant");
    CHECK(answer_to(400, R"({"error":"RT-canary-1"})").words == "answered 400");
}

TEST_CASE("the request of each grant and kind of client") {
    settings::RefreshSettings block;
    block.token_endpoint = *upstream::parse_fetch_url("https://id.example/token");
    const auto body = [&](std::string_view token) {
        return std::string(token_request(block, net::Secret(token)).body.reveal());
    };
    CHECK(body("rt/1+2") == "grant_type=refresh_token&refresh_token=rt%2F1%2B2");
    block.client_id = "dev";
    block.scope = "a b";
    block.resource = "https://api.example";
    CHECK(body("r") ==
          "grant_type=refresh_token&refresh_token=r&scope=a+b&"
          "resource=https%3A%2F%2Fapi.example&client_id=dev");
    block.scope = block.resource = "";
    block.client_secret = net::Secret("p:ss");
    CHECK(body("r") == "grant_type=refresh_token&refresh_token=r");
    // RFC 6749, 2.3.1: base64 of "dev:p%3Ass"
    CHECK(token_request(block, net::Secret("r")).authorization.reveal() ==
          "Basic ZGV2OnAlM0Fzcw==");
    block.authentication = settings::ClientAuthentication::post;
    block.grant = settings::Grant::client_credentials;
    CHECK(body("") == "grant_type=client_credentials&client_id=dev&client_secret=p%3Ass");
    CHECK(token_request(block, {}).authorization.empty());
    CHECK(token_request(block, {}).method == "POST");
}

TEST_CASE("only plain http and https URLs are fetched") {
    const auto target = [](std::string_view url) {
        const auto parsed = upstream::parse_fetch_url(url);
        return parsed ? parsed->host + " " + parsed->port + " " + parsed->target : "";
    };
    CHECK(target("https://id.example") == "id.example 443 /");
    CHECK(target("HTTP://id.example:81/t?x=1#f") == "id.example 81 /t?x=1");
    CHECK(target("http://[::1]:81?x") == "::1 81 /?x");
    for (const char* bad :
         {"", "id.example", "ftp://id.example", "https://", "https:///t", "https://u:p@id.example/",
          "http://id.example:port/", "http://id.example:0/", "http://id.example:65536/",
          "http://::1/", "http://a b/", "http://id.example/\r\n"}) {
        CAPTURE(bad);
        CHECK(target(bad) == "");
    }
}

TEST_CASE("a stored token replaces the file whole, and nobody else may read it") {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("whogoes-store-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder / "real");
    const std::string real = (folder / "real/token").string();
    const std::string link = (folder / "token").string();
    std::ofstream(real) << "an older and longer one\n";
    ::chmod(real.c_str(), 0644);
    std::filesystem::create_symlink(real, link);

    CHECK(store_token(link, "rt-2") == "");
    std::ifstream file(real);
    CHECK(std::string{std::istreambuf_iterator<char>(file), {}} == "rt-2\n");
    CHECK(std::filesystem::is_symlink(link));
    struct stat state {};
    REQUIRE(::stat(real.c_str(), &state) == 0);
    CHECK((state.st_mode & 0777) == 0600);
    CHECK(std::distance(std::filesystem::directory_iterator(folder / "real"), {}) == 1);

    const std::string flaw = store_token((folder / "nowhere/token").string(), "rt-canary");
    CHECK(flaw.find("nowhere") != std::string::npos);
    CHECK(flaw.find("canary") == std::string::npos);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace whogoes::renew
