#include "rules/challenge.hpp"
#include "rules/jwt.hpp"
#include "rules/text.hpp"
#include "tests/bench/messages.hpp"

#include <array>
#include <benchmark/benchmark.h>
#include <string>
#include <string_view>

namespace whogoes::bench {

std::string expired_jwt(int number) {
    constexpr int long_past = 1700000000;
    const std::string subject = std::to_string(number);
    const std::string exp = std::to_string(long_past - number);
    const std::string claims =
        R"({"iss":"https://issuer.example.com/","sub":"user-)" + subject +
        R"(","aud":"api://orders","exp":)" + exp +
        R"(,"nbf":1699996400,"iat":1699996400,"scope":"orders.read orders.write","azp":"spa-client"})";
    std::string signature(256, 's');
    signature.replace(0, subject.size(), subject);
    return rules::base64url_of(R"({"alg":"RS256","typ":"JWT","kid":"k1"})") + "." +
           rules::base64url_of(claims) + "." + rules::base64url_of(signature);
}

std::string opaque_token(int number) {
    const std::string end = std::to_string(number);
    return std::string("3fJ9xKq0TzWm7RcV2bYh5LdNpG8sAeUo").substr(end.size()) + end;
}

namespace {

void jwt(benchmark::State& state) {
    const std::string token = expired_jwt(1);
    for (auto _ : state) benchmark::DoNotOptimize(rules::parse_jwt(token));
}
BENCHMARK(jwt)->Name("parse/jwt");

void challenge(benchmark::State& state) {
    constexpr std::array<std::string_view, 2> lines{
        R"(Bearer realm="api", error="invalid_token", error_description="The token expired")",
        R"(Digest realm="api", qop="auth", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv")"};
    for (auto _ : state) benchmark::DoNotOptimize(rules::parse_challenges(lines));
}
BENCHMARK(challenge)->Name("parse/challenge");

}  // namespace
}  // namespace whogoes::bench
