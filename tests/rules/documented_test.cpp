#include "rules/documented.hpp"

#include "brief_exchange.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::rules {
namespace {

using Kind = DocumentedScheme::Kind;

const DocumentedScheme bearer{Kind::http, "bearer", "", "", {}};
const DocumentedScheme scoped{Kind::http, "bearer", "", "", {"orders:write", "orders:read"}};
const DocumentedScheme basic{Kind::http, "basic", "", "", {}};
const DocumentedScheme key{Kind::api_key, "", "header", "X-API-Key", {}};
const DocumentedScheme cookie{Kind::api_key, "", "cookie", "sid", {}};
const DocumentedScheme certificate{Kind::mutual_tls, "", "", "", {}};

TEST_CASE("what is described is told in words") {
    const auto words = [](std::vector<std::vector<DocumentedScheme>> security) {
        return DocumentedOperation{"GET", "/a", std::move(security)}.words();
    };
    CHECK(words({}) == "no credential");
    CHECK(words({{}}) == "no credential");
    CHECK(words({{bearer}}) == "Bearer");
    CHECK(words({{scoped}}) == "Bearer with the scopes orders:write orders:read");
    CHECK(words({{key, certificate}, {cookie}}) ==
          "an API key in the field X-API-Key and a client certificate, or an API key in the cookie "
          "sid");
    CHECK(DocumentedOperation{"GET", "/a", {}}.is_open());
    CHECK(DocumentedOperation{"GET", "/a", {{}, {bearer}}}.is_open());
    CHECK_FALSE(DocumentedOperation{"GET", "/a", {{bearer}}}.is_open());
}

TEST_CASE("what came fits one of the ways, or none") {
    const struct {
        std::vector<std::vector<DocumentedScheme>> security;
        const char* request;
        bool fits;
    } rows[] = {
        {{}, "GET /a", true},
        {{{bearer}}, "GET /a", false},
        {{{bearer}}, "GET /a\nAuthorization: bearer abc", true},
        {{{bearer}}, "GET /a\nAuthorization: DPoP abc", true},
        {{{bearer}}, "GET /a\nAuthorization: Basic YTpi", false},
        {{{bearer}, {basic}}, "GET /a\nAuthorization: Basic YTpi", true},
        {{{key}}, "GET /a\nx-api-key: abc", true},
        {{{key}}, "GET /a?X-API-Key=abc", false},
        {{{key, bearer}}, "GET /a\nX-API-Key: abc", false},
        {{{key, bearer}}, "GET /a\nX-API-Key: abc\nAuthorization: Bearer abc", true},
        {{{cookie}}, "GET /a\nCookie: sid=abcdef", true},
        {{{certificate}}, "GET /a", true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.request);
        BriefExchange brief(row.request, "401");
        brief.exchange.read();
        CHECK(fits({"GET", "/a", row.security}, brief.exchange) == row.fits);
    }
}

}  // namespace
}  // namespace whogoes::rules
