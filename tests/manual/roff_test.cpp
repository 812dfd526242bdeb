#include "proxy/manual/roff.hpp"

#include <doctest/doctest.h>

namespace whogoes::manual {
namespace {

TEST_CASE("no text acts on the formatter") {
    CHECK(roff("plain text") == "plain text");
    CHECK(roff(".SH x") == "\\&.SH x");
    CHECK(roff("'quoted'") == "\\&\\(aqquoted\\(aq");
    CHECK(roff("a\\fBb") == "a\\efBb");
    CHECK(roff("--flag") == "\\-\\-flag");
    CHECK(roff("one\n.two") == "one .two");
    CHECK(roff("~/`^") == "\\(ti/\\(ga\\(ha");
}

TEST_CASE("letters beyond ASCII are named, and a broken one ends with the text") {
    CHECK(roff("URL… |") == "URL... |");
    CHECK(roff("§ →") == "\\[u00A7] \\[u2192]");
    CHECK(roff("\U0001F511") == "\\[u1F511]");
    CHECK(roff("\xE2\x80") == "\\[u2000]");
}

}  // namespace
}  // namespace whogoes::manual
