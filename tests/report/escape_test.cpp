#include "proxy/report/escape.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <random>
#include <string>

namespace whogoes::report {
namespace {

TEST_CASE("a JSON string holds nothing that acts on a terminal or a parser") {
    struct {
        std::string given;
        std::string written;
    } const cases[] = {
        {"plain", R"("plain")"},
        {"a\"b\\c", R"("a\"b\\c")"},
        {"a\nb\r\tc", R"("a\nb\r\tc")"},
        {std::string("\0\x1b[31m", 6), R"("\u0000\u001b[31m")"},
        {"\x7f", R"("\u007f")"},
        {"\xc2\x9b"
         "31m",
         R"("\u009b31m")"},  // C1: CSI in one octet
        {"a\xe2\x80\xae"
         "b",
         R"("a\u202eb")"},                                    // right-to-left override
        {"\xe2\x81\xa6x\xe2\x80\xa8", R"("\u2066x\u2028")"},  // isolate, line separator
        {"gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\""},
        {"\xf0\x9f\x99\x82", "\"\xf0\x9f\x99\x82\""},
        {"a\xff"
         "b",
         R"("a\ufffdb")"},
        {"\xc0\xaf", R"("\ufffd\ufffd")"},                      // overlong
        {"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"},            // a surrogate
        {"\xe2\x82", R"("\ufffd\ufffd")"},                      // cut short
        {"\xf4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},  // beyond U+10FFFF
        {"\xf3\xa0\x81\x81", R"("\udb40\udc41")"},              // an invisible tag
    };
    for (const auto& row : cases) {
        CAPTURE(row.given);
        std::string out;
        append_json(out, row.given);
        CHECK(out == row.written);
    }
}

TEST_CASE("whatever the octets, a JSON string parses") {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        std::string text(random() % 24, '\0');
        for (char& c : text) c = static_cast<char>(random());
        std::string out;
        append_json(out, text);
        boost::system::error_code error;
        const auto value = boost::json::parse(out, error);
        CAPTURE(out);
        REQUIRE_FALSE(error);
        CHECK(value.is_string());
        for (const char c : out) CHECK(static_cast<unsigned char>(c) >= 0x20);
    }
}

TEST_CASE("terminal text shows what it hides") {
    CHECK(visible("a\x1b[2Jb", true) == "a\\x1b[2Jb");
    CHECK(visible("a\xe2\x80\xae"
                  "b",
                  true) == "a\\u{202e}b");
    CHECK(visible("\xff", true) == "\\xff");
    CHECK(visible("gr\xc3\xbc", true) == "gr\xc3\xbc");
    CHECK(visible("gr\xc3\xbc", false) == "gr?");
    CHECK(visible("a\nb\x7f", true) == "a\\x0ab\\x7f");
}

TEST_CASE("a cut leaves whole code points and a mark") {
    CHECK(cut_end("abc", 3) == "abc");
    CHECK(cut_end("abcdef", 5) == "ab…");
    CHECK(cut_end("a\xc3\xbc\xc3\xbc\xc3\xbc", 5) == "a…");
    CHECK(cut_end("abcdef", 1).empty());
    CHECK(cut_middle("abcdefghij", 10, "…") == "abcdefghij");
    CHECK(cut_middle("abcdefghij", 7, "…") == "abc…hij");
    CHECK(cut_middle("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc", 3, "…") ==
          "\xc3\xa4…\xc3\xbc");
    CHECK(cut_middle("abcdefghij", 9, "...") == "abc...hij");
    CHECK(cut_middle("abcdef", 2, "...") == "ab");
}

}  // namespace
}  // namespace whogoes::report
