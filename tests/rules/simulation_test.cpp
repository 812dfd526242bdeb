#include "rules/simulation.hpp"

#include "brief_exchange.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::rules {
namespace {

using Lines = std::vector<std::string>;

Lines challenges(std::string_view id, const RemedyPolicy& policy = {}) {
    const Cause* cause = find_cause(id);
    REQUIRE(cause);
    const std::string status = std::to_string(simulated_status(*cause));
    BriefExchange brief("GET /v1/orders\nAuthorization: Bearer abcdefghij", status);
    brief.exchange.read();
    return simulated_challenges(simulated_diagnosis(*cause, "asked for"), brief.exchange, policy);
}

TEST_CASE("every cause can be simulated, with the status it is met with and a legal challenge") {
    for (const CauseRow& row : catalogue()) {
        CAPTURE(std::string(row.cause.id));
        const int status = simulated_status(row.cause);
        CHECK((status == 400 || status == 401 || status == 403 || status == 429));
        const Lines lines = challenges(row.cause.id);
        if (status == 401) CHECK_FALSE(lines.empty());
        for (const std::string& line : lines) {
            const std::string_view value = line;
            const ChallengeList list = parse_challenges({&value, 1});
            CHECK(list.flaws.empty());
            CHECK(list.challenges.size() == 1);
        }
        const std::string_view more = simulated_lines(row.cause);
        CHECK((more.empty() || more.ends_with("\r\n")));
    }
}

TEST_CASE("the challenge is what is configured, with the cause's error") {
    CHECK(challenges("token-expired") == Lines{"Bearer realm=\"api\", error=\"invalid_token\""});
    CHECK(challenges("insufficient-scope") ==
          Lines{"Bearer realm=\"api\", error=\"insufficient_scope\""});
    CHECK(challenges("permission-denied").empty());
    CHECK(challenges("step-up-required") ==
          Lines{"Bearer realm=\"api\", error=\"insufficient_user_authentication\", "
                "max_age=\"300\""});
    CHECK(challenges("dpop-nonce-required") ==
          Lines{"DPoP algs=\"ES256\", error=\"use_dpop_nonce\""});
    const RemedyPolicy basic{.offers = {*parse_offer("basic")}};
    CHECK(challenges("basic-wrong-credentials", basic) ==
          Lines{"Basic realm=\"api\", charset=\"UTF-8\""});
}

TEST_CASE("what is met with another status than 401 exists") {
    CHECK(simulated_status(*find_cause("rate-limited")) == 429);
    CHECK(simulated_status(*find_cause("refresh-failed")) == 400);
    CHECK(simulated_status(*find_cause("csrf-failed")) == 403);
    CHECK(simulated_status(*find_cause("no-credentials")) == 401);
}

}  // namespace
}  // namespace whogoes::rules
