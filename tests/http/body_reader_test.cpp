#include "proxy/http/body_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

// What of the octets shown belongs to a body, and what of them is its payload.
namespace whogoes::http {
namespace {

Head head_of(Framing framing, std::uint64_t length = 0) {
    Head head;
    head.framing = framing;
    head.content_length = length;
    return head;
}

struct Taken {
    std::string payload;
    std::size_t octets = 0;
};

Taken take(BodyReader& reader, std::string_view octets) {
    Taken taken;
    taken.octets = reader.take(octets, [&](std::string_view run) { taken.payload += run; }).octets;
    return taken;
}

TEST_CASE("a body that is none, or of no octets, is over and takes nothing") {
    for (BodyReader reader :
         {BodyReader(), BodyReader(head_of(Framing::none)), BodyReader(head_of(Framing::length))}) {
        CHECK(reader.done());
        CHECK(take(reader, "GET /next").octets == 0);
        CHECK(take(reader, "GET /next").payload.empty());
    }
}

TEST_CASE("a body is the same in whatever slices it comes") {
    const struct {
        Framing framing;
        std::string wire, payload;
    } rows[] = {
        {Framing::length, "hello, world", "hello, world"},
        {Framing::chunked, "5;a=b\r\nhello\r\n7\r\n, world\r\n0\r\nX: 1\r\n\r\n", "hello, world"},
        {Framing::chunked, "0\r\n\r\n", ""},
    };
    for (const auto& row : rows) {
        for (std::size_t cut = 0; cut < row.wire.size(); ++cut) {
            CAPTURE(row.wire);
            CAPTURE(cut);
            BodyReader reader(head_of(row.framing, row.payload.size()));
            const Taken first = take(reader, row.wire.substr(0, cut));
            CHECK(first.octets == cut);
            CHECK_FALSE(reader.done());
            const Taken rest = take(reader, row.wire.substr(cut) + "next");
            CHECK(rest.octets == row.wire.size() - cut);
            CHECK(first.payload + rest.payload == row.payload);
            CHECK(reader.done());
            CHECK(take(reader, "next").octets == 0);
        }
    }
}

TEST_CASE("the octets alone are told of as with the payload") {
    const std::string wire = "5\r\nhello\r\n0\r\n\r\n";
    BodyReader reader(head_of(Framing::chunked));
    CHECK(reader.take(wire + "next").octets == wire.size());
    CHECK(reader.done());
}

TEST_CASE("a length is left as far as it has not come") {
    BodyReader reader(head_of(Framing::length, 5));
    CHECK(reader.left() == 5);
    CHECK(reader.take("he").octets == 2);
    CHECK(reader.left() == 3);
    CHECK(BodyReader(head_of(Framing::chunked)).left() == 0);
}

TEST_CASE("an end of the connection completes a body without a length, and no other") {
    for (const Framing framing : {Framing::length, Framing::chunked, Framing::until_close}) {
        BodyReader reader(head_of(framing, 9));
        CHECK(take(reader, framing == Framing::chunked ? "4\r\nfour" : "four").payload == "four");
        CHECK_FALSE(reader.done());
        reader.connection_ended();
        CHECK(reader.done() == (framing == Framing::until_close));
    }
}

TEST_CASE("what was read to its end before is over once it has been shown") {
    BodyReader reader(head_of(Framing::until_close));
    reader.next_is_last();
    CHECK_FALSE(reader.done());
    CHECK(take(reader, "all of it").payload == "all of it");
    CHECK(reader.done());
}

TEST_CASE("chunks that are broken give what came before, and nothing after") {
    BodyReader reader(head_of(Framing::chunked));
    CHECK(take(reader, "2\r\nok\r\nx\r\n").payload == "ok");
    CHECK(reader.flawed());
    CHECK_FALSE(reader.done());
    CHECK_FALSE(reader.flaw().empty());
    CHECK(reader.take("1\r\na\r\n").octets == 0);
    reader.connection_ended();
    CHECK_FALSE(reader.done());
}

TEST_CASE("trailers are kept where that is asked for, however they come") {
    const std::string body =
        "3\r\nabc\r\n0;x=y\r\ngrpc-status: 16\r\ngrpc-message:\r\n\r\nHTTP/1.1 200 OK";
    Head head;
    head.framing = Framing::chunked;
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, body.size()}) {
        for (const bool with_payload : {false, true}) {
            BodyReader reader(head);
            std::string kept, payload;
            reader.keep_trailers(kept);
            for (std::size_t at = 0; at < body.size() && !reader.done(); at += piece) {
                const std::string_view slice = std::string_view(body).substr(at, piece);
                if (with_payload)
                    reader.take(slice, [&payload](std::string_view run) { payload += run; });
                else
                    reader.take(slice);
            }
            CHECK(reader.done());
            CHECK(kept == "grpc-status: 16\r\ngrpc-message:\r\n");
            CHECK(payload == (with_payload ? "abc" : ""));
        }
    }
}

}  // namespace
}  // namespace whogoes::http
