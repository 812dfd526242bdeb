#include "cause_rows.hpp"

// Causes that are mostly known by what the answer says, and those of calls and URLs that carry
// their own credential.
namespace whogoes::rules {
namespace {

const std::string with_token = bearer("opaque-0123456789abcdef");
const std::string with_jwt = bearer(token(valid_claims));

std::string said(int status, std::string_view message) {
    return std::to_string(status) + "\n\n{\"message\":\"" + std::string(message) + "\"}";
}

const std::string form_login =
    "POST /login\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\nCookie: JSESSIONID=a1\n\n"
    "username=ann&password=wrong";

const CauseCase told_table[] = {
    {"error-page-masked", true, "Spring answers 401 for a path that failed otherwise", with_token,
     "401\nWWW-Authenticate: Bearer\nX-Content-Type-Options: nosniff\nX-XSS-Protection: 0\n"
     "Cache-Control: no-cache, no-store, max-age=0, must-revalidate\nPragma: no-cache\n"
     "Expires: 0\nX-Frame-Options: DENY\nContent-Length: 0"},
    {"error-page-masked", false, "a plain 401", with_token, "401"},
    {"captcha-required", true, "the API wants one", basic("ann:pw"),
     "401\nX-Authentication-Denied-Reason: CAPTCHA_CHALLENGE; login-url=https://a.test/login"},
    {"captcha-required", false, "a wrong password", basic("ann:pw"), "401"},
    {"permission-denied", true, "a permission of a key",
     "DELETE /a\nX-API-Key: q7lm2vx9st4cr8wk1nb5df3g",
     said(403, "Missing required permission: asset.delete")},
    {"authorization-stripped", false, "neither of two is told", with_token,
     said(401, "Unauthorized: No credentials provided or are invalid.")},
    {"login-failed", true, "a password grant",
     "POST /connect/token\n\ngrant_type=password&username=ann&password=wrong",
     "400\n\n{\"error\":\"\",\"message\":\"Username or password is incorrect. Try again\"}"},
    {"region-not-served", true, "a country", with_token,
     said(403, "Country, region, or territory not supported")},
    {"region-not-served", false, "a country of origin", with_token,
     said(403, "country of origin is not allowed")},
    {"api-not-enabled", true, "Google", with_token,
     said(403, "Gmail API has not been used in project 1 before or it is disabled.")},
    {"api-not-enabled", false, "a project", with_token, said(403, "the project is closed")},
    {"organization-not-authorized", true, "SAML", with_token,
     said(403, "Resource protected by organization SAML enforcement.")},
    {"organization-not-authorized", false, "an organisation", with_token,
     said(403, "no member of the organization")},
    {"verifier-keys-unavailable", true, "Envoy", with_jwt, "401\n\nJwks remote fetch is failed"},
    {"verifier-keys-unavailable", false, "a bad signature", with_jwt, "401\n\ninvalid signature"},
    {"companion-header-missing", true, "a version of Azure Storage", with_jwt,
     "403\nServer: Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0\nx-ms-request-id: 1\n"
     "x-ms-error-code: AuthenticationFailed\n\n<Error><Code>AuthenticationFailed</Code>"
     "<AuthenticationErrorDetail>Authentication scheme Bearer is not supported in this "
     "version.</AuthenticationErrorDetail></Error>"},
    {"companion-header-missing", false, "another refusal", with_jwt, said(403, "no version")},
    {"signed-url-expired", true, "SigV4",
     "GET /a?X-Amz-Date=20260921T120000Z&X-Amz-Expires=900&X-Amz-Signature=abcdef0123456789abcdef",
     "403"},
    {"signed-url-expired", true, "a shared access signature",
     "GET /a?se=2026-09-20T00%3A00Z&sig=abcdefghijklmnopqrstuvwxyz012345", "403"},
    {"signed-url-expired", false, "one that lasts",
     "GET /a?X-Amz-Date=20260921T141000Z&X-Amz-Expires=900&X-Amz-Signature=abcdef0123456789abcdef",
     "403"},
    {"request-signature-rejected", true, "a webhook",
     "POST /hook\nX-Hub-Signature-256: sha256=0123456789abcdef0123456789abcdef",
     said(401, "Invalid webhook signature")},
    {"request-signature-rejected", false, "nothing was signed", "GET /", said(401, "no")},
    {"two-mechanisms", true, "a signed URL and a field",
     "GET /a?X-Amz-Signature=abcdef0123456789abcdef\nAuthorization: Bearer abcdef0123456789",
     "400\n\n<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed; only the "
     "X-Amz-Algorithm query parameter</Message></Error>"},
    {"two-mechanisms", false, "a signed URL alone", "GET /a?X-Amz-Signature=abcdef0123456789abcdef",
     "403"},
    {"login-failed", true, "a JSON login",
     "POST /login\n\n{\"email\":\"a@b.c\",\"password\":\"x\"}", said(401, "Invalid credentials")},
    {"login-failed", true, "JSON under the type of a form, as curl -d sends it",
     "POST /login\n\n {\"email\":\"a@b.c\",\"password\":\"x\"}", "401"},
    {"login-failed", true, "a form", "POST /session\n\nuser=ann&password=x", "401"},
    {"login-failed", false, "no login", "GET /login", "401"},
    {"login-failed", true, "a form that is sent back with an error", form_login,
     "302\nLocation: /login?error=bad_credentials"},
    {"login-failed", true, "an error without a value", form_login, "302\nLocation: /login?error"},
    {"login-failed", true, "an error beside other things, elsewhere", form_login,
     "303\nLocation: https://app.test/?next=%2F&login=failed"},
    {"login-failed", true, "a navigation without words", form_login, "401"},
    {"login-failed", true, "to an address of another name",
     "POST /auth/callback/credentials\nSec-Fetch-Dest: document\nCookie: theme=dark\n\n"
     "username=ann&password=wrong",
     "302\nLocation: http://localhost:8401/signin?error=CredentialsSignin&code=credentials"},
    {"login-failed", false, "sent on", form_login, "302\nLocation: /"},
    {"login-failed", false, "sent on to the second step", form_login,
     "302\nLocation: /login/otp?next=%2F"},
    {"login-failed", false, "no error", form_login, "302\nLocation: /login?error=false"},
    {"login-failed", false, "a form that sets a password",
     "POST /settings\n\nname=ann&new_password=wrong", "302\nLocation: /settings?error=too_short"},
    {"login-failed", true, "behind a crash", form_login,
     "500\n\n{\"message\":\"Invalid username or password\"}"},
    {"ntlm-in-negotiate", true, "no Kerberos ticket",
     "GET /\nAuthorization: Negotiate TlRMTVNTUAABAAAAt4II4gAAAAA=",
     "401\nWWW-Authenticate: Negotiate"},
    {"ntlm-in-negotiate", false, "a server that speaks NTLM",
     "GET /\nAuthorization: Negotiate TlRMTVNTUAABAAAAt4II4gAAAAA=",
     "401\nWWW-Authenticate: Negotiate TlRMTVNTUAACAAAADgAOADgAAAA="},
    {"kerberos-wrong-service", true, "a ticket",
     "GET /\nAuthorization: Negotiate YIIGhgYGKwYBBQUCoIIGejCCBnag",
     "401\nWWW-Authenticate: Negotiate"},
    {"kerberos-wrong-service", false, "NTLM",
     "GET /\nAuthorization: Negotiate TlRMTVNTUAABAAAAt4II4gAAAAA=",
     "401\nWWW-Authenticate: Negotiate"},
    {"certificate-bound-token", true, "cnf and no certificate",
     bearer(
         token(R"({"iss":"a","cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}})")),
     "401\nWWW-Authenticate: Bearer error=\"invalid_token\""},
    {"certificate-bound-token", false, "a token that is bound to nothing", with_jwt, "401"},
    {"access-token-as-id-token", true, "told", with_jwt, said(401, "Expected ID token")},
    {"access-token-as-id-token", false, "silent", with_jwt, "401"},
    {"publishable-key-used", true, "told", bearer("pk-EXAMPLE0123456789abcdef"),
     said(401, "This API call cannot be made with a publishable API key.")},
    {"publishable-key-used", false, "a secret key", bearer("sk_test_EXAMPLE0123456789abcdef"),
     "401"},
    {"claims-challenge", true, "Entra", with_jwt,
     "401\nWWW-Authenticate: Bearer realm=\"\", error=\"insufficient_claims\", claims=\"e30=\""},
    {"claims-challenge", false, "another error", with_jwt,
     "401\nWWW-Authenticate: Bearer error=\"invalid_token\""},
    {"required-claim-missing", true, "told", with_jwt, said(401, "Missing jti")},
    {"required-claim-missing", false, "a field of a form", with_jwt,
     said(400, "the name is missing")},
    {"caller-anonymous", true, "Kubernetes", with_jwt,
     said(403, "pods is forbidden: User \\\"system:anonymous\\\" cannot list resource")},
    {"caller-anonymous", false, "nothing came", "GET /",
     said(403, "User \\\"system:anonymous\\\" cannot list resource")},
    {"ip-not-allowed", true, "told by a phrase", with_token, said(403, "Your IP is not allowed")},
};

}  // namespace

std::span<const CauseCase> told_cases() { return told_table; }

}  // namespace whogoes::rules
