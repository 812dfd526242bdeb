#include "compliance_rows.hpp"
#include "rules/documented.hpp"

namespace whogoes::rules {
namespace {

using Kind = DocumentedScheme::Kind;

const DocumentedOperation& secured() {
    static const DocumentedOperation operation{
        "GET", "/orders", {{{Kind::http, "bearer", "", "", {"orders:read"}}}}};
    return operation;
}

const DocumentedOperation& open() {
    static const DocumentedOperation operation{"GET", "/health", {}};
    return operation;
}

const DocumentedOperation& keyed() {
    static const DocumentedOperation operation{
        "GET", "/keyed", {{{Kind::api_key, "", "header", "X-API-Key", {}}}}};
    return operation;
}

void is_secured(Exchange& exchange, Expectations&) { exchange.documented = &secured(); }
void is_open(Exchange& exchange, Expectations&) { exchange.documented = &open(); }
void is_keyed(Exchange& exchange, Expectations&) { exchange.documented = &keyed(); }

const ComplianceRow documented_table[] = {
    {"documented-security-missing", true, "a bare request is let in", "GET /orders", "200",
     is_secured},
    {"documented-security-missing", true, "no content", "GET /orders", "204", is_secured},
    {"documented-security-missing", false, "no description", "GET /orders", "200"},
    {"documented-security-missing", false, "refused", "GET /orders", "401", is_secured},
    {"documented-security-missing", false, "hidden", "GET /orders", "404", is_secured},
    {"documented-security-missing", false, "a token came",
     "GET /orders\nAuthorization: Bearer abcdef-12345", "200", is_secured},
    {"documented-security-missing", false, "a cookie came", "GET /orders\nCookie: a=1", "200",
     is_secured},
    {"documented-security-missing", false, "a key came", "GET /orders\nX-API-Key: abcdef-12345",
     "200", is_secured},
    {"documented-security-missing", false, "a preflight",
     "OPTIONS /orders\nOrigin: http://a.test\nAccess-Control-Request-Method: GET", "204",
     is_secured},
    {"documented-security-missing", false, "described as open", "GET /health", "200", is_open},

    {"documented-open-refused", true, "a bare request", "GET /health", "401", is_open},
    {"documented-open-refused", false, "no description", "GET /health", "401"},
    {"documented-open-refused", false, "forbidden for other reasons", "GET /health", "403",
     is_open},
    {"documented-open-refused", false, "a bad token came",
     "GET /health\nAuthorization: Bearer abcdef-12345", "401", is_open},
    {"documented-open-refused", false, "described as secured", "GET /orders", "401", is_secured},

    {"documented-scheme-not-offered", true, "Basic alone", "GET /orders",
     "401\nWWW-Authenticate: Basic realm=\"a\"", is_secured},
    {"documented-scheme-not-offered", false, "Bearer beside Basic", "GET /orders",
     "401\nWWW-Authenticate: Basic realm=\"a\", bearer realm=\"b\"", is_secured},
    {"documented-scheme-not-offered", false, "no challenge", "GET /orders", "401", is_secured},
    {"documented-scheme-not-offered", false, "an API key has no challenge", "GET /keyed",
     "401\nWWW-Authenticate: Basic realm=\"a\"", is_keyed},
    {"documented-scheme-not-offered", false, "no description", "GET /orders",
     "401\nWWW-Authenticate: Basic realm=\"a\""},
};

}  // namespace

std::span<const ComplianceRow> documented_rows() { return documented_table; }

}  // namespace whogoes::rules
