#include "proxy/session/pin.hpp"

#include "http/messages.hpp"
#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>

// Whose identity an upstream connection has, and that no other client gets it.
namespace whogoes::session {
namespace {

TEST_CASE("either head may bind a connection to its client") {
    const struct {
        const char* given;
        const char* request;
        const char* answer;
        bool bound;
    } rows[] = {
        {"nothing", "", "", false},
        {"other schemes", "Authorization: Bearer ntlm\r\n",
         "WWW-Authenticate: Bearer\r\nWWW-Authenticate: Digest nonce=\"a\"\r\n", false},
        {"NTLM", "Authorization: NTLM TlRM\r\n", "", true},
        {"any case, a tab", "authorization:\tntlm\tTlRM\r\n", "", true},
        {"Negotiate", "Authorization: Negotiate YII=\r\n", "", true},
        {"Nego2 and Kerberos", "Authorization: Nego2 YII=\r\nAuthorization: Kerberos YII=\r\n", "",
         true},
        {"a second line", "Authorization: Basic eDp5\r\nAuthorization: NTLM TlRM\r\n", "", true},
        {"for a proxy before the API", "Proxy-Authorization: NTLM TlRM\r\n", "", true},
        {"offered", "", "WWW-Authenticate: Negotiate\r\n", true},
        {"offered among others", "", "WWW-Authenticate: Basic realm=\"a\", NTLM\r\n", true},
        {"offered by a proxy", "", "Proxy-Authenticate: NTLM\r\n", true},
        {"in a list that breaks the grammar", "", "WWW-Authenticate: =\"; Negotiate\r\n", true},
        {"another field", "X-Authorization: NTLM a\r\n", "X-Authenticate: NTLM\r\n", false},
        {"a longer word", "Authorization: NTLMv2 a\r\n", "WWW-Authenticate: x-ntlm\r\n", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const http::ReadRequest request(http::get(row.request));
        const http::ReadResponse answer(http::ok(row.answer));
        REQUIRE(request.complete());
        REQUIRE(answer.complete());
        CHECK(binds_the_connection(request.head, answer.head) == row.bound);
    }
}

}  // namespace
}  // namespace whogoes::session

namespace whogoes::support {
namespace {

// An API that authenticates connections: who logged in on one is who asks on it.
void log_in_by_connection(Rig& rig, std::string_view success_fields) {
    auto users = std::make_shared<std::map<std::size_t, std::string>>();
    rig.upstream.always([users, fields = std::string(success_fields)](Talk& talk) {
        const std::string sent = talk.request.field("Authorization");
        std::string& user = (*users)[talk.connection];
        if (sent.starts_with("NTLM ")) user = sent.substr(5);
        talk.answer(user.empty() ? answer(401, "WWW-Authenticate: Basic\r\n") : ok(user, fields));
    });
}

TEST_CASE("a second client never speaks on a connection that another one logged in on") {
    const struct {
        const char* given;
        bool diagnose;
        const char* fields;
    } rows[] = {
        {"a success without a challenge", true, ""},
        {"a success with one", true, "WWW-Authenticate: NTLM TlRM\r\n"},
        {"nothing is diagnosed", false, ""},
        {"nothing is diagnosed, with a challenge", false, "WWW-Authenticate: NTLM TlRM\r\n"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RigOptions options;
        options.settings.treatment.diagnose = row.diagnose;
        Rig rig(options);
        log_in_by_connection(rig, row.fields);
        Client first = rig.connect();
        CHECK(first.ask(get("/", "Authorization: NTLM alice\r\n")).body == "alice");
        Client second = rig.connect();
        CHECK(second.ask(get("/")).status() == 401);
        CHECK(second.ask(get("/")).status() == 401);
        CHECK(first.ask(get("/")).body == "alice");
        CHECK(rig.upstream.connections() == 2);
    }
}

TEST_CASE("a login on a connection of the pool takes it out of the pool") {
    Rig rig;
    log_in_by_connection(rig, "");
    Client first = rig.connect();
    CHECK(first.ask(get("/")).status() == 401);
    CHECK(first.ask(get("/", "Authorization: NTLM alice\r\n")).body == "alice");
    Client second = rig.connect();
    CHECK(second.ask(get("/")).status() == 401);
    CHECK(first.ask(get("/")).body == "alice");
    CHECK(rig.upstream.connections() == 2);
}

TEST_CASE("a connection ends with the client that it belongs to") {
    Rig rig;
    log_in_by_connection(rig, "");
    CHECK(rig.get("/", "Authorization: NTLM alice\r\n").body == "alice");
    rig.upstream.wait_for_ended(1);
    CHECK(rig.get("/").status() == 401);
}

TEST_CASE("a login at one upstream is not continued at another") {
    FakeUpstream other{FakeUpstreamOptions{}};
    Rig rig;
    log_in_by_connection(rig, "");
    other.always([](Talk& talk) { talk.answer(ok("other")); });
    Client client = rig.connect();
    CHECK(client.ask(get("/", "Authorization: NTLM alice\r\n")).body == "alice");
    rig.reload([&](settings::Settings& settings) {
        settings.upstream.port = other.endpoint().port();
        settings.upstream.authority = other.endpoint().text();
        settings.upstream.origin = "http://" + settings.upstream.authority;
    });
    rig.settle();
    CHECK(client.ask(get("/")).body == "other");
    other.stop();
}

}  // namespace
}  // namespace whogoes::support
