#include "proxy/tools/words.hpp"

#include "tests/tools/common.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace whogoes::tools {
namespace {

TEST_CASE("a time is said in UTC and relative to now") {
    CHECK(utc_words(1790000000) == "2026-09-21 14:13:20Z");
    CHECK(utc_words(0) == "1970-01-01 00:00:00Z");
    CHECK(utc_words(-1) == "");
    CHECK(utc_words(1e300) == "");
    CHECK(utc_words(std::nan("")) == "");
    CHECK(relative_words(1790000000, now) == "now");
    CHECK(relative_words(1789999148, now) == "14m 12s ago");
    CHECK(relative_words(1790003600, now) == "in 1h");
    CHECK(relative_words(1e300, now) == "far from now");
    CHECK(relative_words(std::nan(""), now) == "far from now");
}

TEST_CASE("a long sentence is folded between words") {
    CHECK(folded("a b", "  ") == "a b");
    CHECK(folded("", "  ") == "");
    std::string text;
    for (int i = 0; i < 40; ++i) text += "seven77 ";
    const std::string out = folded(text, "    ");
    for (std::size_t at = 0; at < out.size();) {
        const auto end = std::min(out.find('\n', at), out.size());
        CHECK(end - at <= 96);
        at = end + 1;
    }
    CHECK(folded(std::string(300, 'x'), "  ").size() == 300);
}

}  // namespace
}  // namespace whogoes::tools
