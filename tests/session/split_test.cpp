#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// However the octets of a request or an answer are cut into pieces, what comes out is the same.
namespace whogoes::support {
namespace {

struct Exchange {
    std::string sent;   // as the upstream got it, without what the proxy adds
    std::string reply;  // as the client got it
};

struct Shape {
    std::string given;
    std::string method;
    std::string request;
    std::string answer;
};

const Shape shapes[] = {
    {"lengths", "POST",
     "POST /a HTTP/1.1\r\nHost: a\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: "
     "5\r\n\r\nhello",
     "HTTP/1.1 401 No\r\nDate: d\r\nKeep-Alive: timeout=9\r\nContent-Length: 4\r\n\r\nsent"},
    {"chunks", "POST",
     "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n"
     "0b\r\n0123456789a\r\n0\r\nX-T: 1\r\n\r\n",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n"
     "5\r\nhello\r\n2\r\n!!\r\n0\r\nX-T: 2\r\n\r\n"},
    {"to an HTTP/1.0 client", "GET", "GET /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
     "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\n!!\r\n"
     "0\r\nX-T: 2\r\n\r\n"},
};

Exchange exchange(Rig& rig, const Shape& shape, std::size_t request_cut, std::size_t answer_cut) {
    const std::size_t index = rig.upstream.requests().size();
    rig.upstream.will([&rig, &shape, answer_cut](Talk& talk) {
        talk.read_body();
        talk.send(shape.answer.substr(0, answer_cut));
        if (answer_cut < shape.answer.size()) rig.settle();
        talk.send(shape.answer.substr(answer_cut));
    });
    Client client = rig.connect();
    client.send(shape.request.substr(0, request_cut));
    if (request_cut < shape.request.size()) rig.settle();
    if (request_cut < shape.request.size()) client.send(shape.request.substr(request_cut));
    const Message reply = client.reply(shape.method);
    return {rig.upstream.request(index).whole(), reply.whole()};
}

TEST_CASE("a request and an answer may be cut anywhere") {
    for (const Shape& shape : shapes) {
        CAPTURE(shape.given);
        Rig rig;
        const Exchange whole = exchange(rig, shape, shape.request.size(), shape.answer.size());
        CHECK(whole.sent.find("/a HTTP/1.1\r\n") != std::string::npos);
        for (std::size_t cut = 1; cut < shape.request.size(); ++cut) {
            CAPTURE(cut);
            const Exchange pieces = exchange(rig, shape, cut, shape.answer.size());
            CHECK(pieces.sent == whole.sent);
            CHECK(pieces.reply == whole.reply);
        }
        for (std::size_t cut = 1; cut < shape.answer.size(); ++cut) {
            CAPTURE(cut);
            const Exchange pieces = exchange(rig, shape, shape.request.size(), cut);
            CHECK(pieces.sent == whole.sent);
            CHECK(pieces.reply == whole.reply);
        }
    }
}

TEST_CASE("octet by octet, requests and answers are what they are at once") {
    Rig rig;
    for (const Shape& shape : shapes) {
        CAPTURE(shape.given);
        const Exchange whole = exchange(rig, shape, shape.request.size(), shape.answer.size());
        rig.upstream.will([&](Talk& talk) {
            talk.read_body();
            for (const char octet : shape.answer) talk.send(std::string(1, octet));
        });
        Client client = rig.connect();
        for (const char octet : shape.request) client.send(std::string(1, octet));
        CHECK(client.reply(shape.method).whole() == whole.reply);
    }
}

}  // namespace
}  // namespace whogoes::support
