#include "proxy/session/arrival.hpp"

#include "http/messages.hpp"
#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// Where a request came from, and whom that is believed of.
namespace whogoes::session {
namespace {

settings::Settings trusting(std::initializer_list<const char*> peers) {
    settings::Settings settings;
    settings.forwarded_trust = {};
    for (const char* peer : peers) REQUIRE(settings.forwarded_trust.add(peer));
    return settings;
}

Arrival arrived(const settings::Settings& settings, const std::string& lines,
                const char* peer = "10.0.0.9", bool tls = false) {
    const http::ReadRequest request(http::get(lines));
    REQUIRE(request.complete());
    return arrival(settings, request.head, *net::parse_peer(peer), tls);
}

TEST_CASE("the client is the first on the way back whom nobody vouches for") {
    const settings::Settings settings = trusting({"10.0.0.0/8", "2001:db8::/32"});
    const struct {
        const char* given;
        const char* chain;
        const char* client;  // empty: the peer
    } rows[] = {
        {"one hop", "192.0.2.7", "192.0.2.7"},
        {"a client that says it is another", "1.2.3.4, 192.0.2.7", "192.0.2.7"},
        {"two proxies", "1.2.3.4, 192.0.2.7, 10.1.1.1", "192.0.2.7"},
        {"IPv6 proxies", "192.0.2.7, 2001:db8::1", "192.0.2.7"},
        {"everybody is ours", "10.2.2.2, 10.1.1.1", "10.2.2.2"},
        {"with a port", "192.0.2.7:4711", "192.0.2.7"},
        {"one spelling", "2001:DB8:0:0::FF, 10.1.1.1", "2001:db8::ff"},
        {"hidden", "unknown", ""},
        {"hidden behind a proxy of ours", "192.0.2.7, unknown, 10.1.1.1", "10.1.1.1"},
        {"no address", "evil\"x, 10.1.1.1", "10.1.1.1"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const std::string chain = row.chain;
        CHECK(arrived(settings, "X-Forwarded-For: " + chain + "\r\n").address == row.client);
        CHECK(arrived(settings, "X-Forwarded-For: " + chain + "\r\n", "192.0.2.1").address.empty());
    }
}

TEST_CASE("scheme, host and port are what is told, else what is configured, else as it came") {
    settings::Settings settings = trusting({"10.0.0.0/8"});
    const struct {
        std::string given;
        std::string url;
        std::string lines;
        std::string scheme, authority;  // empty: as Host says
    } rows[] = {
        {"nothing", "", "", "http", ""},
        {"scheme", "", "X-Forwarded-Proto: https\r\n", "https", ""},
        {"all, with the default port", "",
         "X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.test\r\nX-Forwarded-Port: 443\r\n",
         "https", "a.test"},
        {"another port", "",
         "X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.test\r\nX-Forwarded-Port: 8443\r\n",
         "https", "a.test:8443"},
        {"the port in the host", "",
         "X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.test:8443\r\nX-Forwarded-Port: 443\r\n",
         "https", "a.test:8443"},
        {"the default port in the host", "",
         "X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.test:443\r\n", "https", "a.test"},
        {"a port alone", "", "X-Forwarded-Proto: https\r\nX-Forwarded-Port: 8443\r\n", "https",
         "example.test:8443"},
        {"the port of the other scheme", "", "X-Forwarded-Host: a\r\nX-Forwarded-Port: 443\r\n",
         "http", "a:443"},
        {"configured", "b.test:9443", "", "https", "b.test:9443"},
        {"configured, and an address told", "b.test:9443", "X-Forwarded-For: 1.2.3.4\r\n", "https",
         "b.test:9443"},
        {"configured, and a scheme told", "b.test", "X-Forwarded-Proto: http\r\n", "http",
         "b.test"},
        {"configured, and a host told", "b.test:9443", "X-Forwarded-Host: a.test\r\n", "https",
         "a.test"},
        {"configured, and a port told", "b.test:9443", "X-Forwarded-Port: 443\r\n", "https",
         "b.test"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        settings.public_url.reset();
        if (!row.url.empty()) settings.public_url = settings::PublicUrl{true, row.url};
        const Arrival came = arrived(settings, row.lines);
        CHECK(came.trusted);
        CHECK(came.scheme == row.scheme);
        CHECK(came.authority == row.authority);
        const Arrival strange = arrived(settings, row.lines, "192.0.2.1");
        CHECK_FALSE(strange.trusted);
        CHECK(strange.scheme == (row.url.empty() ? "http" : "https"));
        CHECK(strange.authority == row.url);
    }
    settings.public_url.reset();
    CHECK(arrived(settings, "", "10.0.0.9", true).scheme == "https");
}

TEST_CASE("only the style that is configured is believed") {
    settings::Settings settings = trusting({"10.0.0.0/8"});
    const std::string both = "X-Forwarded-For: 1.1.1.1\r\nForwarded: for=2.2.2.2;proto=https\r\n";
    CHECK(arrived(settings, both).address == "1.1.1.1");
    CHECK(arrived(settings, both).scheme == "http");
    settings.forwarded = http::ForwardedStyle::forwarded;
    CHECK(arrived(settings, both).address == "2.2.2.2");
    CHECK(arrived(settings, both).scheme == "https");
    settings.forwarded = http::ForwardedStyle::off;
    CHECK(arrived(settings, both).address.empty());
    CHECK_FALSE(arrived(settings, both).trusted);
}

}  // namespace
}  // namespace whogoes::session

namespace whogoes::support {
namespace {

const std::string terminated =
    "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: api.example\r\n"
    "X-Forwarded-Port: 8443\r\n";

TEST_CASE("behind a TLS terminator all that is told is the client's side") {
    RigOptions options{.offers = {"mcp"}};
    options.settings.host_names = {"api.example"};
    options.settings.answers_metadata = true;
    options.settings.treatment.resource_metadata = std::make_shared<const std::string>();
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
    CHECK(rig.get("/mcp", terminated).field("WWW-Authenticate") ==
          "Bearer realm=\"api\", resource_metadata=\"https://api.example:8443/.well-known/"
          "oauth-protected-resource/mcp\"");
    CHECK(rig.get("/.well-known/oauth-protected-resource/mcp", terminated).body ==
          "{\"resource\":\"https://api.example:8443/mcp\"}");
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/client/address") == "192.0.2.7");
    const Message sent = rig.upstream.request(0);
    CHECK(sent.field("X-Forwarded-For") == "192.0.2.7, 127.0.0.1");
    CHECK(sent.fields("X-Forwarded-Proto") == std::vector<std::string>{"https"});
    CHECK(sent.fields("X-Forwarded-Host") == std::vector<std::string>{"api.example"});
    CHECK(sent.fields("X-Forwarded-Port") == std::vector<std::string>{"8443"});
}

TEST_CASE("a stranger's word is neither believed nor passed on, and that is said once") {
    RigOptions options{.offers = {"mcp"}};
    options.settings.host_names = {"api.example"};
    options.settings.forwarded_trust = {};
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
    const Message reply =
        rig.ask("GET /mcp HTTP/1.1\r\nHost: localhost:81\r\n" + terminated + "\r\n");
    CHECK(reply.field("WWW-Authenticate").find("http://localhost:81/") != std::string::npos);
    CHECK(text_at(rig.next_event(), "/msg").find("forwarded.trust") != std::string::npos);
    CHECK(text_at(rig.next_event(), "/client/address") == "127.0.0.1");
    rig.get("/mcp", terminated);
    CHECK(text_at(rig.next_event(), "/client/address") == "127.0.0.1");
    const Message sent = rig.upstream.request(0);
    CHECK(sent.fields("X-Forwarded-For") == std::vector<std::string>{"127.0.0.1"});
    CHECK(sent.fields("X-Forwarded-Proto") == std::vector<std::string>{"http"});
    CHECK(sent.fields("X-Forwarded-Host") == std::vector<std::string>{"localhost:81"});
    CHECK(sent.fields("X-Forwarded-Port") == std::vector<std::string>{"81"});
}

TEST_CASE("a public URL stands in for what nobody tells") {
    RigOptions options{.offers = {"mcp"}};
    options.settings.host_names = {"api.example"};
    options.settings.public_url = settings::PublicUrl{true, "api.example"};
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
    CHECK(rig.ask("GET / HTTP/1.1\r\nHost: 10.0.0.1:8401\r\n\r\n").field("WWW-Authenticate") ==
          "Bearer realm=\"api\", resource_metadata=\"https://api.example/.well-known/"
          "oauth-protected-resource\"");
    const Message sent = rig.upstream.request(0);
    CHECK(sent.field("X-Forwarded-Proto") == "https");
    CHECK(sent.field("X-Forwarded-Host") == "api.example");
    CHECK(sent.field("Host") == "10.0.0.1:8401");
}

TEST_CASE("the history tells clients of one terminator apart") {
    Rig rig;
    const std::string fields =
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n";
    const auto from = [](const std::string& client) {
        return "X-Forwarded-For: " + client + "\r\n";
    };
    rig.upstream.will_answer(ok("{}", "Set-Cookie: sid=2; Path=/\r\n"));
    rig.ask(post("/login", "", from("192.0.2.1")));
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
    rig.get("/orders", fields + from("192.0.2.2"));
    CHECK(text_at(rig.next_event(), "/auth/cause") != "session-cookie-missing");
    rig.get("/orders", fields + from("192.0.2.1"));
    CHECK(text_at(rig.next_event(), "/auth/cause") == "session-cookie-missing");
}

TEST_CASE("who comes by a unix socket is trusted as this machine is") {
    RigOptions options;
    options.unix_listener = true;
    options.log_everything = true;
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(ok()); });
    rig.get("/", terminated);
    CHECK(text_at(rig.next_event(), "/client/address") == "192.0.2.7");
    const Message sent = rig.upstream.request(0);
    CHECK(sent.field("X-Forwarded-For") == "192.0.2.7");
    CHECK(sent.field("X-Forwarded-Proto") == "https");
}

}  // namespace
}  // namespace whogoes::support
