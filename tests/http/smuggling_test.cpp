#include "http/messages.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

using namespace std::string_literals;

// Each is a way in which a proxy and the server behind it have disagreed about where a message
// ends (RFC 9112, 11.2). 0: passes.
const struct {
    const char* given;
    std::string lines;
    int refused;
} framings[] = {
    {"chunked", "Transfer-Encoding: chunked\r\n", 0},
    {"chunked in capitals", "TRANSFER-encoding: CHUNKED\r\n", 0},
    {"chunked behind a tab", "Transfer-Encoding:\tchunked \t\r\n", 0},
    {"chunked without white space", "Transfer-Encoding:chunked\r\n", 0},
    {"a length", "Content-Length: 5\r\n", 0},
    {"a length of nothing", "Content-Length: 0\r\n", 0},
    {"a length with zeros in front", "Content-Length: 0005\r\n", 0},
    {"the largest length", "Content-Length: 9223372036854775807\r\n", 0},
    {"both", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400},
    {"both, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400},
    {"both, length 0", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", 400},
    {"a length beside identity", "Content-Length: 5\r\nTransfer-Encoding: identity\r\n", 400},
    {"a length beside gzip", "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", 400},
    {"two lengths that differ", "Content-Length: 5\r\nContent-Length: 6\r\n", 400},
    {"two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n", 400},
    {"a list of lengths", "Content-Length: 5, 6\r\n", 400},
    {"a list of equal lengths", "Content-Length: 5, 5\r\n", 400},
    {"a length with a comma", "Content-Length: 5,\r\n", 400},
    {"an empty length", "Content-Length:\r\n", 400},
    {"a length with plus", "Content-Length: +5\r\n", 400},
    {"a negative length", "Content-Length: -5\r\n", 400},
    {"a hexadecimal length", "Content-Length: 0x5\r\n", 400},
    {"a length with a point", "Content-Length: 5.0\r\n", 400},
    {"a length with an exponent", "Content-Length: 5e1\r\n", 400},
    {"a length with a space", "Content-Length: 5 5\r\n", 400},
    {"a length with an underscore", "Content-Length: 5_0\r\n", 400},
    {"a quoted length", "Content-Length: \"5\"\r\n", 400},
    {"a length with a vertical tab",
     "Content-Length: \x0b"
     "5\r\n",
     400},
    {"a length with a NUL", "Content-Length: 5\0\r\n"s, 400},
    {"a length with a no-break space", "Content-Length: 5\xa0\r\n", 400},
    {"a length of letters", "Content-Length: five\r\n", 400},
    {"a length of 2^63", "Content-Length: 9223372036854775808\r\n", 400},
    {"a length of 2^64 + 5", "Content-Length: 18446744073709551621\r\n", 400},
    {"a length of 40 digits", "Content-Length: " + std::string(40, '9') + "\r\n", 400},
    {"a length of 40 zeros", "Content-Length: " + std::string(40, '0') + "\r\n", 400},
    {"two encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
    {"two encodings, one unknown", "Transfer-Encoding: cow\r\nTransfer-Encoding: chunked\r\n", 400},
    {"two encodings, one disguised", "Transfer-Encoding: chunked\r\nTransfer-encoding: x\r\n", 400},
    {"chunked twice", "Transfer-Encoding: chunked, chunked\r\n", 400},
    {"chunked first", "Transfer-Encoding: chunked, gzip\r\n", 400},
    {"chunked, identity", "Transfer-Encoding: chunked, identity\r\n", 400},
    {"gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n", 501},
    {"identity", "Transfer-Encoding: identity\r\n", 501},
    {"xchunked", "Transfer-Encoding: xchunked\r\n", 501},
    {"chunkedx", "Transfer-Encoding: chunkedx\r\n", 501},
    {"chunked with a comma", "Transfer-Encoding: chunked,\r\n", 501},
    {"a comma before chunked", "Transfer-Encoding: ,chunked\r\n", 501},
    {"chunked with a semicolon", "Transfer-Encoding: chunked;\r\n", 400},
    {"chunked with a parameter", "Transfer-Encoding: chunked;q=1\r\n", 400},
    {"chunked quoted", "Transfer-Encoding: \"chunked\"\r\n", 400},
    {"chunked in single quotes", "Transfer-Encoding: 'chunked'\r\n", 501},
    {"two words", "Transfer-Encoding: x chunked\r\n", 400},
    {"an empty encoding", "Transfer-Encoding:\r\n", 400},
    {"an encoding with a vertical tab",
     "Transfer-Encoding: \x0b"
     "chunked\r\n",
     400},
    {"an encoding with a form feed", "Transfer-Encoding: chunked\x0c\r\n", 400},
    {"an encoding with a NUL", "Transfer-Encoding: chunked\0\r\n"s, 400},
    {"an encoding with a high octet",
     "Transfer-Encoding: \xff"
     "chunked\r\n",
     400},
    {"an encoding with a no-break space",
     "Transfer-Encoding:\xa0"
     "chunked\r\n",
     400},
    {"an encoding with a backspace",
     "Transfer-Encoding: \x08"
     "chunked\r\n",
     400},
    {"an encoding with DEL", "Transfer-Encoding: chunked\x7f\r\n", 400},
    {"an encoding behind a CR", "Transfer-Encoding: \rchunked\r\n", 400},
    {"an encoding behind a fold", "Transfer-Encoding:\r\n chunked\r\n", 400},
    {"a folded end", "Transfer-Encoding: chunked\r\n \r\n", 400},
    {"a folded tab", "X: a\r\n\tTransfer-Encoding: chunked\r\n", 400},
    {"white space before the colon", "Transfer-Encoding : chunked\r\n", 400},
    {"a tab before the colon", "Transfer-Encoding\t: chunked\r\n", 400},
    {"a CR before the colon", "Transfer-Encoding\r: chunked\r\n", 400},
    {"a NUL before the colon", "Transfer-Encoding\0: chunked\r\n"s, 400},
    {"a vertical tab before the colon", "Transfer-Encoding\x0b: chunked\r\n", 400},
    {"white space before the name", " Transfer-Encoding: chunked\r\n", 400},
    {"a no-break space in the name",
     "Transfer\xa0"
     "Encoding: chunked\r\n",
     400},
    {"a high octet before the name", "\xffTransfer-Encoding: chunked\r\n", 400},
    {"an underscore for the hyphen", "Transfer_Encoding: chunked\r\n", 400},
    {"an underscore behind the name", "Transfer-Encoding_: chunked\r\n", 400},
    {"a mark in the name", "Transfer-Enc!oding: chunked\r\n", 400},
    {"a mark before the name", "'Transfer-Encoding: chunked\r\n", 400},
    {"a mark in the length's name", "Content-Length~: 5\r\n", 400},
    {"an underscore in the length's name", "CONTENT_LENGTH: 5\r\n", 400},
    {"white space before the length's colon", "Content-Length : 5\r\n", 400},
    {"a longer name", "X-Transfer-Encoding: chunked\r\n", 0},
    {"a shorter name", "Transfer-Encodin: chunked\r\n", 0},
    {"a word of its own", "Content-Encoding: chunked\r\n", 0},
    {"the encoding in a value behind a CR", "X: a\rTransfer-Encoding: chunked\r\n", 400},
    {"the encoding in a value behind an LF", "X: a\nTransfer-Encoding: chunked\r\n", 400},
    {"the encoding behind LF CR", "X: a\n\rTransfer-Encoding: chunked\r\n", 400},
    {"the encoding behind CR CR LF", "X: a\r\r\nTransfer-Encoding: chunked\r\n", 400},
    {"an encoding that ends with LF", "Transfer-Encoding: chunked\n", 400},
    {"an end of LF LF", "X: a\n\nGET /smuggled HTTP/1.1\r\n", 400},
    {"an end of CR", "X: a\r\n\rGET /smuggled HTTP/1.1\r\n", 400},
};

TEST_CASE("a request whose end is unclear is refused") {
    for (const auto& row : framings) {
        CAPTURE(row.given);
        const ReadRequest request(post(row.lines));
        CHECK(request.refused() == row.refused);
        CHECK(request.complete() == (row.refused == 0));
    }
}

TEST_CASE("an answer whose end is unclear is a bad gateway") {
    for (const auto& row : framings) {
        CAPTURE(row.given);
        const ReadResponse response(ok(row.lines));
        CHECK(response.refused() == (row.refused == 0 ? 0 : 502));
        CHECK(response.complete() == (row.refused == 0));
    }
}

TEST_CASE("chunked is refused in HTTP/1.0") {
    CHECK(
        ReadRequest("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").refused() ==
        400);
    CHECK(ReadResponse("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").refused() == 502);
}

TEST_CASE("a field line has one form") {
    const struct {
        const char* given;
        std::string lines;
        bool passes;
    } rows[] = {
        {"white space before the colon", "X : 1\r\n", false},
        {"no name", ": 1\r\n", false},
        {"no colon", "X\r\n", false},
        {"a space in the name", "X Y: 1\r\n", false},
        {"a bracket in the name", "X[0]: 1\r\n", false},
        {"a slash in the name", "X/Y: 1\r\n", false},
        {"a high octet in the name", "X\xe9: 1\r\n", false},
        {"a control in the name", "X\x01: 1\r\n", false},
        {"a quote in the name", "\"X\": 1\r\n", false},
        {"a CR in the value", "X: a\rb\r\n", false},
        {"a NUL in the value", "X: a\0b\r\n"s, false},
        {"an escape in the value", "X: a\x1b[31m\r\n", false},
        {"a DEL in the value", "X: a\x7f\r\n", false},
        {"a fold", "X: a\r\n b\r\n", false},
        {"an empty fold", "X:\r\n \r\n", false},
        {"a tab in the value", "X: a\tb\r\n", true},
        {"UTF-8 in the value", "X: caf\xc3\xa9\r\n", true},
        {"an empty value", "X:\r\n", true},
        {"a value of white space", "X: \t \r\n", true},
        {"colons in the value", "X: a:b::c\r\n", true},
        {"names of marks", "!#$%&'*+-.^_`|~: 1\r\n", true},
        {"two Authorization lines", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n", true},
        {"names that differ by a mark", "X_Id: a\r\nX-Id: b\r\n", true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        CHECK(ReadRequest(get(row.lines)).complete() == row.passes);
        CHECK(ReadRequest(get(row.lines)).refused() == (row.passes ? 0 : 400));
        CHECK(ReadResponse(ok(row.lines)).refused() == (row.passes ? 0 : 502));
    }
}

TEST_CASE("framing_flaw judges a head by itself") {
    RequestHead head;
    head.bytes = "Transfer-Encoding: xchunked\r\n\r\n";
    FieldLine line;
    line.name_end = 17;
    line.value_begin = 19;
    line.value_end = 27;
    line.end = 29;
    line.name = FieldName::transfer_encoding;
    head.fields.push_back(line);
    const std::optional<Flaw> flaw = framing_flaw(head);
    REQUIRE(flaw);
    CHECK(flaw->status == 501);
    head.fields.clear();
    REQUIRE(framing_flaw(head));
    CHECK(framing_flaw(head)->section == "RFC 9112, 3.2");
    head.minor_version = 0;
    CHECK_FALSE(framing_flaw(head));
}

TEST_CASE("framing is noted as facts") {
    const ReadRequest chunked(post("Transfer-Encoding: chunked\r\n"));
    CHECK(chunked.head.framing == Framing::chunked);
    const ReadRequest length(post("Content-Length: 0012\r\n"));
    CHECK(length.head.framing == Framing::length);
    CHECK(length.head.content_length == 12);
    CHECK(ReadRequest(post("Content-Length: 0\r\n")).head.framing == Framing::none);
    CHECK(ReadRequest(post("")).head.framing == Framing::none);
}

}  // namespace
}  // namespace whogoes::http
