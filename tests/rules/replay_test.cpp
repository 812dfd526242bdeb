#include "brief_exchange.hpp"
#include "rules/remedy.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace whogoes::rules {
namespace {

const RemedyPolicy refreshing{.refresh = true};

Diagnosis diagnosis_of(std::string_view cause) {
    Diagnosis diagnosis;
    diagnosis.main = Finding{find_cause(cause), {}};
    return diagnosis;
}

constexpr std::string_view with_token = "GET /\nAuthorization: Bearer abcdef0123456789";

TEST_CASE("refresh cures six causes and no other") {
    const std::set<std::string_view> curable{"token-expired",          "revoked-or-logged-out",
                                             "token-rejected-unknown", "opaque-token-rejected",
                                             "stale-token-race",       "unknown-kid"};
    for (const CauseRow& row : catalogue()) {
        CAPTURE(std::string(row.cause.id));
        BriefExchange brief(with_token, "401");
        brief.exchange.read();
        const Remedy remedy = prescribe(diagnosis_of(row.cause.id), brief.exchange, refreshing, {});
        CHECK(remedy.refresh_and_replay == curable.contains(row.cause.id));
        if (!curable.contains(row.cause.id)) CHECK(remedy.refresh_skipped == "cause");
    }
}

TEST_CASE("a refused request is replayed only when that is safe") {
    const struct {
        const char* given;
        std::string_view request;
        Circumstances circumstances;
        std::string_view skipped;
    } cases[] = {
        {"GET", with_token, {}, ""},
        {"HEAD", "HEAD /\nAuthorization: bearer abc", {}, ""},
        {"OPTIONS", "OPTIONS /\nAuthorization: Bearer abc", {}, ""},
        {"PUT", "PUT /\nAuthorization: Bearer abc", {}, ""},
        {"DELETE", "DELETE /\nAuthorization: Bearer abc", {}, ""},
        {"POST", "POST /\nAuthorization: Bearer abc", {}, "method"},
        {"PATCH", "PATCH /\nAuthorization: Bearer abc", {}, "method"},
        {"POST that says it may be repeated",
         "POST /\nAuthorization: Bearer abc\nIdempotency-Key: 1",
         {},
         ""},
        {"body gone", with_token, {true, false}, "body"},
        {"second attempt", with_token, {false, true}, "replayed"},
        {"a call whose client still sends",
         "PUT /a.B/C\nAuthorization: Bearer abc\nContent-Type: application/grpc",
         {.request_ends = false},
         "stream"},
        {"no call, and its body is still to come", with_token, {.request_ends = false}, ""},
        {"nothing sent", "GET /", {}, "credential"},
        {"Basic", "GET /\nAuthorization: Basic YTpi", {}, "credential"},
        {"DPoP: a proof is single use",
         "GET /\nAuthorization: DPoP abc\nDPoP: x",
         {},
         "credential"},
        {"Bearer with a proof of another key",
         "GET /\nAuthorization: Bearer abc\nDPoP: x",
         {},
         "credential"},
        {"two credentials",
         "GET /\nAuthorization: Bearer abc\nAuthorization: Bearer abc",
         {},
         "credential"},
        {"the scheme alone", "GET /\nAuthorization: Bearer", {}, "credential"},
        {"an upgrade", "GET /\nAuthorization: Bearer abc\nUpgrade: websocket", {}, "upgrade"},
        {"another site's page",
         "GET /\nAuthorization: Bearer abc\nSec-Fetch-Site: cross-site",
         {},
         "cross-site"},
        {"another port's page",
         "GET /\nAuthorization: Bearer abc\nSec-Fetch-Site: same-site",
         {},
         ""},
        {"the refresh itself",
         "POST /token\nAuthorization: Bearer abc\n\ngrant_type=refresh_token",
         {},
         "token-endpoint"},
        {"a path that refreshes",
         "GET /auth/refresh\nAuthorization: Bearer abc",
         {},
         "token-endpoint"},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.given));
        BriefExchange brief(row.request, "401");
        brief.expected.refresh_paths = {"/auth/refresh"};
        brief.exchange.read();
        const Remedy remedy =
            prescribe(diagnosis_of("token-expired"), brief.exchange, refreshing, row.circumstances);
        CHECK(std::string(remedy.refresh_skipped) == std::string(row.skipped));
        CHECK(remedy.refresh_and_replay == row.skipped.empty());
    }
}

TEST_CASE("nothing is refreshed where it is not configured or not a 401") {
    const Diagnosis expired = diagnosis_of("token-expired");
    BriefExchange brief(with_token, "401");
    brief.exchange.read();
    CHECK_FALSE(prescribe(expired, brief.exchange, {}, {}).refresh_and_replay);
    CHECK(prescribe(expired, brief.exchange, {}, {}).refresh_skipped.empty());

    brief.exchange.response.status = 403;  // may have been applied
    CHECK_FALSE(prescribe(expired, brief.exchange, refreshing, {}).refresh_and_replay);

    brief.exchange.response.status = 401;
    CHECK_FALSE(prescribe({}, brief.exchange, refreshing, {}).refresh_and_replay);
    brief.exchange.replay_of = ReplayOf{};
    CHECK(prescribe(expired, brief.exchange, refreshing, {}).refresh_skipped == "replayed");
}

TEST_CASE("a call's own status counts as an HTTP 401, before it has begun to answer") {
    const RemedyPolicy policy{.refresh = true, .unsafe_methods = true};
    const struct {
        std::string_view status;
        Circumstances circumstances;
        bool again;
        std::string_view skipped;
    } cases[] = {
        {"16", {}, true, ""},
        {"16", {.answer_began = true}, false, "answered"},
        {"7", {}, false, ""},
        {"14", {}, false, ""},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.status));
        const std::string answer =
            "200\nContent-Type: application/grpc\ngrpc-status: " + std::string(row.status);
        BriefExchange brief(
            "POST /a.B/C\nAuthorization: Bearer abc\nContent-Type: application/grpc", answer);
        brief.exchange.read();
        const Remedy remedy =
            prescribe(diagnosis_of("token-expired"), brief.exchange, policy, row.circumstances);
        CHECK(remedy.refresh_and_replay == row.again);
        CHECK(std::string(remedy.refresh_skipped) == std::string(row.skipped));
    }
}

TEST_CASE("unsafe methods are the operator's to allow") {
    BriefExchange brief("POST /\nAuthorization: Bearer abc", "401");
    brief.exchange.read();
    const RemedyPolicy policy{.refresh = true, .unsafe_methods = true};
    CHECK(prescribe(diagnosis_of("token-expired"), brief.exchange, policy, {}).refresh_and_replay);
}

}  // namespace
}  // namespace whogoes::rules
