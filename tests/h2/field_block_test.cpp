#include "proxy/h2/field_block.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// Field blocks as heads and back.
namespace whogoes::h2 {
namespace {

using Pairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;

FieldBlock block(Pairs fields, std::size_t most = 65536) {
    FieldBlock made(most);
    for (const auto& [name, value] : fields) made.add(name, value);
    return made;
}

FieldBlock get(Pairs more) {
    FieldBlock made = block({{":method", "GET"}, {":scheme", "https"}, {":path", "/a?b"}});
    for (const auto& [name, value] : more) made.add(name, value);
    return made;
}

TEST_CASE("a request's head has its target, Host, fields, and one cookie of its crumbs") {
    const FieldBlock seen = get(
        {{":authority", "api.test:8401"}, {"cookie", "a=1"}, {"accept", "*/*"}, {"cookie", "b=2"}});
    CHECK_FALSE(seen.malformed());
    CHECK(seen.request(true) ==
          "GET /a?b HTTP/1.1\r\nHost: api.test:8401\r\naccept: */*\r\ncookie: a=1; b=2\r\n\r\n");
}

TEST_CASE("who is asked stands in :authority, in Host, or in both and is the same") {
    CHECK(get({{"host", "a.test"}}).request(true) == "GET /a?b HTTP/1.1\r\nHost: a.test\r\n\r\n");
    CHECK(get({{":authority", "A.test"}, {"host", "a.test"}}).request(true) ==
          "GET /a?b HTTP/1.1\r\nHost: A.test\r\n\r\n");
    CHECK(get({{":authority", "a.test"}, {"host", "b.test"}}).request(true).empty());
    CHECK(get({{"host", "a.test"}, {"host", "b.test"}}).malformed());
}

TEST_CASE("a body is framed by its length, else by chunks") {
    const auto framed = [](Pairs more, bool ends) {
        FieldBlock seen =
            block({{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}});
        for (const auto& [name, value] : more) seen.add(name, value);
        const std::string head = seen.request(ends);
        return head.substr(head.find("Host: a\r\n") + 9);
    };
    CHECK(framed({{"content-length", "5"}}, false) == "content-length: 5\r\n\r\n");
    CHECK(framed({}, false) == "transfer-encoding: chunked\r\n\r\n");
    CHECK(framed({}, true) == "content-length: 0\r\n\r\n");
    CHECK(framed({{"content-length", "5"}, {"trailer", "x"}}, false) ==
          "trailer: x\r\ntransfer-encoding: chunked\r\n\r\n");
}

TEST_CASE("nothing of a value begins a line of its own") {
    for (const Pairs& bad :
         {Pairs{{"a", "b\r\nc: d"}}, Pairs{{"a", std::string_view("b\0", 2)}}, Pairs{{"a b", "c"}},
          Pairs{{"", "c"}}, Pairs{{":path", "/ HTTP/1.1"}}, Pairs{{":path", "/\r\n"}},
          Pairs{{":protocol", "websocket"}}, Pairs{{"transfer-encoding", "chunked"}},
          Pairs{{"connection", "x"}}, Pairs{{"upgrade", "h2c"}},
          Pairs{{"content-length", "1"}, {"content-length", "2"}}}) {
        CAPTURE(bad.begin()->first);
        CHECK(get(bad).malformed());
    }
}

TEST_CASE("each field counts 32 bytes more, cookie crumbs as well") {
    CHECK_FALSE(block({{"a", "b"}}, 34).too_large());
    CHECK(block({{"a", "b"}}, 33).too_large());
    FieldBlock crumbs(1000);
    for (int i = 0; i < 100; ++i) crumbs.add("cookie", "a=1");
    CHECK(crumbs.too_large());
}

TEST_CASE("an answer's head is framed as its status and its request want it") {
    const auto answer = [](std::string_view status, bool ends, bool to_head, Pairs more) {
        FieldBlock seen = block({{":status", status}});
        for (const auto& [name, value] : more) seen.add(name, value);
        return seen.answer(ends, to_head);
    };
    CHECK(answer("200", false, false, {{"a", "b"}}) ==
          "HTTP/1.1 200 \r\na: b\r\ntransfer-encoding: chunked\r\n\r\n");
    CHECK(answer("200", true, false, {}) == "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n");
    CHECK(answer("200", true, true, {{"content-length", "7"}}) ==
          "HTTP/1.1 200 \r\ncontent-length: 7\r\n\r\n");
    CHECK(answer("304", true, false, {}) == "HTTP/1.1 304 \r\n\r\n");
    CHECK(answer("103", false, false, {{"link", "x"}}) == "HTTP/1.1 103 \r\nlink: x\r\n\r\n");
}

TEST_CASE("a head of ours loses what belongs to a connection, and its names are small") {
    std::string head =
        "GET /a b HTTP/1.1\r\nHost: api.test\r\nX-One: 1\r\nConnection: keep-alive\r\n"
        "Keep-Alive: timeout=5\r\nTE: trailers\r\nContent-Length: 3\r\n\r\n";
    const SplitHead split = split_request(head);
    CHECK(split.method == "GET");
    CHECK(split.target == "/a b");
    CHECK(split.host == "api.test");
    CHECK(split.length == "3");
    REQUIRE(split.fields.size() == 3);
    CHECK(split.fields[0].name == "x-one");
    CHECK(split.fields[0].value == "1");
    CHECK(split.fields[1].name == "te");
    CHECK(split.fields[2].name == "content-length");

    std::string answer = "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n";
    const SplitHead refused = split_answer(answer);
    CHECK(refused.status == 401);
    CHECK(refused.chunked);
    CHECK(refused.fields.empty());

    std::string trailers = "Grpc-Status: 16\r\ngrpc-message: no: token\r\n";
    const std::vector<Field> fields = split_trailers(trailers);
    REQUIRE(fields.size() == 2);
    CHECK(fields[0].name == "grpc-status");
    CHECK(fields[1].value == "no: token");
}

}  // namespace
}  // namespace whogoes::h2
