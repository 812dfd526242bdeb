#include "rules/text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::rules {
namespace {

TEST_CASE("names compare without ASCII case, and only that") {
    CHECK(iequals("Authorization", "aUTHORIZATION"));
    CHECK_FALSE(iequals("a", "ab"));
    CHECK_FALSE(iequals("\xC3\x84", "\xC3\xA4"));
    CHECK_FALSE(iequals("[", "{"));  // they differ in the bit that letters differ in
    CHECK(istarts_with("Bearer x", "bearer"));
    CHECK(iends_with("a.LOCALHOST", ".localhost"));
    CHECK(ifind("Token has EXPIRED", "expired") == 10);
    CHECK(ifind("short", "longer text") == npos);
    CHECK(icontains("anything", ""));
}

TEST_CASE("base64 is decoded up to the octet that does not belong") {
    struct {
        std::string_view text;
        Alphabet alphabet;
        std::string_view bytes;
        std::size_t bad;
        bool strict;
    } const rows[] = {
        {"", Alphabet::standard, "", npos, true},
        {"YQ==", Alphabet::standard, "a", npos, false},
        {"YQ", Alphabet::standard, "a", npos, true},
        {"YWI=", Alphabet::standard, "ab", npos, false},
        {"YWJj", Alphabet::standard, "abc", npos, true},
        {"YR", Alphabet::standard, "a", npos, false},
        {"YQ=", Alphabet::standard, "a", 2, false},
        {"Y", Alphabet::standard, "", 1, false},
        {"YWJjY", Alphabet::standard, "abc", 5, false},
        {"YW*j", Alphabet::standard, "", 2, false},
        {"YWJjYW*j", Alphabet::standard, "abc", 6, false},
        {"-_-_", Alphabet::standard, "", 0, false},
        {"-_-_", Alphabet::url, "\xFB\xFF\xBF", npos, true},
        {"+/+/", Alphabet::url, "", 0, false},
        {"+_-/", Alphabet::either, "\xFB\xFF\xBF", npos, true},
        {"Y=Q=", Alphabet::standard, "", 1, false},
        {"YQ===", Alphabet::standard, "", 2, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const Base64 decoded = decode_base64(row.text, row.alphabet);
        CHECK(decoded.bytes == row.bytes);
        CHECK(decoded.bad == row.bad);
        CHECK(decoded.strict() == row.strict);
    }
}

TEST_CASE("base64url round-trips octets of every length") {
    std::string bytes;
    for (int i = 0; i < 70; ++i) {
        const Base64 decoded = decode_base64(base64url_of(bytes), Alphabet::url);
        CHECK(decoded.bytes == bytes);
        CHECK(decoded.strict());
        bytes += static_cast<char>(i * 37);
    }
}

TEST_CASE("only well-formed UTF-8 passes") {
    struct {
        std::string_view text;
        std::size_t bad;
    } const rows[] = {
        {"plain", npos},
        {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x94\x91", npos},
        {"a\xC3", 1},
        {"\xC0\xAF", 0},          // overlong
        {"\xE0\x80\xAF", 0},      // overlong
        {"ab\xED\xA0\x80", 2},    // a surrogate
        {"\xF4\x90\x80\x80", 0},  // above U+10FFFF
        {"\xFF", 0},
        {"x\x80", 1},
    };
    for (const auto& row : rows) CHECK(first_non_utf8(row.text) == row.bad);
}

TEST_CASE("percent-encoding is undone or refused, never guessed") {
    CHECK(percent_decoded("a%2Eb%3d+") == "a.b=+");
    CHECK_FALSE(percent_decoded("%2"));
    CHECK_FALSE(percent_decoded("%zz"));
    CHECK(hex_of(std::string_view("\x00\xFF", 2)) == "00ff");
}

TEST_CASE("tokens and token68 keep to their octets") {
    CHECK(is_token("x-Basic!"));
    CHECK_FALSE(is_token(""));
    CHECK_FALSE(is_token("a b"));
    CHECK_FALSE(is_token("a\x80"));
    CHECK(is_token68("a/b+c._~-=="));
    CHECK_FALSE(is_token68("=="));
    CHECK_FALSE(is_token68("a=b"));
    CHECK_FALSE(is_token68("a,b"));
    CHECK(words_of(" a  b ").size() == 2);
    CHECK(parts_of("a, ,b", ',').size() == 3);
}

}  // namespace
}  // namespace whogoes::rules
