#include "compliance_rows.hpp"

namespace whogoes::rules {
namespace {

const ComplianceRow challenge_table[] = {
    {"unauthorized-without-challenge", true, "no field", "GET /", "401"},
    {"unauthorized-without-challenge", true, "an empty field", "GET /", "401\nWWW-Authenticate:"},
    {"unauthorized-without-challenge", true, "commas only", "GET /", "401\nWWW-Authenticate: , ,"},
    {"unauthorized-without-challenge", false, "lower-case name", "GET /",
     "401\nwww-authenticate: Bearer realm=\"x\""},
    {"unauthorized-without-challenge", false, "a broken one is one", "GET /",
     "401\nWWW-Authenticate: Bearer realm=\"x"},
    {"unauthorized-without-challenge", false, "another status", "GET /", "403"},

    {"challenge-syntax-invalid", true, "open quote", "GET /",
     "401\nWWW-Authenticate: Basic realm=\"a"},
    {"challenge-syntax-invalid", true, "no scheme", "GET /", "401\nWWW-Authenticate: realm=\"a\""},
    {"challenge-syntax-invalid", true, "no comma", "GET /",
     "401\nWWW-Authenticate: Bearer realm=\"a\" error=\"invalid_token\""},
    {"challenge-syntax-invalid", true, "a URL", "GET /", "401\nWWW-Authenticate: https://id.test/"},
    {"challenge-syntax-invalid", true, "in Proxy-Authenticate", "GET /",
     "407\nProxy-Authenticate: Basic realm=\"a"},
    {"challenge-syntax-invalid", false, "one challenge on two lines", "GET /",
     "401\nWWW-Authenticate: Digest realm=\"a\"\nWWW-Authenticate: nonce=\"n\""},
    {"challenge-syntax-invalid", false, "commas and escapes in quotes", "GET /",
     "401\nWWW-Authenticate: Basic realm=\"a, b=\\\"c\\\"\", charset=\"UTF-8\""},
    {"challenge-syntax-invalid", false, "token68", "GET /",
     "401\nWWW-Authenticate: Negotiate YII=="},

    {"challenge-empty-element", true, "leading comma", "GET /",
     "401\nWWW-Authenticate: , Basic realm=\"x\""},
    {"challenge-empty-element", true, "trailing comma", "GET /",
     "401\nWWW-Authenticate: Basic realm=\"x\","},
    {"challenge-empty-element", false, "nothing but commas", "GET /", "401\nWWW-Authenticate: ,,"},
    {"challenge-empty-element", false, "comma in quotes", "GET /",
     "401\nWWW-Authenticate: Basic realm=\",,\""},

    {"challenge-bad-whitespace", true, "around the sign", "GET /",
     "401\nWWW-Authenticate: Basic realm = \"x\""},
    {"challenge-bad-whitespace", true, "tab behind the scheme", "GET /",
     "401\nWWW-Authenticate: Basic\trealm=\"x\""},
    {"challenge-bad-whitespace", false, "behind a comma", "GET /",
     "401\nWWW-Authenticate: Basic realm=\"x\" ,\tcharset=\"UTF-8\""},

    {"challenge-duplicate-param", true, "other case", "GET /",
     "401\nWWW-Authenticate: Bearer realm=\"a\", REALM=\"a\""},
    {"challenge-duplicate-param", false, "in two challenges", "GET /",
     "401\nWWW-Authenticate: Basic realm=\"a\", Bearer realm=\"a\""},

    {"challenge-realm-not-quoted", true, "a token", "GET /",
     "401\nWWW-Authenticate: Bearer realm=api"},
    {"challenge-realm-not-quoted", false, "another parameter", "GET /",
     "401\nWWW-Authenticate: Bearer realm=\"api\", max_age=5"},

    {"challenge-duplicate", true, "on two lines", "GET /",
     "401\nWWW-Authenticate: Bearer realm=\"a\", x=1\nWWW-Authenticate: bearer X=1, realm=\"a\""},
    {"challenge-duplicate", false, "another realm", "GET /",
     "401\nWWW-Authenticate: Bearer realm=\"a\"\nWWW-Authenticate: Bearer realm=\"b\""},
    {"challenge-duplicate", false, "more in one", "GET /",
     "401\nWWW-Authenticate: Bearer realm=\"a\"\nWWW-Authenticate: Bearer realm=\"a\", x=1"},

    {"challenge-scheme-unregistered", true, "home-made", "GET /", "401\nWWW-Authenticate: Cookie"},
    {"challenge-scheme-unregistered", false, "any case", "GET /",
     "401\nWWW-Authenticate: dPOP algs=\"ES256\""},
    {"challenge-scheme-unregistered", false, "NTLM, as everybody knows", "GET /",
     "401\nWWW-Authenticate: NTLM"},
    {"challenge-scheme-unregistered", false, "allowed", "GET /",
     "401\nWWW-Authenticate: xbasic realm=\"a\"",
     [](Exchange&, Expectations& expected) { expected.allowed_schemes = {"xBasic"}; }},

    {"challenge-multiple-in-one-field", true, "two", "GET /",
     "401\nWWW-Authenticate: Negotiate, Basic realm=\"a\""},
    {"challenge-multiple-in-one-field", false, "a line each", "GET /",
     "401\nWWW-Authenticate: Negotiate\nWWW-Authenticate: Basic realm=\"a\""},

    {"challenge-non-ascii", true, "UTF-8", "GET /",
     "401\nWWW-Authenticate: Basic realm=\"f\xC3\xBCr\""},
    {"challenge-non-ascii", false, "ASCII", "GET /", "401\nWWW-Authenticate: Basic realm=\"fuer\""},

    {"challenge-on-unexpected-status", true, "on 200", "GET /",
     "200\nWWW-Authenticate: Basic realm=\"a\""},
    {"challenge-on-unexpected-status", true, "on 302", "GET /", "302\nWWW-Authenticate: Bearer"},
    {"challenge-on-unexpected-status", true, "Basic beside Negotiate", "GET /",
     "200\nWWW-Authenticate: Negotiate YII=\nWWW-Authenticate: Basic realm=\"a\""},
    {"challenge-on-unexpected-status", false, "on 403", "GET /",
     "403\nWWW-Authenticate: Bearer realm=\"a\""},
    {"challenge-on-unexpected-status", false, "last leg", "GET /",
     "200\nWWW-Authenticate: Mutual x=1"},

    {"challenge-leaks-credential", true, "token in a field",
     "GET /\nAuthorization: Bearer abcdef-12345", "401\nX-Debug: got abcdef-12345"},
    {"challenge-leaks-credential", true, "base64 in the body",
     "GET /\nAuthorization: Basic YW5uOnB3MTIzNDU2", "401\n\nbad YW5uOnB3MTIzNDU2"},
    {"challenge-leaks-credential", true, "password in the body",
     "GET /\nAuthorization: Basic YW5uOnB3MTIzNDU2", "401\n\npw123456 is wrong"},
    {"challenge-leaks-credential", true, "a token without scheme",
     "GET /\nAuthorization: abcdef-12345-xyz", "403\n\nno abcdef-12345-xyz here"},
    {"challenge-leaks-credential", false, "a short password",
     "GET /\nAuthorization: Basic YW5uOnB3MQ==", "401\n\npw1 is wrong"},
    {"challenge-leaks-credential", false, "a placeholder", "GET /\nAuthorization: Bearer undefined",
     "401\n\ntoken undefined is malformed"},
    {"challenge-leaks-credential", false, "only the scheme",
     "GET /\nAuthorization: Bearer abcdef-12345", "401\n\nBearer token refused"},

    {"proxy-challenge-on-unauthorized", true, "the wrong field", "GET /",
     "401\nProxy-Authenticate: Basic realm=\"a\""},
    {"proxy-challenge-on-unauthorized", false, "both", "GET /",
     "401\nProxy-Authenticate: Basic realm=\"a\"\nWWW-Authenticate: Basic realm=\"a\""},
    {"proxy-challenge-on-unauthorized", false, "on 407", "GET /",
     "407\nProxy-Authenticate: Basic realm=\"a\""},

    {"proxy-auth-without-challenge", true, "none", "GET /", "407"},
    {"proxy-auth-without-challenge", true, "the wrong field", "GET /",
     "407\nWWW-Authenticate: Basic realm=\"a\""},
    {"proxy-auth-without-challenge", false, "complete", "GET /",
     "407\nProxy-Authenticate: Basic realm=\"a\""},
};

}  // namespace

std::span<const ComplianceRow> challenge_rows() { return challenge_table; }

}  // namespace whogoes::rules
