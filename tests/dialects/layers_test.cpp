#include "proxy/dialects/staged.hpp"
#include "rules/exchange.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace whogoes::dialects;
namespace rules = whogoes::rules;

// Where the marks of several systems hold, the one to name is first.

namespace {

std::string named(const std::string& upstream, const std::string& path, const std::string& answer) {
    Staged staged("GET " + path + " HTTP/1.1\nHost: localhost\nAuthorization: Bearer ${OPAQUE}\n",
                  answer, upstream);
    staged.exchange.read();
    const rules::Dialect* const system = staged.exchange.heard.system();
    return system ? std::string(system->id) : "";
}

}  // namespace

TEST_CASE("an API is named before what it is made of and what stands before it") {
    CHECK(named("https://bucket.s3.amazonaws.com", "/a.txt",
                "HTTP/1.1 403 Forbidden\nServer: AmazonS3\nx-amz-request-id: 1\n\n"
                "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>") ==
          "aws-s3");
    CHECK(
        named("https://acme.openai.azure.com", "/openai/deployments/a",
              "HTTP/1.1 401 Unauthorized\n\n"
              R"({"error":{"code":"401","message":"Access denied due to invalid subscription key )"
              R"(or wrong API endpoint."}})") == "azure-openai");
    CHECK(named("https://quay.io", "/v2/acme/app/manifests/1",
                "HTTP/1.1 401 Unauthorized\nDocker-Distribution-Api-Version: registry/2.0\n"
                "WWW-Authenticate: Bearer realm=\"https://quay.io/v2/auth\"\n\n"
                R"({"errors":[{"code":"UNAUTHORIZED"}]})") == "quay");
    CHECK(named("https://api.github.com", "/user",
                "HTTP/1.1 401 Unauthorized\nX-Amzn-RequestId: 1\nX-GitHub-Request-Id: 2\n\n"
                R"({"message":"Bad credentials"})") == "github");
}

TEST_CASE("of two that others are made of, the one that has words for it is named") {
    CHECK(named("https://api.example.test", "/orders",
                "HTTP/1.1 403 Forbidden\nX-Powered-By: Express\n\n"
                R"({"message":"Forbidden resource","error":"Forbidden","statusCode":403})") ==
          "nestjs");
}

TEST_CASE("what stands before an API is named where it alone has words for the answer") {
    CHECK(named("https://api.github.com", "/user",
                "HTTP/1.1 403 Forbidden\nServer: cloudflare\nContent-Type: text/plain\n\n"
                "error code: 1020") == "cloudflare");
    CHECK(named("https://acme.execute-api.eu-west-1.amazonaws.com", "/dev/orders",
                "HTTP/1.1 403 Forbidden\nx-amzn-RequestId: 1\nx-amz-apigw-id: 2\n"
                "x-amzn-ErrorType: ForbiddenException\n\n"
                R"({"message":"Forbidden"})") == "aws-api-gateway");
}

TEST_CASE("what a server or protocol puts on every answer gives no system away") {
    const std::string refused = "HTTP/1.1 401 Unauthorized\n";
    for (const std::string& answer : {
             refused + "Server: Cowboy\n\n" + R"({"error":"the seat was taken"})",
             refused + "Server: TornadoServer/6.4\n\n" + R"({"message":"the seat was taken"})",
             refused + "Server: Vercel\nX-Vercel-Id: fra1::1\n\n" + R"({"error":"Unauthorized"})",
             refused + "Server: cloudflare\nCF-RAY: 1-FRA\n\n" + R"({"error":"Unauthorized"})",
             refused + "Set-Cookie: _xsrf=2; Path=/\n\n" + R"({"error":"Unauthorized"})",
             refused + "WWW-Authenticate: Bearer realm=\"Doorkeeper\"\n\n",
             refused + "WWW-Authenticate: JWT realm=\"api\"\n\n",
             refused + "WWW-Authenticate: Bearer resource_metadata=\"https://a.test/meta\"\n\n",
             refused + "\n" + R"({"code":"42501","message":"the seat was taken"})",
             refused + "\n" + R"({"statusCode":401,"message":"Insufficient scope of trust"})",
             refused + "\n" + R"({"timestamp":"2026-09-21","status":"rejected"})",
         }) {
        CAPTURE(answer);
        CHECK(named("https://api.example.test", "/orders", answer) == "");
    }
}
