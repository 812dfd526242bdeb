#include "proxy/tools/recorded.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::tools {
namespace {

std::string field(const std::vector<NameValue>& fields, const std::string& name) {
    for (const auto& [known, value] : fields)
        if (known == name) return value;
    return "-";
}

TEST_CASE("what curl -si prints is read, line ends and versions as they come") {
    for (const char* text : {"HTTP/1.1 401 Unauthorized\r\nA: b\r\n\r\n{\"error\":1}",
                             "HTTP/1.1 401 Unauthorized\nA:b\n\n{\"error\":1}",
                             "HTTP/2 401 \r\nA:  b \r\n\r\n{\"error\":1}",
                             "\n\nHTTP/1.0 401\r\nA: b\r\n\r\n{\"error\":1}"}) {
        CAPTURE(std::string(text));
        const Recording recording = read_transcript(text);
        REQUIRE(recording.has_value());
        REQUIRE(recording->size() == 1);
        const Recorded& one = recording->front();
        CHECK(one.status == 401);
        CHECK(field(one.response_fields, "A") == "b");
        CHECK(one.body == "{\"error\":1}");
        CHECK_FALSE(one.request_known);
    }
}

TEST_CASE("several answers come one after another; an interim one is none") {
    const Recording recording = read_transcript(
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 5\r\n\r\nmoved"
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n\r\n"
        "HTTP/1.1 403 Forbidden\r\n\r\nno\nHTTP/1.1 is fun\n");
    REQUIRE(recording.has_value());
    REQUIRE(recording->size() == 3);
    CHECK((*recording)[0].status == 302);
    CHECK((*recording)[0].body == "moved");
    CHECK((*recording)[1].status == 401);
    CHECK((*recording)[1].body == "");
    CHECK((*recording)[2].body == "no\nHTTP/1.1 is fun\n");
}

TEST_CASE("a request before its answer is taken for it") {
    const Recording recording = read_transcript(
        "POST /v1/orders?x=1 HTTP/1.1\r\nHost: api.example\r\nContent-Length: 2\r\n\r\nhi"
        "HTTP/1.1 401 Unauthorized\r\n\r\n");
    REQUIRE(recording.has_value());
    REQUIRE(recording->size() == 1);
    const Recorded& one = recording->front();
    CHECK(one.request_known);
    CHECK(one.method == "POST");
    CHECK(one.target == "/v1/orders?x=1");
    CHECK(one.origin == "http://api.example");
}

TEST_CASE("what curl -v prints is read, remarks and all") {
    const Recording recording = read_transcript(
        "*   Trying 127.0.0.1:3000...\n* Connected\n"
        "> GET /a HTTP/1.1\n> Host: localhost:3000\n> Authorization: Bearer x\n>\n"
        "* Mark bundle as not supporting multiuse\n"
        "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Bearer\n<\n{ [9 bytes data]\nbody\n"
        "* Connection #0 to host localhost left intact\n"
        "> GET /b HTTP/1.1\n> Host: localhost:3000\n>\n"
        "< HTTP/1.1 200 OK\n<\n");
    REQUIRE(recording.has_value());
    REQUIRE(recording->size() == 2);
    CHECK((*recording)[0].target == "/a");
    CHECK(field((*recording)[0].request_fields, "Authorization") == "Bearer x");
    CHECK(field((*recording)[0].response_fields, "WWW-Authenticate") == "Bearer");
    CHECK((*recording)[0].body == "body\n");
    CHECK((*recording)[1].target == "/b");
    CHECK((*recording)[1].status == 200);
}

TEST_CASE("what is no answer is refused with its line") {
    const struct {
        const char* text;
        const char* said;
    } rows[] = {
        {"", "holds no HTTP answer: pipe in what `curl -si URL` prints"},
        {"\n\n", "holds no HTTP answer: pipe in what `curl -si URL` prints"},
        {"hello\n",
         "line 1 is neither a status line nor a request line: pipe in what `curl -si URL` prints"},
        {"HTTP/1.1 4x1 No\n\n",
         "line 1 is neither a status line nor a request line: pipe in what `curl -si URL` prints"},
        {"HTTP/1.1 401 No\nA: b\nnonsense\n\n", "line 3 is no header field"},
        {"GET / HTTP/1.1\nHost: a\n\n", "holds no HTTP answer: pipe in what `curl -si URL` prints"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.text));
        const Recording recording = read_transcript(row.text);
        REQUIRE_FALSE(recording.has_value());
        CHECK(recording.error() == row.said);
    }
}

TEST_CASE("a body is kept up to 64 KiB") {
    const Recording recording = read_transcript("HTTP/1.1 401 No\n\n" + std::string(100000, 'x'));
    REQUIRE(recording.has_value());
    CHECK(recording->front().body.size() == most_body_octets);
    CHECK(recording->front().body_evidence == rules::BodyEvidence::partial);
}

TEST_CASE("a URL is split into origin and target; a password in it is dropped") {
    const struct {
        const char* url;
        const char* origin;  // empty: none
        const char* target;
    } rows[] = {
        {"https://API.example/v1?x=1#f", "https://api.example", "/v1?x=1"},
        {"http://localhost:3000", "http://localhost:3000", "/"},
        {"http://a?x", "http://a", "/?x"},
        {"HTTP://u:p@a/b", "http://a", "/b"},
        {"data:text/html,x", "", ""},
        {"file:///etc/hosts", "", ""},
        {"http://", "", ""},
        {"/path", "", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.url));
        const auto url = split_url(row.url);
        CHECK((url ? url->origin : "") == row.origin);
        CHECK((url ? url->target : "") == row.target);
    }
}

}  // namespace
}  // namespace whogoes::tools
