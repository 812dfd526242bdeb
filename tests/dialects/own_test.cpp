#include "proxy/dialects/cases.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::dialects {
namespace {

Case refusal(const std::string& body) {
    Case one;
    one.title = "a refusal";
    one.upstream = "https://api.example.test";
    one.request = "GET / HTTP/1.1\nHost: localhost\nAuthorization: Bearer ${OPAQUE}\n";
    one.response = "HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n" + body + "\n";
    return one;
}

std::string cause_of(const Case& one, std::span<const rules::Dialect> own) {
    return run_case(one, own).cause;
}

TEST_CASE("a dialect of the operator's own replaces the built-in one of its name") {
    const Case one = refusal(R"({"message":"maxAge exceeded"})");
    CHECK(cause_of(one, {}) == "token-expired");
    const auto empty = read_dialect("name: Our JWTs\n", "jwt-libraries.yaml", "jwt-libraries");
    CHECK(cause_of(one, {&empty->dialect, 1}) == "opaque-token-rejected");
    const auto other = read_dialect("name: Our JWTs\n", "our-jwts.yaml", "our-jwts");
    CHECK(cause_of(one, {&other->dialect, 1}) == "token-expired");
}

}  // namespace
}  // namespace whogoes::dialects
