#include "proxy/renew/token_slot.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

// The state of a `refresh:` block, with the time made up.
namespace whogoes::renew {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Step = TokenSlot::Step;
using Kind = TokenAnswer::Kind;
using Change = TokenSlot::Change;

const TokenSlot::Time began{std::chrono::hours(1)};

RefusedToken refused(std::string_view token, TokenIdentity identity = {}) {
    return {net::Secret(token), std::move(identity)};
}

TokenAnswer renewed_to(std::string_view token, std::optional<seconds> lifetime = std::nullopt) {
    TokenAnswer answer;
    answer.kind = Kind::renewed;
    answer.access_token = net::Secret(token);
    answer.lifetime = lifetime;
    return answer;
}

TokenAnswer failure(Kind kind, std::optional<seconds> retry_after = std::nullopt) {
    TokenAnswer answer;
    answer.kind = kind;
    answer.retry_after = retry_after;
    return answer;
}

TEST_CASE("the first refused token leads, the others wait, and all get the new one") {
    TokenSlot slot;
    CHECK(slot.decide(refused("a"), began).step == Step::lead);
    CHECK(slot.decide(refused("a"), began).step == Step::wait);
    CHECK(slot.decide(refused("b"), began).step == Step::wait);
    slot.renewed(slot.call(), renewed_to("n1"), began);
    CHECK(slot.decide(refused("a"), began).step == Step::use);
    CHECK(slot.loan().token.reveal() == "n1");
    CHECK(slot.loan().version == 1);
}

TEST_CASE("a token that is refused itself, or is over, is renewed and not handed out") {
    TokenSlot slot;
    slot.decide(refused("a"), began);
    slot.renewed(slot.call(), renewed_to("n1", seconds(300)), began);
    SUBCASE("refused itself") { CHECK(slot.decide(refused("n1"), began).step == Step::lead); }
    SUBCASE("over") {
        CHECK(slot.decide(refused("a"), began + seconds(299)).step == Step::use);
        CHECK(slot.decide(refused("a"), began + seconds(300)).step == Step::lead);
    }
    SUBCASE("refused in a replay") {
        slot.refused(slot.loan(), began);
        CHECK(slot.decide(refused("a"), began).step == Step::lead);
    }
}

TEST_CASE("one refusal of a token that just worked elsewhere is about the request") {
    TokenSlot slot;
    slot.decide(refused("a"), began);
    slot.renewed(slot.call(), renewed_to("n1"), began);
    slot.accepted(slot.loan(), began);
    slot.refused(slot.loan(), began + seconds(10));
    CHECK(slot.decide(refused("a"), began + seconds(10)).step == Step::use);
    slot.refused(slot.loan(), began + seconds(11));
    CHECK(slot.decide(refused("a"), began + seconds(11)).step == Step::lead);
}

TEST_CASE("the end of the session is final, whoever asks") {
    TokenSlot slot;
    slot.decide(refused("a"), began);
    slot.failed(slot.call(), failure(Kind::session_over), began, 0);
    CHECK(slot.decide(refused("a"), began + seconds(86400)).why == "session-over");
    slot.revive(Change::none);  // a reload with the same token
    CHECK(slot.decide(refused("a"), began).why == "session-over");
    slot.revive(Change::session);  // another token
    CHECK(slot.decide(refused("a"), began).step == Step::lead);
}

TEST_CASE("a rejected client is tried again after a reload") {
    TokenSlot slot;
    slot.decide(refused("a"), began);
    slot.failed(slot.call(), failure(Kind::client_rejected), began, 0);
    CHECK(slot.decide(refused("a"), began + seconds(86400)).why == "client-rejected");
    slot.revive(Change::none);
    CHECK(slot.decide(refused("a"), began).step == Step::lead);
}

TEST_CASE("a token endpoint that fails is left alone for 1, 2, 4, … 60 s") {
    TokenSlot slot;
    TokenSlot::Time now = began;
    for (const int wait : {1, 2, 4, 8, 16, 32, 60, 60}) {
        CAPTURE(wait);
        REQUIRE(slot.decide(refused("a"), now).step == Step::lead);
        slot.failed(slot.call(), failure(Kind::later), now, 0);
        CHECK(slot.decide(refused("a"), now + seconds(wait) - milliseconds(1)).why ==
              "backing-off");
        now += seconds(wait);
    }
    slot.decide(refused("a"), now);
    slot.renewed(slot.call(), renewed_to("n1"), now);
    slot.decide(refused("n1"), now);
    slot.failed(slot.call(), failure(Kind::later), now, 0);
    CHECK(slot.retry_at() == now + seconds(1));
}

TEST_CASE("jitter only lengthens a wait, and Retry-After is honoured") {
    TokenSlot slot;
    slot.decide(refused("a"), began);
    slot.failed(slot.call(), failure(Kind::later), began, 1);
    CHECK(slot.retry_at() == began + milliseconds(1250));
    slot.decide(refused("a"), began + seconds(2));
    slot.failed(slot.call(), failure(Kind::later, seconds(30)), began, 0);
    CHECK(slot.retry_at() == began + seconds(30));
}

TEST_CASE("three new tokens in a row that are refused stop everything for 60 s") {
    TokenSlot slot;
    TokenSlot::Time now = began;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(slot.decide(refused("a"), now).step == Step::lead);
        slot.renewed(slot.call(), renewed_to("n" + std::to_string(i)), now);
        CHECK(slot.refused(slot.loan(), now) == (i == 2));
    }
    CHECK(slot.decide(refused("a"), now + seconds(59)).why == "new-tokens-refused");
    now += seconds(60);
    CHECK(slot.decide(refused("a"), now).step == Step::lead);
    slot.renewed(slot.call(), renewed_to("n4"), now);
    // Still in a row: one more is one too many.
    CHECK(slot.refused(slot.loan(), now));
    CHECK(slot.decide(refused("a"), now).why == "new-tokens-refused");
}

