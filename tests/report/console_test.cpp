#include "proxy/report/console.hpp"

#include "proxy/report/console_text.hpp"
#include "report/given.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>

namespace whogoes::report {
namespace {

using std::chrono::seconds;

AuthEvent expired_event() {
    rules::Diagnosis diagnosis =
        diagnosed(expired, "exp is in the past", {{"expired_s", std::int64_t{852}}});
    diagnosis.violations.push_back(
        {&without_challenge, {rules::Confidence::certain, "no WWW-Authenticate", {}}});
    AuthEvent event = described({}, diagnosis);
    event.duration_ms = 14.2;
    event.token = "tk_7f3a91c2d04e";
    event.has_jwt = true;
    event.jwt.exp = 1795437432;
    event.jwt.iat = 1795433832;
    event.jwt.iss = "https://id.example/tenant";
    event.would_send = {"Bearer realm=\"api\", error=\"invalid_token\""};
    return event;
}

TEST_CASE("a failure is one row and its tree") {
    CHECK(console_lines(expired_event(), {}) ==
          "12:51:24 401 GET  /v1/orders           14ms  ✗ token expired 14m 12s ago        "
          "tk_7f3a91c2\n"
          "              │ exp 12:37:12Z · issued 11:37:12Z, lived 1h · iss id.example\n"
          "              │ rule  no WWW-Authenticate (RFC 9110 §15.5.2); would send: Bearer "
          "realm=\"api\", error=\"invalid_token\"\n"
          "              └ fix   get a new token, or configure refresh\n");
}

TEST_CASE("what the API says stands in the tree, unless the evidence quotes it") {
    AuthEvent event = expired_event();
    event.upstream_message = "refresh token reused";
    CHECK(console_lines(event, {}).find("│ api   \"refresh token reused\"\n") != std::string::npos);
    event.has_jwt = false;
    event.diagnosis.main->evidence.words = "the upstream said: refresh token reused";
    CHECK(console_lines(event, {}).find("api   ") == std::string::npos);
}

// The zone of this process, for as long as it lives.
struct Zone {
    explicit Zone(const char* zone) {
        ::setenv("TZ", zone, 1);
        ::tzset();
    }
    ~Zone() {
        ::unsetenv("TZ");
        ::tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;
};

TEST_CASE("times are those of this machine's zone, or UTC") {
    const Zone zone("NPT-5:45");  // POSIX counts westwards
    const std::string local = console_lines(expired_event(), {.local_time = true});
    CHECK(local.starts_with("18:36:24 401 GET"));
    CHECK(local.find("exp 18:22:12 · issued 17:22:12, lived 1h") != std::string::npos);
    CHECK(console_lines(expired_event(), {}).starts_with("12:51:24 401 GET"));
    AuthEvent late = expired_event();
    late.jwt.exp = 1795457700;  // 2026-11-23T18:15Z, the next day there
    CHECK(console_lines(late, {.local_time = true}).find("exp 2026-11-24 00:00:00 ·") !=
          std::string::npos);
    CHECK(zone_text(Given::noon) == "UTC+05:45");
    AuthEvent note;
    note.kind = EventKind::lifecycle;
    note.time = Given::noon;
    note.message = "draining";
    CHECK(console_lines(note, {.local_time = true}) == "18:36:24 draining\n");
}

TEST_CASE("a zone is said by its distance from UTC") {
    struct {
        const char* zone;
        const char* words;
    } const rows[] = {{"UTC0", "UTC"}, {"CET-1", "UTC+01:00"}, {"NST3:30", "UTC-03:30"}};
    for (const auto& row : rows) {
        const Zone zone(row.zone);
        CHECK(zone_text(Given::noon) == row.words);
    }
}

TEST_CASE("where the locale is not UTF-8, ASCII says the same") {
    AuthEvent event = expired_event();
    event.path = "/gr\xc3\xbc\xc3\x9f";
    CHECK(console_lines(event, {.utf8 = false}) ==
          "12:51:24 401 GET  /gr??                14ms  x token expired 14m 12s ago        "
          "tk_7f3a91c2\n"
          "              | exp 12:37:12Z - issued 11:37:12Z, lived 1h - iss id.example\n"
          "              | rule  no WWW-Authenticate (RFC 9110 15.5.2); would send: Bearer "
          "realm=\"api\", error=\"invalid_token\"\n"
          "              ` fix   get a new token, or configure refresh\n");
}

TEST_CASE("a replay is one row that tells what became of the token") {
    AuthEvent event = expired_event();
    event.kind = EventKind::auth_refresh;
    event.status = 200;
    event.method = "POST";
    event.duration_ms = 92;
    event.refresh = "replayed";
    event.replaced_token = "tk_c90e14d80000";
    CHECK(console_lines(event, {}) ==
          "12:51:24 200 POST /v1/orders           92ms  ↻ expired → refreshed → replayed once   "
          "tk_7f3a91c2 → tk_c90e14d8\n");
}

TEST_CASE("a verdict on the status stands beside the reason") {
    rules::Diagnosis diagnosis = diagnosed(nothing_sent, "");
    diagnosis.verdict = rules::Verdict::should_be_401;
    AuthEvent event = described({.status = 403}, diagnosis);
    event.duration_ms = 3;
    CHECK(console_lines(event, {}) ==
          "12:51:24 403 GET  /v1/orders            3ms  ✗ no credentials: 401 would be right\n"
          "              └ fix   send an Authorization header\n");
}

TEST_CASE("a call's own status stands in its tree, and a verdict on it beside the reason") {
    rules::Diagnosis diagnosis = diagnosed(nothing_sent, "");
    diagnosis.verdict = rules::Verdict::should_be_401;
    AuthEvent event = described({.path = "/a.B/C", .status = 200}, diagnosis);
    event.rpc = {"grpc", "a.B", "C", 7};
    event.duration_ms = 3;
    CHECK(console_lines(event, {}) ==
          "12:51:24 200 GET  /a.B/C                3ms  ✗ no credentials: unauthenticated would be "
          "right\n"
          "              │ api   gRPC status 7 (permission_denied)\n"
          "              └ fix   send an Authorization header\n");
    CHECK(headline(event) ==
          "200 GET /a.B/C - no credentials: unauthenticated would be right, gRPC status 7 "
          "(permission_denied)");
    event.rpc = {"connect_rpc", "a.B", "C", 16};
    CHECK(status_words(event.rpc) == "Connect: unauthenticated");
    event.rpc = {"grpc", "a.B", "C", 77};
    CHECK(status_words(event.rpc) == "gRPC status 77");
    event.rpc = {"grpc", "a.B", "C", 0};
    CHECK(headline(event).find("gRPC") == std::string::npos);
    event.rpc.code = -1;
    CHECK(status_words(event.rpc).empty());
}

TEST_CASE("a path is cut in its middle to fit the terminal") {
    AuthEvent event = expired_event();
    event.path = "/v1/" + std::string(100, 'a') + "/end";
    const auto row = [&](int columns) {
        const std::string lines = console_lines(event, {.columns = columns});
        return lines.substr(0, lines.find('\n'));
    };
    CHECK(row(100).find("/v1/aaaaaaaaa…aaaaaaaaa/end ") != std::string::npos);
    CHECK(row(80).find("/v1/aaaa…aaaaa/end ") != std::string::npos);
    CHECK(row(300).find(event.path) != std::string::npos);
}

TEST_CASE("colour adds to the words and never replaces them; a token keeps its own") {
    const std::string lines = console_lines(expired_event(), {.colour = true});
    CHECK(lines.find("\x1b[1;33m401\x1b[0m") != std::string::npos);
    CHECK(lines.find("\x1b[2m12:51:24\x1b[0m") != std::string::npos);
    AuthEvent other = expired_event();
    other.path = "/other";
    const std::string again = console_lines(other, {.colour = true});
    const auto token = [](const std::string& text) {
        return text.substr(text.find("\x1b[38;5;"), 24);
    };
    CHECK(token(lines) == token(again));
    other.token = "tk_000000000001";
    CHECK(token(lines) != token(console_lines(other, {.colour = true})));

    std::string bare;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (lines[at] == '\x1b') {
            at = lines.find('m', at);
        } else {
            bare += lines[at];
        }
    }
    CHECK(bare == console_lines(expired_event(), {}));
}

TEST_CASE("what peers sent cannot speak to the terminal") {
    AuthEvent event = expired_event();
    event.path = "/\x1b]0;owned\x07";
    event.diagnosis.violations[0].evidence.words = "a\x1b[2J\nb";
    event.jwt.iss = "https://\xe2\x80\xae.example";
    const std::string lines = console_lines(event, {});
    CHECK(lines.find('\x1b') == std::string::npos);
    CHECK(lines.find('\x07') == std::string::npos);
    CHECK(lines.find("\xe2\x80\xae") == std::string::npos);
    CHECK(lines.find("\\x1b[2J\\x0ab") != std::string::npos);
}

TEST_CASE("equal failures fold for ten seconds") {
    Console console({});
    AuthEvent event = expired_event();
    CHECK(console.show(event).find("fix") != std::string::npos);
    for (int i = 0; i < 36; ++i) CHECK(console.show(event).empty());
    CHECK(console.tick(event.time + seconds(9)).empty());
    const std::string folded = console.tick(event.time + seconds(10));
    CHECK(folded ==
          "12:51:24 401 GET  /v1/orders         ×37 in 10 s  ✗ token expired 14m 12s ago        "
          "tk_7f3a91c2\n");
    CHECK(console.tick(event.time + seconds(15)).empty());

    event.time += seconds(16);
    CHECK(console.show(event).empty());  // still the same trouble
    const std::string once = console.tick(event.time + seconds(10));
    CHECK(once.find("14ms") != std::string::npos);  // one is no fold
    CHECK(once.find("fix") == std::string::npos);
    CHECK(console.tick(event.time + seconds(40)).empty());

    event.time += seconds(60);
    CHECK(console.show(event).find("fix") != std::string::npos);  // news again
}

TEST_CASE("what was folded is told before whogoes says what becomes of itself") {
    Console console({});
    const AuthEvent event = expired_event();
    console.show(event);
    console.show(event);
    AuthEvent note;
    note.kind = EventKind::lifecycle;
    note.time = event.time;
    note.message = "stopped";
    const std::string shown = console.show(note);
    CHECK(shown.find("×2 in 10 s") < shown.find("stopped"));
    CHECK(shown.find("stopped") != std::string::npos);
    CHECK(console.finish().empty());
}

TEST_CASE("different failures do not fold") {
    Console console({});
    AuthEvent event = expired_event();
    console.show(event);
    event.token = "tk_000000000001";
    CHECK_FALSE(console.show(event).empty());
    event.path = "/v1/items";
    CHECK_FALSE(console.show(event).empty());
    event.status = 403;
    CHECK_FALSE(console.show(event).empty());
}

TEST_CASE("a rule is said of a route once a minute") {
    Console console({});
    AuthEvent event = expired_event();
    event.path = "/v1/orders/1";
    CHECK(console.show(event).find("rule  no WWW-Authenticate") != std::string::npos);
    event.path = "/v1/orders/2";
    event.time += seconds(59);
    const std::string again = console.show(event);
    CHECK(again.find("/v1/orders/2") != std::string::npos);
    CHECK(again.find("fix   ") != std::string::npos);
    CHECK(again.find("rule  ") == std::string::npos);
    event.path = "/v1/orders/3";
    event.time += seconds(1);
    CHECK(console.show(event).find("rule  ") != std::string::npos);
    event.path = "/v1/items";
    CHECK(console.show(event).find("rule  ") != std::string::npos);
    event.method = "POST";
    CHECK(console.show(event).find("rule  ") != std::string::npos);
}

constexpr rules::Rule kept_from_page{.id = "cors-missing-on-success",
                                     .severity = rules::Severity::error,
                                     .level = "browser requirement",
                                     .section = "WHATWG Fetch, CORS check",
                                     .summary = "A success carries CORS.",
                                     .advice = "let the CORS layer run",
                                     .example = ""};

TEST_CASE("a success that its page may not read is shown, once a minute, unless --dev mended it") {
    rules::Diagnosis diagnosis;
    diagnosis.violations.push_back({&kept_from_page, {rules::Confidence::certain, "no CORS", {}}});
    AuthEvent event = described({.method = "POST", .status = 200}, diagnosis);
    Console console({});
    CHECK(console.show(event) ==
          "12:51:24 200 POST /v1/orders            0ms  ! cors-missing-on-success\n"
          "              │ rule  no CORS (WHATWG Fetch §CORS check)\n"
          "              └ fix   let the CORS layer run\n");
    CHECK(console.show(event).empty());
    event.time += seconds(60);
    CHECK_FALSE(console.show(event).empty());
    CHECK(Console({.quiet = true}).show(event).empty());

    Console dev({.dev = true});
    CHECK(dev.show(event).empty());
    event.changes = {"CORS was added"};
    CHECK(dev.show(event).find("did   CORS was added") != std::string::npos);

    Console all({.verbose = true});
    CHECK(all.show(event).find("rule  ") != std::string::npos);
    event.changes.clear();
    Console reader({.verbose = true, .every_rule = true});
    for (int i = 0; i < 2; ++i) CHECK(reader.show(event).find("rule  ") != std::string::npos);
    CHECK(all.show(event) == "12:52:24 200 POST /v1/orders            0ms\n");
}

std::size_t lines_at(const std::string& text, std::size_t columns) {
    std::size_t lines = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        lines += (std::max<std::size_t>(1, columns_of(text.substr(at, end - at))) + columns - 1) /
                 columns;
        at = end + 1;
    }
    return lines;
}

TEST_CASE("under --dev an event takes four lines of the terminal at most") {
    AuthEvent event = expired_event();
    for (int i = 0; i < 4; ++i) event.diagnosis.violations.push_back({&kept_from_page, {}});
    event.upstream_message = "refresh token reused";
    event.changes = {
        "CORS was added for http://localhost:5173: production will show a network error",
        "the cookie sid was given without Secure: a browser here would not keep it"};
    for (const bool colour : {false, true}) {
        for (const int columns : {40, 60, 80, 100, 120, 200}) {
            CAPTURE(columns);
            const std::string lines =
                console_lines(event, {.colour = colour, .columns = columns, .dev = true});
            CHECK(lines_at(lines, static_cast<std::size_t>(columns)) <= 4);
            CHECK(lines.find("did   CORS was added") != std::string::npos);
            if (columns < 80) continue;
            CHECK(lines.find("api   \"refresh token reused\"") != std::string::npos);
            CHECK(lines.find("fix   get a new token, or configure refresh") != std::string::npos);
            CHECK(lines.find("rule  ") == std::string::npos);
        }
    }
    CHECK(lines_at(console_lines(event, {}), 100) > 4);
}

TEST_CASE("under --dev each change has a line, and what to do one before the second change") {
    rules::Diagnosis diagnosis;
    diagnosis.violations.push_back({&kept_from_page, {rules::Confidence::certain, "no CORS", {}}});
    AuthEvent event = described({.method = "POST", .status = 200}, diagnosis);
    event.changes = {"CORS was added", "the cookie sid was given without Secure"};
    CHECK(console_lines(event, {.dev = true}) ==
          "12:51:24 200 POST /v1/orders            0ms  ! cors-missing-on-success\n"
          "              │ did   CORS was added\n"
          "              │ did   the cookie sid was given without Secure\n"
          "              └ fix   let the CORS layer run\n");
}

TEST_CASE("under --dev a sentence takes the lines that are left, broken at a space") {
    AuthEvent event = expired_event();
    event.has_jwt = false;
    event.token.clear();
    event.diagnosis.violations.clear();
    event.diagnosis.main->evidence.words.clear();
    event.changes = {
        "CORS was added for http://localhost:5173: production will show a network error"};
    CHECK(console_lines(event, {.columns = 80, .dev = true}) ==
          "12:51:24 401 GET  /v1/orders           14ms  ✗ token expired 14m 12s ago\n"
          "              │ did   CORS was added for http://localhost:5173: production will\n"
          "              │       show a network error\n"
          "              └ fix   get a new token, or configure refresh\n");
}

TEST_CASE("how much is shown follows the style") {
    const AuthEvent access = described({.status = 200}, {});
    rules::Diagnosis violated;
    violated.violations.push_back({&without_challenge, {}});
    const AuthEvent compliance = described({.status = 200}, violated);
    AuthEvent error;
    error.kind = EventKind::proxy_error;
    error.message = "could not reach http://localhost:3000: connection refused";
    error.time = Given::noon;
    CHECK(Console({}).show(access).empty());
    CHECK(Console({}).show(compliance).empty());
    CHECK_FALSE(Console({.verbose = true}).show(access).empty());
    CHECK_FALSE(Console({.verbose = true}).show(compliance).empty());
    CHECK(Console({.quiet = true}).show(expired_event()).empty());
    CHECK(Console({.quiet = true}).show(error) ==
          "12:51:24 could not reach http://localhost:3000: connection refused\n");
}

TEST_CASE("the start line says who listens, for whom, and where to look") {
    CHECK(start_line({"0.1", "http://127.0.0.1:8401", "http://localhost:3000", "observing",
                      "http://127.0.0.1:9401/#k=x", "UTC+01:00"},
                     {}) ==
          "whogoes 0.1  http://127.0.0.1:8401 → http://localhost:3000   observing   "
          "times: UTC+01:00   review: http://127.0.0.1:9401/#k=x\n");
    CHECK(start_line({"0.1", "a", "b", "observing", "", ""}, {.utf8 = false}) ==
          "whogoes 0.1  a -> b   observing\n");
}

}  // namespace
}  // namespace whogoes::report
