#include "tests/support/rig.hpp"
#include "tests/support/rig_certificates.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

// What is used again on the way to the upstream: connections, and the TLS sessions of those that
// have ended. The upstream says which handshakes were full ones.
namespace whogoes::support {
namespace {

using namespace std::chrono_literals;

const std::string last = ok("last", "Connection: close\r\n");

RigOptions https(const net::TlsContext& context = certificates().upstream) {
    RigOptions options{.upstream = {.tls = context.get()}};
    options.settings.upstream.host = "localhost";
    options.settings.upstream_tls.ca_file = certificates().authority.certificate;
    return options;
}

net::TlsContext speaking(int version) {
    net::TlsContext context = serving(certificates().server);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    return context;
}

TEST_CASE("a new connection to an https upstream resumes the session of one that has ended") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        const net::TlsContext context = speaking(version);
        Rig rig(https(context));
        rig.upstream.always([](Talk& talk) { talk.answer(last); });
        for (int i = 0; i < 6; ++i) CHECK(rig.get("/").body == "last");
        CHECK(rig.upstream.resumed() == std::vector<bool>{false, true, true, true, true, true});
    }
}

TEST_CASE("a connection that ended without a word leaves a session that is good") {
    Rig rig(https());
    rig.upstream.always([](Talk& talk) {
        talk.answer(ok("last"));
        talk.wire.interrupt();  // TCP ends, TLS did not say so
    });
    for (std::size_t i = 1; i <= 4; ++i) {
        CHECK(rig.get("/").body == "last");
        rig.upstream.wait_for_ended(i);
    }
    CHECK(rig.upstream.resumed() == std::vector<bool>{false, true, true, true});
}

TEST_CASE("an upstream that has forgotten its sessions is served all the same") {
    const net::TlsContext context = speaking(TLS1_3_VERSION);
    Rig rig(https(context));
    rig.upstream.always([](Talk& talk) { talk.answer(last); });
    CHECK(rig.get("/").body == "last");
    std::string keys(80, 'k');
    SSL_CTX_set_tlsext_ticket_keys(context.get(), keys.data(), static_cast<long>(keys.size()));
    CHECK(rig.get("/").body == "last");
    CHECK(rig.get("/").body == "last");
    CHECK(rig.upstream.resumed() == std::vector<bool>{false, false, true});
}

TEST_CASE("connections that are opened at once have a ticket each") {
    Rig rig(https());
    constexpr std::size_t at_once = 4;
    for (const bool again : {false, true}) {
        CAPTURE(again);
        Gate all[at_once];
        std::vector<Client> clients;
        for (std::size_t i = 0; i < at_once; ++i) {
            rig.upstream.will([&gate = all[i]](Talk& talk) {
                gate.wait();
                talk.answer(last);
            });
            clients.push_back(rig.connect());
            clients.back().send(get("/"));
            rig.upstream.request((again ? at_once : 0) + i);
        }
        for (Gate& gate : all) gate.open();
        for (Client& client : clients) CHECK(client.reply().body == "last");
    }
    const std::vector<bool> resumed = rig.upstream.resumed();
    CHECK_FALSE(resumed.front());
    // Of the first four some may have come behind a ticket of another's.
    CHECK(std::count(resumed.begin() + at_once, resumed.end(), true) == at_once);
}

TEST_CASE("what was agreed under other settings is not resumed under new ones") {
    SUBCASE("another server name") {
        Rig rig(https());
        rig.upstream.always([](Talk& talk) { talk.answer(last); });
        CHECK(rig.get("/").body == "last");
        rig.reload([](settings::Settings& settings) {
            settings.upstream_tls.server_name = "api.example";
        });
        CHECK(rig.get("/").body == "last");
        CHECK(rig.upstream.resumed() == std::vector<bool>{false, false});
    }
    SUBCASE("a certificate that is checked from now on") {
        RigOptions options = https();
        options.settings.upstream_tls.ca_file = certificates().other_authority.certificate;
        options.settings.upstream_tls.verify = false;
        Rig rig(options);
        rig.upstream.will_answer(last);
        CHECK(rig.get("/").body == "last");
        rig.reload([](settings::Settings& settings) { settings.upstream_tls.verify = true; });
        CHECK(rig.get("/").status() == 502);
        rig.upstream.forgive("TLS handshake");
    }
    SUBCASE("a client certificate that is no longer shown") {
        RigOptions options = https(certificates().demanding_upstream);
        options.settings.upstream_tls.certificate_file = certificates().client.certificate;
        options.settings.upstream_tls.key_file = certificates().client.key;
        Rig rig(options);
        rig.upstream.will_answer(last);
        CHECK(rig.get("/").body == "last");
        rig.reload([](settings::Settings& settings) {
            settings.upstream_tls.certificate_file.clear();
            settings.upstream_tls.key_file.clear();
        });
        CHECK(rig.get("/").status() == 502);
        rig.upstream.forgive("TLS handshake");
    }
}

TEST_CASE("a safe request takes a connection that is too old for one that must not be repeated") {
    RigOptions options = https();
    options.settings.timeouts.upstream_idle_unsafe = -1h;  // none is young enough
    Rig rig(options);
    std::vector<std::size_t> connections;
    rig.upstream.always([&](Talk& talk) {
        connections.push_back(talk.connection);
        talk.answer(ok());
    });
    Client client = rig.connect();
    for (const std::string& request :
         {get("/"), get("/"), post("/", "pay"), get("/"), post("/", ""), get("/")})
        CHECK(client.ask(request).status() == 200);
    // What was passed over is still there.
    CHECK(connections == std::vector<std::size_t>{0, 0, 1, 1, 2, 2});
    CHECK(eventually([&] { return rig.counted(&net::Counters::upstream_connections_idle) == 3; }));
    CHECK(rig.upstream.resumed() == std::vector<bool>{false, true, true});
}

TEST_CASE("the upstream's Keep-Alive ends a connection earlier than we would") {
    Rig rig(https());
    rig.upstream.will_answer(ok("first", "Keep-Alive: timeout=1\r\n"));
    CHECK(rig.get("/").body == "first");
    rig.upstream.wait_for_ended(1);
    CHECK(eventually([&] { return rig.counted(&net::Counters::upstream_connections_idle) == 0; }));
}

TEST_CASE("a safe request on a connection that the upstream has given up is sent once more") {
    Rig rig(https());
    rig.upstream.will_answer(ok("first"));
    SUBCASE("in good order") {
        rig.upstream.will([](Talk& talk) { talk.wire.close(); });
    }
    SUBCASE("with a reset") {
        rig.upstream.will([](Talk& talk) { talk.wire.reset(); });
    }
    rig.upstream.will_answer(ok("second"));
    Client client = rig.connect();
    CHECK(client.ask(get("/")).body == "first");
    CHECK(client.ask(get("/")).body == "second");
    CHECK(rig.counted(&net::Counters::upstream_retries) == 1);
    CHECK(rig.upstream.resumed() == std::vector<bool>{false, true});
}

}  // namespace
}  // namespace whogoes::support
