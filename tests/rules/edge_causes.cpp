#include "cause_rows.hpp"

#include <chrono>

namespace whogoes::rules {
namespace {

using namespace std::chrono_literals;

const std::string with_token = "GET /v1/items\nAuthorization: Bearer abcdef0123456789";

std::string told(int status, std::string_view text) {
    return std::to_string(status) + "\n\n{\"message\":\"" + std::string(text) + "\"}";
}
std::string page(std::string_view fields, std::string_view html) {
    return "403\nContent-Type: text/html" + std::string(fields) + "\n\n" + std::string(html);
}

const CauseCase edge_table[] = {
    {"gateway-route-missing", true, "AWS", with_token,
     "403\nx-amzn-ErrorType: MissingAuthenticationTokenException:http://x"},
    {"gateway-route-missing", false, "the API's own words", with_token,
     told(403, "Missing Authentication Token")},

    {"aws-signature-rejected", true, "by type", with_token,
     "403\nx-amzn-ErrorType: IncompleteSignatureException"},
    {"aws-signature-rejected", true, "told", with_token,
     told(403, "'x' not a valid key=value pair (missing equal-sign) in Authorization header")},
    {"aws-signature-rejected", false, "a policy", with_token,
     told(403,
          "User: arn:aws:iam::1:user/a is not authorized to perform: x with an explicit deny")},

    {"waf-blocked", true, "Cloudflare challenge", with_token, "403\ncf-mitigated: challenge"},
    {"waf-blocked", true, "Cloudflare page", with_token,
     page("", "<title>Attention Required! | Cloudflare</title>")},
    {"waf-blocked", true, "Cloudflare number", with_token,
     "403\nServer: cloudflare\n\nerror code: 1020"},
    {"waf-blocked", true, "Akamai", with_token,
     page("\nServer: AkamaiGHost", "<h1>Access Denied</h1>Reference #18.2")},
    {"waf-blocked", true, "CloudFront", with_token,
     page("\nServer: CloudFront", "The request could not be satisfied.")},
    {"waf-blocked", true, "AWS WAF", with_token, "403\nx-amzn-waf-action: captcha"},
    {"waf-blocked", true, "Azure Front Door", with_token,
     page("\nX-Azure-Ref: 1", "<h2>The request is blocked.</h2>")},
    {"waf-blocked", true, "Incapsula", with_token,
     page("", "Request unsuccessful. Incapsula incident ID: 1-2")},
    {"cors-origin-rejected", true, "a browser's extension, without a word",
     "POST /v1/chat\nOrigin: chrome-extension://bpoadfkcbjbfhfodiogcnhadeexample", "403"},
    {"cors-origin-rejected", false, "a site, without a word",
     "POST /v1/chat\nOrigin: http://a.test", "403"},
    {"waf-blocked", false, "the API behind Cloudflare", with_token,
     "403\nServer: cloudflare\nCF-RAY: 1\n\n{\"message\":\"no access\"}"},
    {"waf-blocked", false, "another number", with_token,
     "403\nServer: cloudflare\n\nerror code: 1099"},
    {"waf-blocked", false, "the words in JSON", with_token, told(403, "Just a moment...")},
    {"waf-blocked", false, "the words in a script", with_token,
     page("", "<script>var t = 'Just a moment';</script>no")},

    {"client-certificate-required", true, "nginx", "GET /",
     "400\n\n<center>No required SSL certificate was sent</center>"},
    {"client-certificate-required", true, "495", "GET /", "495"},
    {"client-certificate-required", false, "another certificate", "GET /",
     told(403, "the certificate of this course is missing")},

    {"rate-limited", true, "Retry-After", with_token, "403\nRetry-After: 30"},
    {"rate-limited", true, "used up", with_token, "403\nX-RateLimit-Remaining: 0"},
    {"rate-limited", true, "the list form", with_token, "403\nRateLimit: limit=9, remaining=0"},
    {"rate-limited", true, "told", with_token, told(403, "Too many attempts")},
    {"rate-limited", true, "429", with_token, "429"},
    {"rate-limited", false, "quota left", with_token, "403\nX-RateLimit-Remaining: 41"},
    {"rate-limited", false, "a busy server", with_token, "503\nRetry-After: 30"},

    {"host-rejected", true, "Vite", "GET /",
     "403\n\nBlocked request. This host (\"localhost\") is not allowed."},
    {"host-rejected", true, "Django", "GET /", "400\n\n<h1>DisallowedHost at /</h1>"},
    {"host-rejected", false, "another host", "GET /", told(403, "host not found")},

    {"cors-origin-rejected", true, "Spring", with_token + "\nOrigin: http://a.test",
     "403\n\nInvalid CORS request"},
    {"cors-origin-rejected", true, "a gap", with_token,
     told(403, "Origin http://a.test is not allowed")},
    {"cors-origin-rejected", true, "2xx without it", with_token + "\nOrigin: http://a.test", "403",
     [](Exchange& e, Expectations&) { e.recollection.accepted_without_origin = true; }},
    {"cors-origin-rejected", true, "a WebSocket, without a word",
     get + "\nOrigin: http://127.0.0.1:4000\nUpgrade: websocket", "403"},
    {"cors-origin-rejected", false, "a WebSocket, and words",
     get + "\nOrigin: http://127.0.0.1:4000\nUpgrade: websocket",
     "403\n\n{\"message\":\"No more seats\"}"},
    {"client-certificate-required", true, "Kong's words", get,
     "401\n\n{\"message\":\"No required TLS certificate was sent\"}"},
    {"waf-blocked", true, "AWS WAF before Cognito", get,
     "403\n\n{\"__type\":\"ForbiddenException\",\"message\":\"Request not allowed due to WAF "
     "block.\"}"},
    {"cors-origin-rejected", false, "an Origin alone", with_token + "\nOrigin: http://a.test",
     "403"},
    {"cors-origin-rejected", false, "too far apart", with_token,
     told(403, "origin: " + std::string(100, 'x') + " not allowed")},

    {"ip-not-allowed", true, "told", with_token,
     told(403, "Your IP address is not in the allowlist")},
    {"ip-not-allowed", false, "a word that holds it", with_token, told(403, "recipient unknown")},

    {"account-locked", true, "401", "GET /\nAuthorization: Basic YW5uOnB3",
     told(401, "account locked")},
    {"account-locked", true, "403", with_token, told(403, "Your account is suspended")},
    {"account-locked", false, "MFA", with_token, told(403, "mfa_required")},
    {"rate-limited", false, "the last of a quota, refused for another reason", with_token,
     "401\nX-RateLimit-Remaining: 0\n\n{\"message\":\"invalid token\"}"},
    {"account-locked", false, "blocked", with_token, told(401, "blocked")},
    {"account-locked", false, "an order", with_token, told(403, "the order is locked")},

    {"permission-denied", true, "true 403", with_token, "403"},
    {"permission-denied", true, "a session", "GET /\nCookie: sid=1", "403"},
    {"permission-denied", true, "a policy", with_token,
     "403\nx-amzn-ErrorType: AccessDeniedException\n\n"
     "{\"Message\":\"User is not authorized to access this resource\"}"},
    {"permission-denied", false, "nobody came", "GET /", "403"},
    {"permission-denied", false, "401", with_token, "401"},
};

}  // namespace

std::span<const CauseCase> edge_cases() { return edge_table; }

}  // namespace whogoes::rules
