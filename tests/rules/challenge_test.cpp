#include "rules/challenge.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace whogoes::rules {
namespace {

ChallengeList parsed(const std::vector<std::string_view>& lines) { return parse_challenges(lines); }

// Basic realm="a" | Newauth | Negotiate abc==
std::string summary(const ChallengeList& list) {
    std::string text;
    for (const Challenge& challenge : list.challenges) {
        if (!text.empty()) text += " | ";
        text += challenge.scheme;
        if (!challenge.token68.empty()) text += " " + challenge.token68;
        for (const Parameter& parameter : challenge.parameters)
            text += " " + parameter.name + (parameter.quoted ? "=q:" : "=") + parameter.value;
    }
    return text;
}

TEST_CASE("a field value is read by the grammar of RFC 9110, 11.2 and 11.3") {
    struct {
        std::string_view value, read;
    } const rows[] = {
        {R"(Basic realm="a")", "Basic realm=q:a"},
        {R"(Basic realm=a)", "Basic realm=a"},
        {"Negotiate", "Negotiate"},
        {"Negotiate abc==", "Negotiate abc=="},
        {"Basic a=", "Basic a="},
        {"Foo a=b", "Foo a=b"},
        {R"(Negotiate, Basic realm="x")", "Negotiate | Basic realm=q:x"},
        {R"(Newauth realm="a", type=1, Basic realm="b")",
         "Newauth realm=q:a type=1 | Basic realm=q:b"},
        {R"(Digest qop="auth,auth-int", nonce="a\"b\\c")",
         R"(Digest qop=q:auth,auth-int nonce=q:a"b\c)"},
        {R"(Foo ,, a="1", , b=2,)", "Foo a=q:1 b=2"},
        {"Foo a = \"x\"", "Foo a=q:x"},
        {"Foo\ta=1", "Foo a=1"},
        {"Foo a=\"x\ty\"", "Foo a=q:x\ty"},
        {"Foo a=\"\xC3\xA4\"", "Foo a=q:\xC3\xA4"},
        {"Foo a=\"\r\n b\"", "Foo a=q: b"},
        {"", ""},
        {" , ,", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.value);
        const ChallengeList list = parsed({row.value});
        CHECK(list.flaws.empty());
        CHECK(summary(list) == row.read);
    }
}

TEST_CASE("a flaw names its place and what should stand there") {
    struct {
        std::string_view value;
        std::size_t offset;
        std::string_view expected;
    } const rows[] = {
        {R"(Basic realm="a)", 14, "a closing quote"},
        {R"(Basic realm="a\)", 15, "a closing quote"},
        {R"(Basic realm="a" error="b")", 16, "a comma"},
        {R"(Basic realm="a"; error="b")", 15, "a comma"},
        {R"(realm="x")", 5, "a space after the scheme"},
        {R"(Basic, realm="x")", 12, "a space after the scheme"},
        {R"({"error":1})", 0, "a scheme or a parameter name"},
        {"https://x", 5, "a space after the scheme"},
        {"Foo YWJj realm=\"x\"", 8, "token68 or a parameter"},
        {"Foo YWJj, realm=\"x\"", 15, "a space after the scheme"},
        {"Foo a=1, b=", 11, "a value"},
        {"Foo a=\"x\x01\"", 8, "no control character"},
        {"Foo a=\"x\\\x7F\"", 9, "no control character"},
        {"Foo \"a\"", 4, "token68 or a parameter"},
        {"Foo a=\x80", 6, "a value"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.value);
        const ChallengeList list = parsed({row.value});
        CHECK(list.challenges.empty());
        REQUIRE(list.flaws.size() == 1);
        CHECK(list.flaws[0].offset == row.offset);
        CHECK(list.flaws[0].expected == row.expected);
    }
}

TEST_CASE("what a sender should not have written is read and noted") {
    CHECK(parsed({"Foo a =1"}).bad_whitespace);
    CHECK(parsed({"Foo a= 1"}).bad_whitespace);
    CHECK(parsed({"Foo\ta=1"}).bad_whitespace);
    CHECK(parsed({"Foo\ta=1"}).tab_after_scheme);
    CHECK_FALSE(parsed({"Foo  a=1 , b=2"}).bad_whitespace);
    CHECK(parsed({", Foo ,, Bar"}).empty_elements == 2);
    CHECK(parsed({std::string(500, ',')}).empty_elements == 64);
    CHECK(parsed({"Foo a=\"\xE4\""}).non_ascii);
    CHECK_FALSE(parsed({"Foo a=\"x\""}).non_ascii);
    CHECK(parsed({"A, B", "C"}).most_on_one_line == 2);
}

TEST_CASE("a tab before a comma belongs to the list, and no parameters follow") {
    CHECK(parsed({"Foo\t, Bar b=1"}).flaws.empty());
    CHECK(parsed({"Foo , b=1"}).flaws.empty());
    CHECK(parsed({"Foo\t, b=1"}).flaws.size() == 1);
}

TEST_CASE("a broken line does not hide a good one") {
    const ChallengeList list = parsed({"Basic realm=\"x", "Bearer realm=\"y\""});
    CHECK(list.offers("bearer"));
    CHECK_FALSE(list.offers("Basic"));
    CHECK(list.flaws.size() == 1);
    CHECK(list.challenges[0].line == 1);
    CHECK_FALSE(list.absent());
}

TEST_CASE("parameters may be split between lines, which then are read as one") {
    const ChallengeList list = parsed({"Digest realm=\"a\"", "", "nonce=\"n\", Basic realm=\"b\""});
    CHECK(list.flaws.empty());
    CHECK(list.joined);
    CHECK(list.lines == 3);
    CHECK(list.empty_elements == 0);
    CHECK(summary(list) == "Digest realm=q:a nonce=q:n | Basic realm=q:b");
    CHECK(list.challenges[0].line == 0);
    CHECK(list.challenges[1].line == 2);
}

TEST_CASE("nothing but commas and white space is no challenge") {
    CHECK(parsed({}).absent());
    CHECK(parsed({""}).absent());
    CHECK(parsed({" , "}).absent());
    CHECK_FALSE(parsed({"Basic"}).absent());
    CHECK_FALSE(parsed({"="}).absent());
}

TEST_CASE("parameters are found without case, and keep their raw form") {
    const ChallengeList list = parsed({R"(Bearer Realm="a\"b", realm=c)"});
    const Challenge* const bearer = list.find("BEARER");
    REQUIRE(bearer);
    CHECK(bearer->value_of("REALM") == "a\"b");
    CHECK(bearer->parameter("realm")->raw == R"("a\"b")");
    CHECK(bearer->value_of("scope").empty());
    CHECK_FALSE(bearer->parameter("scope"));
}

}  // namespace
}  // namespace whogoes::rules
