#include "proxy/tools/log_glance.hpp"

#include "proxy/report/console.hpp"
#include "proxy/report/record_view.hpp"
#include "proxy/tools/log_entry.hpp"
#include "tools/log_lines.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace whogoes::tools {
namespace {

std::string whole_line() {
    std::string line = line_of(Logged{});
    line.pop_back();
    return line;
}

TEST_CASE("a line is a record, a broken one, or somebody else's") {
    const std::string record = whole_line();
    const struct {
        const char* given;
        std::string line;
        LineKind kind;
    } rows[] = {
        {"a record", record, LineKind::record},
        {"from a file with CR LF", record + "\r", LineKind::record},
        {"as docker compose shows it", "whogoes-1  | " + record, LineKind::record},
        {"as journalctl shows it", "Nov 23 12:51:24 box whogoes[7]: " + record, LineKind::record},
        {"cut at its end", record.substr(0, record.size() - 1), LineKind::broken},
        {"cut in the middle", record.substr(0, record.size() / 2), LineKind::broken},
        {"two in one line", record + record, LineKind::broken},
        {"empty", "", LineKind::foreign},
        {"words", "Starting server on :3000", LineKind::foreign},
        {"other JSON", R"({"time":"2026-11-23T12:51:24.318Z","msg":"hello"})", LineKind::foreign},
        {"another schema", R"({"time":"2026-11-23T12:51:24.318Z","schema":"whogoes/9"})",
         LineKind::foreign},
        {"a list", "[1,2]", LineKind::foreign},
        {"octets", std::string("\x00\xff\x1f\x8b", 4), LineKind::foreign},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Glance glance;
        CHECK(read_glance(row.line, glance) == row.kind);
    }
}

TEST_CASE("what breaks the grammar of JSON breaks the record") {
    const std::string record = whole_line();
    const std::string with[] = {
        record.substr(0, record.size() - 1) + ",\"x\":}",
        record.substr(0, record.size() - 1) + ",\"x\":01}",
        record.substr(0, record.size() - 1) + ",\"x\":1.}",
        record.substr(0, record.size() - 1) + ",\"x\":1e}",
        record.substr(0, record.size() - 1) + ",\"x\":[1,]}",
        record.substr(0, record.size() - 1) + ",\"x\":{\"a\" 1}}",
        record.substr(0, record.size() - 1) + ",\"x\":\"\\q\"}",
        record.substr(0, record.size() - 1) + ",\"x\":\"\\u12g4\"}",
        record.substr(0, record.size() - 1) + ",\"x\":\"a\tb\"}",
        record.substr(0, record.size() - 1) + ",\"x\":nul}",
        record.substr(0, record.size() - 1) + ",}",
        record.substr(0, record.size() - 1) + ",\"x\":" + std::string(40, '[') +
            std::string(40, ']') + "}",
    };
    for (const std::string& line : with) {
        CAPTURE(line);
        Glance glance;
        CHECK(read_glance(line, glance) == LineKind::broken);
        CHECK_FALSE(report::RecordView(line).readable());
    }
    const std::string good[] = {
        record.substr(0, record.size() - 1) + ",\"x\":-0.5e+3,\"y\":[{},[],\"\\ud83d\\ude00\"]}",
        record.substr(0, record.size() - 1) + " , \"x\" : [ true , false , null ] } ",
    };
    for (const std::string& line : good) {
        CAPTURE(line);
        Glance glance;
        CHECK(read_glance(line, glance) == LineKind::record);
    }
}

std::string random_text(std::mt19937& random) {
    constexpr std::string_view odd[] = {"\"", "\\", "/", "\n", "\x1b", "é",    "漢",   "😀", "a",
                                        "Z",  "{",  "}", ":",  ",",    "\x7f", "\xff", " ", "1"};
    std::string out;
    for (auto n = random() % 12; n > 0; --n) out += odd[random() % std::size(odd)];
    return out;
}

TEST_CASE("a glance sees what a full reading sees, whatever stands in the fields") {
    std::mt19937 random(7);
    for (int i = 0; i < 2000; ++i) {
        Logged logged;
        logged.path = "/" + random_text(random);
        logged.method = "M" + random_text(random);
        logged.client = random_text(random);
        logged.route = random_text(random);
        logged.status = static_cast<int>(100 + random() % 500);
        logged.at_s = random() % 100000;
        report::AuthEvent event = event_of(logged);
        event.user_agent = random_text(random);
        event.query = random_text(random);
        event.request_fields = {{random_text(random), random_text(random)}};
        std::string line = line_of(event);
        line.pop_back();
        CAPTURE(line);
        Glance glance;
        REQUIRE(read_glance(line, glance) == LineKind::record);
        Vocabulary vocabulary;
        const auto entry = read_entry(glance.record, vocabulary);
        REQUIRE(entry);
        std::string scratch;
        CHECK(unescaped(glance.path, scratch) == entry->event.path);
        CHECK(unescaped(glance.method, scratch) == entry->event.method);
        CHECK(unescaped(glance.client, scratch) == entry->event.client);
        CHECK(unescaped(glance.route, scratch) == entry->event.route);
        CHECK(glance.status == entry->event.status);
        CHECK(glance.cause == entry->event.diagnosis.main->cause->id);
        CHECK(glance.token == entry->event.token);
        CHECK(glance.id == entry->event.id);
        CHECK(glance.time == record_time(entry->event.time));
        std::size_t rules = 0;
        for_each_rule(glance, [&](std::string_view id) {
            CHECK(id == entry->event.diagnosis.violations.at(rules++).rule->id);
        });
        CHECK(rules == entry->event.diagnosis.violations.size());
    }
}

TEST_CASE("an event comes back from its record as it was logged") {
    report::AuthEvent event = event_of({.route = "/v1/**"});
    event.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    event.query = "page=2";
    event.user_agent = "curl/8";
    event.upstream_ms = 3.5;
    event.tls = true;
    event.replaced_token = "tk_c90e14d8aaaa";
    event.offered = {"Basic realm=\"a\""};
    event.injected = {"Bearer realm=\"api\""};
    event.would_send = {"Bearer realm=\"b\""};
    event.refresh = "skipped:no-grant";
    event.changes = {"cookie made usable"};
    event.has_jwt = true;
    event.jwt.alg = "RS256";
    event.jwt.kid = "k";
    event.jwt.typ = "JWT";
    event.jwt.iss = "https://id.example";
    event.jwt.azp = "app";
    event.jwt.acr = "1";
    event.jwt.aud = {"api", "b"};
    event.jwt.scope = {"read"};
    event.jwt.exp = 5;
    event.jwt.iat = 4;
    event.jwt.nbf = 3;
    event.jwt.verified = true;
    event.has_skew = true;
    event.skew_s = -2;
    event.diagnosis.also.push_back({rules::find_cause("clock-skew"), {{}, "and the clock", {}}});
    event.diagnosis.verdict = rules::Verdict::unauthorized_correct;
    event.request_fields = {{"accept", "*/*"}, {"cookie", ""}};
    event.response_fields = {{"content-type", "text/html"}};
    event.message = report::headline(event);
    const std::string line = line_of(event);
    Vocabulary vocabulary;
    auto entry = read_entry(std::string_view(line).substr(0, line.size() - 1), vocabulary);
    REQUIRE(entry);
    CHECK(line_of(entry->event) == line);
}

TEST_CASE("a cause that this version does not know is shown by its id and its own advice") {
    const std::string line =
        R"({"time":"2026-11-23T12:51:24.318Z","schema":"whogoes/1","event":"auth.failure",)"
        R"("http":{"request":{"method":"GET"},"response":{"status_code":401}},"url":{"path":"/"},)"
        R"("auth":{"cause":"moon-phase","rules":["no-moon"],"remedy":"wait a fortnight"}})";
    Vocabulary vocabulary;
    const auto entry = read_entry(line, vocabulary);
    REQUIRE(entry);
    const std::string shown = report::console_lines(entry->event, {.utf8 = false});
    CHECK(shown.find("moon-phase") != std::string::npos);
    CHECK(shown.find("wait a fortnight") != std::string::npos);
    CHECK(shown.find("no-moon") != std::string::npos);
}

TEST_CASE("what a record holds cannot act on a terminal, and stays the same JSON") {
    const std::string line = "{\"a\":\"\xc2\x9b[2J \xe2\x80\xae\xf3\xa0\x81\x81 é\"}\t\r";
    const std::string safe = printable(line);
    CHECK(safe == "{\"a\":\"\\u009b[2J \\u202e\\udb40\\udc41 é\"}");
    CHECK(report::RecordView(safe).text("a") == report::RecordView(line).text("a"));
}

}  // namespace
}  // namespace whogoes::tools
