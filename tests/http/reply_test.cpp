#include "proxy/http/reply.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

std::string body_of(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("an answer of our own is JSON that names whogoes") {
    OwnReply reply;
    reply.status = 502;
    reply.message = "whogoes could not reach http://localhost:3000: connection refused";
    const std::string body =
        "{\"error\":\"Bad Gateway\",\"message\":\"whogoes could not reach http://localhost:3000: "
        "connection refused\",\"status\":502,\"source\":\"whogoes\"}";
    CHECK(render(reply, "Mon, 21 Sep 2026 14:13:20 GMT") ==
          "HTTP/1.1 502 Bad Gateway\r\n"
          "Date: Mon, 21 Sep 2026 14:13:20 GMT\r\n"
          "Content-Type: application/json\r\n"
          "Content-Length: " +
              std::to_string(body.size()) +
              "\r\n"
              "Cache-Control: no-store\r\n"
              "Connection: close\r\n"
              "\r\n" +
              body);
}

TEST_CASE("an answer of our own is a page for a browser") {
    OwnReply reply;
    reply.status = 504;
    reply.message = "slow <b>";
    reply.accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const std::string answer = render(reply, "");
    CHECK(has(answer, "Content-Type: text/html; charset=utf-8\r\n"));
    CHECK_FALSE(has(answer, "Date:"));
    CHECK(has(answer, "<h1>504 Gateway Timeout</h1>"));
    CHECK(has(answer, "slow &lt;b&gt;"));
    CHECK(has(answer, "whogoes"));
    CHECK(has(answer, "Content-Length: " + std::to_string(body_of(answer).size()) + "\r\n"));
}

TEST_CASE("an answer says what its status asks for") {
    OwnReply reply;
    reply.status = 405;
    reply.allow = "GET, HEAD";
    reply.lines = "X-A: 1\r\n";
    reply.close = false;
    reply.head_only = true;
    const std::string answer = render(reply, "");
    CHECK(has(answer, "\r\nAllow: GET, HEAD\r\n"));
    CHECK(has(answer, "\r\nX-A: 1\r\n\r\n"));
    CHECK_FALSE(has(answer, "Connection:"));
    CHECK(body_of(answer).empty());
    CHECK_FALSE(has(answer, "Content-Length: 0"));
}

TEST_CASE("a peer's text cannot act in either form") {
    const struct {
        const char* given;
        std::string text;
        std::string json;
        std::string html;
    } rows[] = {
        {"quotes", "a\"b\\c'd", "a\\\"b\\\\c'd", "a&quot;b\\c&#39;d"},
        {"marks", "<a>&", "<a>&", "&lt;a&gt;&amp;"},
        {"a line end", "a\r\nb", "a\\u000d\\u000ab",
         "a\xef\xbf\xbd\xef\xbf\xbd"
         "b"},
        {"an escape", "\x1b[31m", "\\u001b[31m", "\xef\xbf\xbd[31m"},
        {"a NUL", std::string("a\0b", 3), "a\\u0000b",
         "a\xef\xbf\xbd"
         "b"},
        {"DEL", "\x7f", "\\u007f", "\xef\xbf\xbd"},
        {"C1", "\xc2\x9b", "\\u009b", "\xef\xbf\xbd"},
        {"text turned around",
         "\xe2\x80\xae"
         "cba",
         "\\u202ecba",
         "\xef\xbf\xbd"
         "cba"},
        {"an isolate", "\xe2\x81\xa6", "\\u2066", "\xef\xbf\xbd"},
        {"a line separator", "\xe2\x80\xa8", "\\u2028", "\xef\xbf\xbd"},
        {"UTF-8", "caf\xc3\xa9 \xf0\x9f\x94\x91", "caf\xc3\xa9 \xf0\x9f\x94\x91",
         "caf\xc3\xa9 \xf0\x9f\x94\x91"},
        {"no UTF-8", "\xff\xe9z", "\xef\xbf\xbd\xef\xbf\xbdz", "\xef\xbf\xbd\xef\xbf\xbdz"},
        {"overlong", "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"a surrogate", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"cut short", "a\xe2\x80", "a\xef\xbf\xbd\xef\xbf\xbd", "a\xef\xbf\xbd\xef\xbf\xbd"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        OwnReply reply;
        reply.message = row.text;
        CHECK(has(render(reply, ""), "\"message\":\"" + row.json + "\","));
        reply.accept = "text/html";
        CHECK(has(render(reply, ""), "<p>" + row.html + "</p>"));
    }
}

TEST_CASE("Accept decides the form by its weights") {
    const struct {
        const char* accept;
        bool html;
    } rows[] = {
        {"", false},
        {"*/*", false},
        {"application/json", false},
        {"text/html", true},
        {"TEXT/HTML", true},
        {"text/*", true},
        {"text/html, application/json", false},
        {"application/json;q=0.9, text/html", true},
        {"text/html;q=0.5, application/json;q=0.6", false},
        {"text/html;q=0.61, application/json;q=0.6", true},
        {"text/html;level=1;q=0, */*", false},
        {"text/html;q=0.9, */*;q=0.8", true},
        {"*/*, text/html;q=0.1", false},
        {"application/*, text/html;q=0.9", false},
        {"text/html ; Q=1.000", true},
        {"nonsense;;;,/", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.accept);
        CHECK(prefers_html(row.accept) == row.html);
    }
}

TEST_CASE("every status that a flaw may have has a phrase") {
    for (const int status :
         {400, 405, 408, 413, 414, 417, 421, 431, 500, 501, 502, 503, 504, 505, 508}) {
        CAPTURE(status);
        CHECK(reason_phrase(status).find("Error") == (status == 500 ? 16 : std::string_view::npos));
    }
    CHECK(reason_phrase(599) == "Server Error");
}

}  // namespace
}  // namespace whogoes::http