TEST_CASE("a success between them begins a new row") {
    TokenSlot slot;
    for (int i = 0; i < 6; ++i) {
        REQUIRE(slot.decide(refused("a"), began).step == Step::lead);
        slot.renewed(slot.call(), renewed_to("n" + std::to_string(i)), began);
        if (i % 2 == 0) slot.accepted(slot.loan(), began - seconds(3600));
        CHECK_FALSE(slot.refused(slot.loan(), began));
    }
}

TEST_CASE("replays that were under way together count as one refusal") {
    TokenSlot slot;
    slot.decide(refused("a"), began);
    slot.renewed(slot.call(), renewed_to("n1"), began);
    const TokenLoan loan = slot.loan();
    for (int i = 0; i < 10; ++i) CHECK_FALSE(slot.refused(loan, began));
    CHECK(slot.decide(refused("a"), began).step == Step::lead);
}

TEST_CASE("a replay never carries the refused token, nor another user's") {
    TokenSlot slot;
    slot.decide(refused("a"), began);
    TokenAnswer answer = renewed_to(
        // {"alg":"HS256"}.{"iss":"https://id.example","sub":"alice"}. and a signature
        "eyJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJhbGljZSJ9."
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    slot.renewed(slot.call(), answer, began);
    CHECK(slot.why_not({answer.access_token, {}}) == "same-token");
    CHECK(slot.why_not(refused("a", {"https://id.example", "bob"})) == "other-identity");
    CHECK(slot.why_not(refused("a", {"https://other.example", "alice"})) == "other-identity");
    CHECK(slot.why_not(refused("a", {"https://id.example", "alice"})) == "");
    CHECK(slot.why_not(refused("a")) == "");
    // Nor does another user's refusal renew this one's token.
    CHECK(slot.decide(refused("b", {"https://id.example", "bob"}), began + seconds(86400)).why ==
          "other-identity");
}

TEST_CASE("a call has its say as far as what it was made for is still there") {
    TokenSlot slot;
    slot.decide(refused("a"), began);
    const TokenCall call = slot.call();
    SUBCASE("nothing changed") {
        slot.revive(Change::none);
        CHECK(slot.refreshing());
        CHECK(slot.failed(call, failure(Kind::session_over), began, 0));
        CHECK(slot.session_is_over());
    }
    SUBCASE("another client: its refusal is not this one's") {
        slot.revive(Change::client);
        CHECK(slot.decide(refused("a"), began).step == Step::wait);
        CHECK_FALSE(slot.failed(call, failure(Kind::client_rejected), began, 0));
        CHECK(slot.decide(refused("a"), began).step == Step::lead);
    }
    SUBCASE("another client: the session is the same, and so are its tokens") {
        slot.revive(Change::client);
        CHECK(slot.renewed(call, renewed_to("n1"), began));
        CHECK(slot.decide(refused("a"), began).step == Step::use);
    }
    SUBCASE("another session: neither its tokens nor its end") {
        slot.revive(Change::session);
        CHECK(slot.decide(refused("a"), began).step == Step::lead);
        CHECK_FALSE(slot.renewed(call, renewed_to("n1"), began));
        CHECK_FALSE(slot.failed(call, failure(Kind::session_over), began, 0));
        CHECK_FALSE(slot.session_is_over());
        CHECK(slot.refreshing());  // the new session's own call
        CHECK(slot.loan().version == 0);
    }
}

TEST_CASE("what became of the old session's tokens is nothing to the new one") {
    TokenSlot slot;
    slot.decide(refused("a"), began);
    slot.renewed(slot.call(), renewed_to("old"), began);
    const TokenLoan old = slot.loan();
    slot.revive(Change::session);
    slot.decide(refused("a"), began);
    slot.renewed(slot.call(), renewed_to("new"), began);
    for (int i = 0; i < 5; ++i) CHECK_FALSE(slot.refused(old, began));
    CHECK(slot.decide(refused("a"), began).step == Step::use);
    CHECK(slot.loan().refusals == 0);
}

}  // namespace
}  // namespace whogoes::renew
