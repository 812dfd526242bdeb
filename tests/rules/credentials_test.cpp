#include "rules/credentials.hpp"

#include <doctest/doctest.h>

namespace whogoes::rules {
namespace {

TEST_CASE("credentials are split at the first white space, and not judged") {
    struct {
        std::string_view value, scheme, rest;
        Scheme kind;
    } const rows[] = {
        {"", "", "", Scheme::none},
        {" \t ", "", "", Scheme::none},
        {"Bearer", "Bearer", "", Scheme::bearer},
        {"Bearer abc", "Bearer", "abc", Scheme::bearer},
        {"bEARER   abc", "bEARER", "abc", Scheme::bearer},
        {"Bearer\tabc", "Bearer", "abc", Scheme::bearer},
        {"  Basic YQ==  ", "Basic", "YQ==", Scheme::basic},
        {"Bearer a b", "Bearer", "a b", Scheme::bearer},
        {"Bearer:abc", "Bearer:abc", "", Scheme::unknown},
        {"eyJ.eyJ.x", "eyJ.eyJ.x", "", Scheme::unknown},
        {"Token abc", "Token", "abc", Scheme::token},
        {"SCRAM-SHA-1 x", "SCRAM-SHA-1", "x", Scheme::scram},
        {"AWS4-HMAC-SHA256 Credential=x", "AWS4-HMAC-SHA256", "Credential=x",
         Scheme::aws4_hmac_sha256},
    };
    for (const auto& row : rows) {
        CAPTURE(row.value);
        const Credentials credentials = parse_credentials(row.value);
        CHECK(credentials.scheme == row.scheme);
        CHECK(credentials.value == row.rest);
        CHECK(credentials.kind == row.kind);
    }
}

TEST_CASE("a scheme has one registered spelling") {
    CHECK(registered_spelling(Scheme::dpop) == "DPoP");
    CHECK(registered_spelling(Scheme::unknown).empty());
    CHECK(registered_spelling(Scheme::none).empty());
    CHECK(registered_spelling("scram-sha-1") == "SCRAM-SHA-1");
    CHECK(registered_spelling("VAPID") == "vapid");
    CHECK(registered_spelling("nobody").empty());
    CHECK(scheme_of(registered_spelling(Scheme::private_token)) == Scheme::private_token);
}

}  // namespace
}  // namespace whogoes::rules
