#include "rules/causes/placeholder.hpp"

#include "cause_rows.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::rules::causes {
namespace {

constexpr std::string_view random = "qYdTzKbRmX7wPaLc2VuJhG";

TEST_CASE("what may be shown of a placeholder is its frame where a token may stand within") {
    const std::string jwt = token(valid_claims);
    struct {
        std::string sent, shown;
    } const rows[] = {
        {"{{ AUTH_TOKEN }}", "{{ AUTH_TOKEN }}"},
        {"<YOUR_API_KEY>", "<YOUR_API_KEY>"},
        {"${TOKEN:-hunter2!}", "${…}"},
        {"b'" + jwt + "'", "b'…'"},
        {"Optional(\"" + jwt + "\")", "Optional(…)"},
        {"{\"access_token\":\"" + jwt + "\"}", "{\"access_token\"…"},
        {"op://vault/item/token", "op://…"},
        {"******", "******"},
        {"UNDEFINED", "UNDEFINED"},
        {"$my_token", "$my_token"},
        {"process.env.TOKEN", "process.env.TOKEN"},
        {"your_secret_here", "your_secret_here"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.sent);
        const std::optional<Placeholder> found = find_placeholder(row.sent);
        REQUIRE(found);
        CHECK(found->shown == row.shown);
        CHECK(is_placeholder(row.sent));
    }
}

TEST_CASE("what could be a real token is none") {
    const std::string opaque(random);
    for (const std::string& sent :
         {opaque, "<" + opaque + ">", "{" + opaque + "}", "$" + opaque, "your_" + opaque,
          "env.a_" + opaque, std::string("nullable-4f5e6d7c"), std::string("xx"),
          std::string("stringent"), std::string("{\"user\":\"" + opaque + "\"}"),
          "{{" + token(valid_claims) + "}}", token(valid_claims), std::string("$2y$10$abcdefgh"),
          std::string(1, '\0'), std::string()}) {
        CAPTURE(sent);
        CHECK_FALSE(is_placeholder(sent));
    }
}

TEST_CASE("each shape is found, and tells where it comes from") {
    CHECK(placeholder_shapes().size() > 170);
    for (const PlaceholderShape& shape : placeholder_shapes()) {
        CAPTURE(shape.whole);
        CAPTURE(shape.begins);
        CAPTURE(shape.only);
        CHECK_FALSE(shape.seen.empty());
        std::string sent(shape.whole);
        if (sent.empty()) sent = shape.begins;
        sent += shape.holds;
        sent += shape.ends;
        while (!shape.only.empty() && sent.size() < 3) sent += shape.only.back();
        CHECK(is_placeholder(sent));
    }
}

}  // namespace
}  // namespace whogoes::rules::causes
