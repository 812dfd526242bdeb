#include "proxy/report/export.hpp"

#include "given.hpp"
#include "proxy/report/record.hpp"
#include "proxy/report/record_view.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <cstdio>
#include <string>

namespace whogoes::report {
namespace {

std::string line_of(const AuthEvent& event) {
    std::string line;
    TimeText times;
    append_record(line, event, times);
    return line;
}

AuthEvent exported_event() {
    Given given;
    given.query = "page=2";
    given.request = {{"Authorization", "Bearer " + std::string(fake_jwt)},
                     {"Accept", "application/json"},
                     {"Cookie", "sid=0123456789abcdef"}};
    given.response = {{"Content-Type", "application/json"}};
    rules::Diagnosis diagnosis = diagnosed(expired, "exp is 852 s in the past");
    diagnosis.violations.push_back({&without_challenge, {}});
    rules::Remedy remedy;
    remedy.challenges = {"Bearer realm=\"api\", error=\"invalid_token\""};
    AuthEvent event = described(given, diagnosis, remedy);
    event.id = "01JDC4M7Q2Z6";
    event.duration_ms = 14.2;
    event.upstream_ms = 12;
    return event;
}

// What a shell makes of a command: its words.
std::vector<std::string> words_of_shell(const std::string& command) {
    const std::string script =
        "TOKEN=t0; COOKIE=c0; X_CSRF_TOKEN=x0; curl() { printf '%s\\036' \"$@\"; }; " + command;
    std::string quoted = "'";
    for (const char c : script) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    std::FILE* const pipe = ::popen(("sh -c " + quoted + "'").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string out;
    char piece[512];
    while (const std::size_t n = std::fread(piece, 1, sizeof piece, pipe)) out.append(piece, n);
    CHECK(::pclose(pipe) == 0);
    std::vector<std::string> words;
    for (std::size_t at = 0; at < out.size();) {
        const std::size_t end = out.find('\x1e', at);
        words.push_back(out.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

TEST_CASE("a record reads back by the names of its fields, and a broken line is absent") {
    const RecordView record(line_of(exported_event()));
    CHECK(record.readable());
    CHECK(record.is_exchange());
    CHECK(record.text("http.request.method") == "GET");
    CHECK(record.integer("http.response.status_code") == 401);
    CHECK(record.number("duration_ms") == 14.2);
    CHECK(record.texts("auth.rules").size() == 1);
    CHECK(record.time() == Given::noon);
    CHECK(record.text("http.request") == "");
    CHECK(record.text("nothing.at.all") == "");
    for (const char* line : {"", "{", "[1]", "null", "{\"time\":1}\n", "\xff", "{}{}"}) {
        CAPTURE(line);
        const RecordView broken(line);
        CHECK(broken.text("time") == "");
        CHECK_FALSE(broken.is_exchange());
        CHECK_FALSE(broken.time());
        CHECK(curl_command(line) == "");
        std::string har = har_begin("0.1.0");
        CHECK_FALSE(append_har_entry(har, line));
        CHECK(har == har_begin("0.1.0"));
    }
    CHECK_FALSE(RecordView(std::string(100, '[')).readable());
}

TEST_CASE("a record's time is read with and without a fraction") {
    using namespace std::chrono;
    CHECK(parse_record_time("2026-11-23T12:51:24.318Z") == Given::noon);
    CHECK(parse_record_time("2026-11-23T12:51:24Z") == Given::noon - milliseconds(318));
    CHECK(parse_record_time("2026-11-23T12:51:24.3184Z") == Given::noon);
    for (const char* text : {"", "2026-11-23", "2026-13-23T12:51:24Z", "2026-11-23T25:51:24Z",
                             "2026-11-23T12:51:24", "2026-11-23T12:51:24.Z", "2026-11-23 12:51:24Z",
                             "2026-11-23T12:51:24.3x8Z", "-026-11-23T12:51:24Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_record_time(text));
    }
}

TEST_CASE("curl gets the request with a variable for its token") {
    CHECK(curl_command(line_of(exported_event())) ==
          "curl -i -H \"Authorization: Bearer $TOKEN\" -H 'accept: application/json' "
          "-H \"Cookie: $COOKIE\" 'http://127.0.0.1:8401/v1/orders?page=2'");
    CHECK(curl_command(line_of(exported_event()), "http://[::1]:9").starts_with("curl -i -g "));
}

TEST_CASE("what is exported goes where the client went") {
    const struct {
        const char* origin;
        const char* url;
    } rows[] = {
        {"http://localhost:9000", "'http://localhost:9000/v1/orders'"},
        {"https://api.example", "'https://api.example/v1/orders'"},
        {"http://[::1]:8401", "'http://[::1]:8401/v1/orders'"},
        {"http://a'$(id)", "'http://127.0.0.1:8401/v1/orders'"},
        {"", "'http://127.0.0.1:8401/v1/orders'"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.origin);
        Given given;
        given.origin = row.origin;
        const std::string line = line_of(described(given, diagnosed(nothing_sent)));
        CHECK(curl_command(line).ends_with(row.url));
        std::string har;
        append_har_entry(har, line);
        const std::string url(row.url + 1, std::string_view(row.url).size() - 2);
        CHECK(har.find("\"url\":\"" + url + "\"") != std::string::npos);
    }
}

TEST_CASE("wherever the token came from, curl's words are those that were sent") {
    struct {
        Given given;
        std::vector<std::string> words;
    } const cases[] = {
        {{}, {"-i", "http://127.0.0.1:8401/v1/orders"}},
        {{.method = "HEAD"}, {"-I", "http://127.0.0.1:8401/v1/orders"}},
        {{.query = "a=1&access_token=0123456789abcdef"},
         {"-i", "http://127.0.0.1:8401/v1/orders?a=1&access_token=t0"}},
        {{.request = {{"X-API-Key", "0123456789abcdef"}}},
         {"-i", "-H", "x-api-key: t0", "http://127.0.0.1:8401/v1/orders"}},
        {{.request = {{"Authorization", "Token 0123456789abcdef"},
                      {"X-CSRF-Token", "0123456789abcdef"}}},
         {"-i", "-H", "Authorization: Token t0", "-H", "x-csrf-token: x0",
          "http://127.0.0.1:8401/v1/orders"}},
        {{.method = "POST", .request = {{"Content-Length", "2"}, {"Content-Type", "text/plain"}}},
         {"-i", "-X", "POST", "-H", "content-type: text/plain", "--data-binary", "@body",
          "http://127.0.0.1:8401/v1/orders"}},
        {{.path = "/it's/$(id)/`id`/\"x\"\\"},
         {"-i", "http://127.0.0.1:8401/it%27s/$(id)/%60id%60/%22x%22%5C"}},
        {{.request = {{"Accept", "a'; touch /tmp/x; '$HOME`id`"}}},
         {"-i", "-H", "accept: a'; touch /tmp/x; '$HOME`id`", "http://127.0.0.1:8401/v1/orders"}},
        {{.path = "/\x1b[201~\n\xe2\x80\xae"},
         {"-i", "-g", "http://127.0.0.1:8401/%1B[201~%0A%E2%80%AE"}},
        {{.request = {{"Accept", "a\x1b[201~\n"}}}, {"-i", "http://127.0.0.1:8401/v1/orders"}},
    };
    for (const auto& row : cases) {
        const std::string command =
            curl_command(line_of(described(row.given, diagnosed(nothing_sent))));
        CAPTURE(command);
        CHECK(words_of_shell(command) == row.words);
    }
}

TEST_CASE("an entry of an HTTP archive has what the format asks for, and no secret") {
    std::string har = har_begin("0.1.0");
    CHECK(append_har_entry(har, line_of(exported_event())));
    AuthEvent started;
    started.kind = EventKind::lifecycle;
    started.message = "started";
    CHECK_FALSE(append_har_entry(har, line_of(started)));
    CHECK(append_har_entry(har, line_of(exported_event())));
    har += har_end();
    CHECK(har.find(std::string(fake_jwt).substr(0, 20)) == std::string::npos);
    const auto log = boost::json::parse(har).at("log");
    CHECK(log.at("version").as_string() == "1.2");
    CHECK(log.at("creator").at("version").as_string() == "0.1.0");
    REQUIRE(log.at("entries").as_array().size() == 2);
    const auto entry = log.at("entries").at(0);
    CHECK(entry.at("startedDateTime").as_string() == "2026-11-23T12:51:24.306Z");
    CHECK(entry.at("time").as_double() == 14.2);
    CHECK(entry.at("request").at("url").as_string() == "http://127.0.0.1:8401/v1/orders?page=2");
    CHECK(entry.at("request").at("queryString").at(0).at("name").as_string() == "page");
    CHECK(entry.at("response").at("status").as_int64() == 401);
    CHECK(entry.at("response").at("statusText").as_string() == "Unauthorized");
    CHECK(entry.at("response").at("content").at("mimeType").as_string() == "application/json");
    CHECK(entry.at("timings").at("wait").as_int64() == 12);
    CHECK(entry.at("_whogoes").at("auth").at("cause").as_string() == "token-expired");
    std::string sent, got;
    for (const auto& line : entry.at("request").at("headers").as_array())
        sent += boost::json::serialize(line);
    for (const auto& line : entry.at("response").at("headers").as_array())
        got += boost::json::serialize(line);
    CHECK(sent.find("Bearer REDACTED") != std::string::npos);
    CHECK(got.find("invalid_token") != std::string::npos);
}

TEST_CASE("a call is exported with its service, its method and its status") {
    AuthEvent event = exported_event();
    event.status = event.upstream_status = 200;
    event.path = "/orders.v1.Orders/List";
    event.rpc = {"grpc", "orders.v1.Orders", "List", 16};
    std::string har = har_begin("0.1.0");
    CHECK(append_har_entry(har, line_of(event)));
    const auto entry = boost::json::parse(har + std::string(har_end())).at("log").at("entries");
    const auto rpc = entry.at(0).at("_whogoes").at("rpc");
    CHECK(rpc.at("service").as_string() == "orders.v1.Orders");
    CHECK(rpc.at("method").as_string() == "List");
    CHECK(rpc.at("grpc").at("status_code").as_int64() == 16);
    CHECK(har.find(R"({"name":"grpc-status","value":"16"})") != std::string::npos);
    CHECK(markdown_card(line_of(event)).find("grpc-status: 16\n") != std::string::npos);
}

TEST_CASE("an empty archive is one") {
    const auto log = boost::json::parse(har_begin("1") + std::string(har_end()));
    CHECK(log.at("log").at("entries").as_array().empty());
}

TEST_CASE("a Markdown card says why, and leaves foreign text as text") {
    const std::string card = markdown_card(line_of(exported_event()));
    CAPTURE(card);
    for (const char* part :
         {"### 401 `GET /v1/orders`: token expired\n", "cause `token-expired` (certain)",
          "- exp is 852 s in the past\n", "- `unauthorized-without-challenge` (RFC 9110",
          "GET /v1/orders?page=2\n", "authorization: Bearer REDACTED\n", "401 Unauthorized\n",
          "- added `WWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\"`\n",
          "**Fix**: get a new token", "```sh\ncurl -i -H \"Authorization: Bearer $TOKEN\""}) {
        CAPTURE(part);
        CHECK(card.find(part) != std::string::npos);
    }
    Given hostile;
    hostile.path = "/``` <img src=x onerror=alert(1)> @everyone `";
    hostile.request = {{"Accept", "```\n# heading"}};
    const std::string tame = markdown_card(line_of(
        described(hostile, diagnosed(nothing_sent, "<b>[x](javascript:alert(1)) @everyone"))));
    CAPTURE(tame);
    CHECK(tame.find("\n# heading") == std::string::npos);
    CHECK(tame.find("- \\<b\\>\\[x\\]\\(javascript:alert\\(1\\)\\) &#64;everyone\n") !=
          std::string::npos);
    CHECK(tame.find("````http\n") != std::string::npos);
}

TEST_CASE("a record that is of no request has a card of its own") {
    AuthEvent event;
    event.kind = EventKind::config_reload;
    event.message = "configuration reloaded";
    CHECK(markdown_card(line_of(event)).starts_with("### configuration reloaded\n"));
    CHECK(markdown_card("nonsense") == "");
}

}  // namespace
}  // namespace whogoes::report
