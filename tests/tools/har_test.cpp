#include "proxy/report/export.hpp"
#include "proxy/tools/recorded.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::tools {
namespace {

std::string har(const std::string& entries) { return "{\"log\":{\"entries\":[" + entries + "]}}"; }

const std::string entry = R"({
  "startedDateTime": "2026-09-21T16:13:19.250+02:00", "time": 750.5,
  "request": {"method": "POST", "url": "https://api.example/token?x=1", "httpVersion": "h2",
    "headers": [{"name": ":authority", "value": "api.example"}, {"name": "authorization", "value": "Bearer x"}],
    "postData": {"mimeType": "application/x-www-form-urlencoded; charset=utf-8", "text": "a=b"}},
  "response": {"status": 401, "statusText": "",
    "headers": [{"name": "set-cookie", "value": "a=1\nb=2"}],
    "content": {"size": 4, "mimeType": "text/plain", "text": "Ym9keQ==", "encoding": "base64"}}})";

TEST_CASE("what an export of ours has masked is nobody's value") {
    const std::string masked = R"({
      "request": {"method": "GET", "url": "http://localhost:8401/orders", "headers": [
        {"name": "host", "value": "REDACTED"}, {"name": "authorization", "value": "Bearer REDACTED"}]},
      "response": {"status": 401, "headers": [
        {"name": "server", "value": "REDACTED"}, {"name": "content-type", "value": "application/json"}]}})";
    const Recording ours =
        read_har(R"({"log":{"creator":{"name":"whogoes"},"entries":[)" + masked + "]}}");
    REQUIRE(ours.has_value());
    CHECK(ours->front().masked);
    CHECK(ours->front().request_fields ==
          std::vector<NameValue>{{"authorization", "Bearer REDACTED"}});
    CHECK(ours->front().response_fields ==
          std::vector<NameValue>{{"content-type", "application/json"}});
    const Recording others = read_har(har(masked));
    REQUIRE(others.has_value());
    CHECK_FALSE(others->front().masked);
    CHECK(others->front().response_fields.size() == 2);
}

TEST_CASE("an entry becomes an exchange with its time") {
    const Recording recording = read_har(har(entry));
    REQUIRE(recording.has_value());
    REQUIRE(recording->size() == 1);
    const Recorded& one = recording->front();
    CHECK(one.method == "POST");
    CHECK(one.origin == "https://api.example");
    CHECK(one.target == "/token?x=1");
    CHECK(one.status == 401);
    CHECK(one.request_fields == std::vector<NameValue>{{"authorization", "Bearer x"}});
    CHECK(one.response_fields ==
          std::vector<NameValue>{{"set-cookie", "a=1"}, {"set-cookie", "b=2"}});
    CHECK(one.form_body == "a=b");
    CHECK(one.body == "body");
    CHECK(one.answered_at == rules::TimePoint{std::chrono::seconds{1790000000}});
    CHECK(read_har("\xef\xbb\xbf" + har(entry)).has_value());
}

TEST_CASE("a body that is no form is kept for what it must not tell") {
    const Recording recording = read_har(har(
        R"({"request":{"method":"POST","url":"https://a/","postData":{"mimeType":"application/json",
            "text":"{\"password\":\"x\"}"}},"response":{"status":401,"headers":[]}})"));
    REQUIRE(recording.has_value());
    CHECK(recording->front().form_body.empty());
    CHECK(recording->front().other_body == R"({"password":"x"})");
}

TEST_CASE("the status of a call is found at the end of a body, however long it is") {
    std::string body("\0\0\x02\0\0", 5);
    body += std::string(0x20000, 'm') + std::string("\x80\0\0\0\x12", 5) + "grpc-status: 7\r\nxx";
    std::string encoded;
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    REQUIRE(body.size() % 3 == 0);
    for (std::size_t at = 0; at < body.size(); at += 3) {
        unsigned group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8U | static_cast<unsigned char>(body[at + i]);
        for (const unsigned shift : {18U, 12U, 6U, 0U}) encoded += digits[group >> shift & 63U];
    }
    const Recording recording = read_har(
        R"({"log":{"entries":[{"request":{"method":"POST","url":"http://a/b.C/D","headers":[]},)"
        R"("response":{"status":200,"headers":[{"name":"content-type",)"
        R"("value":"application/grpc-web+proto"}],"content":{"encoding":"base64","text":")" +
        encoded + R"("}}}]}})");
    REQUIRE(recording.has_value());
    const rules::Expectations expected;
    const rules::Exchange exchange = recording->front().exchange({}, {expected});
    REQUIRE(exchange.rpc.status);
    CHECK(exchange.rpc.status->code == 7);
}

