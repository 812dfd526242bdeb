#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

// A client that asks without a credential first, and comes back with one at once: the pair is no
// failure, though the first answer was a 401.
namespace whogoes::support {
namespace {

const std::string basic = "Authorization: Basic YW5uOnNlY3JldDk5\r\n";
const std::string digest =
    "Authorization: Digest username=\"ann\", realm=\"a\", nonce=\"n\", uri=\"/a\", qop=auth, "
    "nc=00000001, cnonce=\"c\", response=\"0123456789abcdef0123456789abcdef\"\r\n";
const std::string offers_digest =
    "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n";
const std::string offers_basic = "WWW-Authenticate: Basic realm=\"a\"\r\n";

// Waits for ever, so that a slow machine sees what a fast one does: stop() ends the waiting.
RigOptions waiting() {
    RigOptions options;
    options.second_leg_wait = std::chrono::hours{1};
    return options;
}

void refuse_the_bare(Rig& rig, const std::string& challenge, int then = 200) {
    rig.upstream.always([challenge, then](Talk& talk) {
        if (!talk.request.has("Authorization"))
            talk.answer(answer(401, challenge));
        else
            talk.answer(then == 200 ? ok("in") : answer(then));
    });
}

std::vector<std::string> causes(Rig& rig) {
    std::vector<std::string> found;
    for (const boost::json::object& event : rig.stop())
        if (text_at(event, "/event") == "auth.failure")
            found.push_back(text_at(event, "/auth/cause"));
    return found;
}

TEST_CASE("a first leg is folded when the client comes back with what was offered") {
    const struct {
        const char* name;
        std::string challenge, credential;
    } rows[] = {
        {"Digest", offers_digest, digest},
        {"Basic", offers_basic, basic},
        {"one of two", offers_digest + offers_basic, basic},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        Rig rig(waiting());
        refuse_the_bare(rig, row.challenge);
        CHECK(rig.get("/a").status() == 401);
        CHECK(rig.get("/a", row.credential).status() == 200);
        CHECK(causes(rig).empty());
    }
}

TEST_CASE("pairs within one second are folded each, with the same credential too") {
    Rig rig(waiting());
    refuse_the_bare(rig, offers_basic);
    for (int i = 0; i < 3; ++i) {
        rig.set_clock(rig_start + std::chrono::milliseconds(10 * i));
        CHECK(rig.get("/a").status() == 401);
        CHECK(rig.get("/a", basic).status() == 200);
    }
    CHECK(causes(rig).empty());
}

TEST_CASE("who asked for every exchange sees both legs") {
    RigOptions options = waiting();
    options.log_everything = true;
    Rig rig(std::move(options));
    refuse_the_bare(rig, offers_digest);
    rig.get("/a");
    rig.get("/a", digest);
    std::vector<std::string> lines;
    for (const boost::json::object& event : rig.stop())
        lines.push_back(text_at(event, "/http/response/status_code") + " " +
                        text_at(event, "/level") + " " + text_at(event, "/auth/cause") + " " +
                        text_at(event, "/auth/confidence"));
    CHECK(lines == std::vector<std::string>{"200 info  ", "401 info handshake-challenge certain"});
}

TEST_CASE("a bare request that nothing follows is a failure like any other") {
    const struct {
        const char* name;
        std::string challenge, path, credential;
        int then = 200;
    } rows[] = {
        {"nothing", offers_basic, "", "", 200},
        {"another path", offers_basic, "/b", basic, 200},
        {"a scheme that was not offered", offers_digest, "/a", basic, 200},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        Rig rig;
        refuse_the_bare(rig, row.challenge, row.then);
        rig.get("/a");
        if (!row.path.empty()) rig.get(row.path, row.credential);
        CHECK(text_at(rig.next_event(), "/auth/cause") == "no-credentials");
    }
}

TEST_CASE("a second leg that is refused leaves both as failures") {
    Rig rig(waiting());
    refuse_the_bare(rig, offers_basic, 401);
    rig.get("/a");
    rig.get("/a", basic);
    CHECK(causes(rig) == std::vector<std::string>{"basic-wrong-credentials", "no-credentials"});
}

TEST_CASE("a second leg that is forbidden came with a credential that was taken") {
    Rig rig(waiting());
    refuse_the_bare(rig, offers_basic, 403);
    rig.get("/a");
    rig.get("/a", basic);
    CHECK(causes(rig) == std::vector<std::string>{"permission-denied"});
}

TEST_CASE("a flood of bare requests is not held back") {
    Rig rig(waiting());
    refuse_the_bare(rig, offers_basic);
    Client client = rig.connect();
    for (int i = 0; i < 40; ++i) client.ask(get("/a" + std::to_string(i)));
    for (int i = 32; i < 40; ++i)
        CHECK(text_at(rig.next_event(), "/url/path") == "/a" + std::to_string(i));
    client.wire.close();
    CHECK(causes(rig).size() == 32);
}

}  // namespace
}  // namespace whogoes::support
