#include "proxy/renew/key_slot.hpp"

#include <doctest/doctest.h>

#include <string>

// When keys from a URL are fetched, with the time made up.
namespace whogoes::renew {
namespace {

using std::chrono::seconds;
using Told = KeySlot::Told;

const KeySlot::Time start{std::chrono::hours(1)};
constexpr seconds cool{30};

KeySlot::Set set_of(const std::string& kid) {
    auto set = rules::KeySet::from_jwks(
        R"({"kty":"oct","alg":"HS256","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA","kid":")" +
        kid + "\"}");
    REQUIRE(set.has_value());
    return std::make_shared<const rules::KeySet>(std::move(*set));
}

KeySlot with(const std::string& kid) {
    KeySlot slot;
    slot.begin();
    CHECK(slot.took(set_of(kid), start) == Told::first);
    return slot;
}

TEST_CASE("one fetch is under way at a time, and none within the cool-down of the last") {
    KeySlot slot;
    CHECK(slot.wants_first(start));
    slot.begin();
    CHECK_FALSE(slot.wants_first(start));
    CHECK_FALSE(slot.wants("a", start + cool));
    CHECK_FALSE(slot.wants_after_reload());
    CHECK(slot.failed(start) == Told::failing);
    CHECK_FALSE(slot.wants_first(start + cool - seconds{1}));
    CHECK_FALSE(slot.wants("a", start + cool - seconds{1}));
    CHECK(slot.wants_first(start + cool));
    CHECK(slot.wants_after_reload());
}

TEST_CASE("only a key that the set lacks asks for another fetch") {
    KeySlot slot = with("a");
    const KeySlot::Time later = start + cool;
    CHECK_FALSE(slot.wants("a", later));
    CHECK_FALSE(slot.wants("", later));
    CHECK_FALSE(slot.wants("b", later - seconds{1}));
    CHECK(slot.wants("b", later));
    slot.begin("b");
    CHECK(slot.took(set_of("b"), later) == Told::changed);
    CHECK_FALSE(slot.wants("b", later + cool));
}

TEST_CASE("a key that a fresh set lacks too is not looked for again for a while") {
    KeySlot slot = with("a");
    slot.begin("forged");
    CHECK(slot.took(set_of("a"), start) == Told::nothing);
    CHECK_FALSE(slot.wants("forged", start + cool));
    CHECK(slot.wants("other", start + cool));
    CHECK(slot.wants("forged", start + seconds{600}));
}

TEST_CASE("the keys that are not looked for are bounded in number") {
    KeySlot slot = with("a");
    for (int i = 0; i <= 64; ++i) {
        slot.begin("forged-" + std::to_string(i));
        slot.took(set_of("a"), start);
    }
    CHECK(slot.wants("forged-0", start + cool));
    CHECK_FALSE(slot.wants("forged-1", start + cool));
    CHECK_FALSE(slot.wants("forged-64", start + cool));
}

TEST_CASE("an old set is fetched again, whatever key a token names") {
    KeySlot slot = with("a");
    CHECK_FALSE(slot.wants("a", start + seconds{3599}));
    CHECK(slot.wants("a", start + seconds{3600}));
}

TEST_CASE("a failure keeps the set, and is told once until it ends") {
    KeySlot slot = with("a");
    const KeySlot::Set good = slot.set();
    slot.begin("b");
    CHECK(slot.failed(start) == Told::failing);
    CHECK(slot.set() == good);
    slot.begin("b");
    CHECK(slot.failed(start + cool) == Told::nothing);
    CHECK(slot.set() == good);
    slot.begin("b");
    CHECK(slot.took(set_of("a"), start + cool) == Told::recovered);
    CHECK_FALSE(slot.wants_after_reload());
}

}  // namespace
}  // namespace whogoes::renew