TEST_CASE("what never went over HTTP, or was never answered, is left out") {
    const std::string blocked =
        R"({"request":{"url":"https://a/"},"response":{"status":0,"headers":[]}})";
    const std::string data = R"({"request":{"url":"data:x"},"response":{"status":200}})";
    const Recording recording = read_har(har(blocked + "," + data + "," + entry));
    REQUIRE(recording.has_value());
    CHECK(recording->size() == 1);
}

TEST_CASE("a file that is no HAR is refused with the place") {
    const struct {
        std::string text;
        const char* said;
    } rows[] = {
        {"{}", "is no HAR file: it has no log.entries"},
        {"{\"log\":{\"entries\":{}}}", "is no HAR file: it has no log.entries"},
        {"{\"log\":[]}", "is no HAR file: it has no log.entries"},
        {har("{}"), "log.entries[0] has no request or no response"},
        {har("1"), "log.entries[0] has no request or no response"},
        {har(entry + R"(,{"request":{"url":"http://a"},"response":{}})"),
         "log.entries[1] has a response without a status"},
        {har(R"({"request":{"url":"http://a"},"response":{"status":1e300}})"),
         "log.entries[0] has a status that is none"},
        {har(R"({"request":{"url":"http://a"},"response":{"status":"401"}})"),
         "log.entries[0] has a response without a status"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const Recording recording = read_har(row.text);
        REQUIRE_FALSE(recording.has_value());
        CHECK(recording.error() == row.said);
    }
    for (const std::string& text : {std::string(), std::string("{"), std::string(100000, '['),
                                    std::string("{\"log\":\"\xff\"}")}) {
        const Recording recording = read_har(text);
        REQUIRE_FALSE(recording.has_value());
        CHECK(recording.error().starts_with("is not JSON: "));
    }
}

TEST_CASE("what a record was exported to reads back as its exchange") {
    std::string text = report::har_begin("0.1.0");
    REQUIRE(report::append_har_entry(
        text,
        R"({"time":"2026-11-23T12:51:24.318Z","http":{"request":{"method":"POST","header":)"
        R"({"accept":"text/html","authorization":"","x-note":""}},"response":{"status_code":401,)"
        R"("header":{"content-type":"text/plain"}}},"url":{"path":"/a b","query":"x=1&y"},)"
        R"("upstream":{"duration_ms":12},"duration_ms":14,"auth":{"scheme":"Bearer",)"
        R"("source":"header","challenge":{"received":["Basic realm=\"x\""],"injected":)"
        R"(["Bearer realm=\"api\""]}}})",
        "http://127.0.0.1:8401"));
    const Recording recording = read_har(text.append(report::har_end()));
    REQUIRE(recording.has_value());
    REQUIRE(recording->size() == 1);
    const Recorded& one = recording->front();
    CHECK(one.method == "POST");
    CHECK(one.origin == "http://127.0.0.1:8401");
    CHECK(one.target == "/a%20b?x=1&y");
    CHECK(one.status == 401);
    CHECK(one.request_fields == std::vector<NameValue>{{"accept", "text/html"},
                                                       {"x-note", "REDACTED"},
                                                       {"authorization", "Bearer REDACTED"}});
    CHECK(one.response_fields ==
          std::vector<NameValue>{{"content-type", "text/plain"},
                                 {"www-authenticate", "Basic realm=\"x\""},
                                 {"www-authenticate", "Bearer realm=\"api\""}});
    // The whole of it took 14 ms, from 12 ms before its head came.
    CHECK(one.answered_at == rules::TimePoint(std::chrono::milliseconds(1795438284320)));
}

TEST_CASE("a time that is none is left out, whatever it is") {
    for (const char* time : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                             "2026-01-01T25:00:00Z", "2026-01-01", "2026-01-01T00:00"}) {
        CAPTURE(std::string(time));
        const Recording recording =
            read_har(har(std::string(R"({"startedDateTime":")") + time +
                         R"(","request":{"url":"http://a"},"response":{"status":200}})"));
        REQUIRE(recording.has_value());
        REQUIRE(recording->size() == 1);
        CHECK_FALSE(recording->front().answered_at.has_value());
    }
}

}  // namespace
}  // namespace whogoes::tools
