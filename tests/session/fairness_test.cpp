#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

// A connection whose both sides are always ready must not keep its worker to itself. How fast the
// others are served beside it is for a benchmark; that it lets them go first is counted here.
namespace whogoes::support {
namespace {

constexpr std::size_t share = net::Share::most_octets;
constexpr std::size_t shares = 8;
const std::string much(shares* share, 'm');

// What is moved at once counts for one share, however little of it was left: each is less than two.
bool were_passed_on(const Rig& rig) {
    return eventually([&] { return rig.counted(&net::Counters::turns_passed_on) >= shares / 2; });
}

TEST_CASE("a download lets others go first, whatever its framing") {
    const struct {
        const char* given;
        std::string answer;
    } rows[] = {
        {"a length", ok(much)},
        {"chunks",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(much) + chunk("")},
        {"the connection's end", "HTTP/1.1 200 OK\r\n\r\n" + much},
    };
    for (const bool tls : {false, true}) {
        for (const auto& row : rows) {
            CAPTURE(row.given);
            CAPTURE(tls);
            Rig rig({.tls = tls});
            rig.upstream.will_answer_and_close(row.answer);
            CHECK((rig.get("/").body == much));
            CHECK(were_passed_on(rig));
        }
    }
}

TEST_CASE("an upload lets others go first") {
    Rig rig;
    rig.upstream.will_answer(ok());
    CHECK(rig.ask(post("/", much)).status() == 200);
    CHECK((rig.upstream.request(0).body == much));
    CHECK(were_passed_on(rig));
}

TEST_CASE("a tunnel lets others go first, in both directions") {
    const std::string switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
    for (const bool up : {false, true}) {
        CAPTURE(up);
        Rig rig;
        rig.upstream.will([&](Talk& talk) {
            talk.send(switching + (up ? "" : much));
            if (up) CHECK((talk.wire.read_exactly(much.size()) == much));
            talk.wire.close();
        });
        Client client = rig.connect();
        client.send(get("/", "Connection: Upgrade\r\nUpgrade: x\r\n"));
        CHECK(client.reply().status() == 101);
        if (up) client.send(much);
        CHECK(client.wire.read_to_end().size() == (up ? 0 : much.size()));
        CHECK(were_passed_on(rig));
    }
}

TEST_CASE("a client that goes on sending after its last answer lets others go first") {
    Rig rig;
    Client client = rig.connect();
    client.send("no request\r\n\r\n");
    CHECK(client.reply().status() == 400);
    CHECK(client.wire.try_send(much));
    CHECK(were_passed_on(rig));
}

TEST_CASE("requests that were sent ahead let others go first where the answers are our own") {
    settings::Settings settings;
    settings.treatment.resource_metadata = std::make_shared<const std::string>("\"a\":1");
    settings.answers_metadata = true;
    settings.host_names = {"client.example"};
    Rig rig({.settings = settings});
    Client client = rig.connect();
    constexpr int requests = 200;
    std::string ahead;
    for (int i = 0; i < requests; ++i) ahead += get("/.well-known/oauth-protected-resource");
    client.send(ahead);
    for (int i = 0; i < requests; ++i) CHECK(client.reply().status() == 200);
    CHECK(rig.counted(&net::Counters::turns_passed_on) >= 3);
}

}  // namespace
}  // namespace whogoes::support
