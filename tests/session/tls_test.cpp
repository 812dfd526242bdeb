#include "tests/support/rig.hpp"
#include "tests/support/rig_certificates.hpp"

#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

// TLS on either side, and unix sockets.
namespace whogoes::support {
namespace {

using namespace std::chrono_literals;

net::TlsContext client_context(int version, const std::string& alpn = "") {
    net::TlsContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_load_verify_locations(context.get(), certificates().authority.certificate.c_str(),
                                  nullptr);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                            static_cast<unsigned>(alpn.size()));
    return context;
}

std::string chosen_protocol(const Client& client) {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(client.wire.tls(), &name, &length);
    return std::string(reinterpret_cast<const char*>(name), length);
}

TEST_CASE("a TLS listener speaks 1.2 and 1.3, and tells the upstream") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        Rig rig({.tls = true});
        rig.upstream.will_answer(ok("one"));
        rig.upstream.will_answer(ok("two"));
        const net::TlsContext context = client_context(version);
        Client client = rig.connect_plain();
        client.wire.secure_as_client(context.get());
        CHECK(SSL_version(client.wire.tls()) == version);
        CHECK(client.ask(get("/")).body == "one");
        CHECK(client.ask(post("/", std::string(300000, 'x'))).body == "two");
        CHECK(rig.upstream.request(0).field("X-Forwarded-Proto") == "https");
        CHECK(rig.upstream.request(1).body.size() == 300000);
    }
}

// A client context and the sessions that its connections were given.
struct Resuming {
    explicit Resuming(int version) : context(client_context(version)) {
        SSL_CTX_set_app_data(context.get(), this);
        SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT);
        SSL_CTX_sess_set_new_cb(context.get(), [](SSL* ssl, SSL_SESSION* session) {
            static_cast<Resuming*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))
                ->sessions.emplace_back(session);
            return 1;
        });
    }
    // Whether the connection resumed the last of them.
    bool resumes(const Rig& rig, std::size_t listener) {
        Client client = rig.connect_plain(listener);
        client.wire.secure_as_client(context.get(),
                                     sessions.empty() ? nullptr : sessions.back().get());
        CHECK(client.ask(get("/")).body == "served");
        return SSL_session_reused(client.wire.tls()) == 1;
    }
    net::TlsContext context;
    std::vector<net::TlsSessions::Session> sessions;
};

TEST_CASE("a client gets tickets that are good at every worker and listener, and after a reload") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        Rig rig({.workers = 2, .tls = true, .listeners = 2});
        rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
        Resuming client(version);
        CHECK_FALSE(client.resumes(rig, 0));
        CHECK(client.sessions.size() == (version == TLS1_3_VERSION ? 2 : 1));
        for (int i = 0; i < 8; ++i) CHECK(client.resumes(rig, i % 2));
        rig.reload([](settings::Settings&) {});
        for (int i = 0; i < 4; ++i) CHECK(client.resumes(rig, i % 2));
    }
}

TEST_CASE("a request that comes together with the handshake's end is served") {
    Rig rig({.tls = true});
    rig.upstream.will_answer(ok("served"));
    const net::TlsContext context = client_context(TLS1_3_VERSION);
    const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), SSL_free);
    BIO *const came = BIO_new(BIO_s_mem()), *const to_send = BIO_new(BIO_s_mem());
    SSL_set_bio(tls.get(), came, to_send);
    SSL_set_connect_state(tls.get());
    Wire wire = rig.connect_plain().wire;
    const auto send_all = [&] {
        char* bytes = nullptr;
        const long octets = BIO_get_mem_data(to_send, &bytes);
        wire.send({bytes, static_cast<std::size_t>(octets)});
        BIO_reset(to_send);
    };
    const auto receive = [&] {
        const std::string bytes = wire.read_some();
        BIO_write(came, bytes.data(), static_cast<int>(bytes.size()));
        return !bytes.empty();
    };
    while (SSL_do_handshake(tls.get()) != 1) {
        send_all();
        REQUIRE(receive());
    }
    const std::string request = get("/");
    SSL_write(tls.get(), request.data(), static_cast<int>(request.size()));
    send_all();
    std::string answer;
    while (answer.find("served") == std::string::npos) {
        char block[4096];
        const int got = SSL_read(tls.get(), block, sizeof block);
        if (got > 0)
            answer.append(block, static_cast<std::size_t>(got));
        else
            REQUIRE(receive());
    }
}

TEST_CASE("plain HTTP on the TLS port is told so, once, and the log as well") {
    Rig rig({.tls = true});
    Client client = rig.connect_plain();
    const Message reply = client.ask(get("/v1"));
    CHECK(reply.status() == 400);
    CHECK(reply.body.find("this port speaks TLS") != std::string::npos);
    CHECK(client.ending() == End::closed);
    CHECK(text_at(rig.next_event(), "/msg").find("this port speaks TLS") != std::string::npos);
    CHECK(rig.stop().empty());
}

TEST_CASE("TLS 1.1 is refused") {
    Rig rig({.tls = true});
    const net::TlsContext context = client_context(TLS1_1_VERSION);
    SSL_CTX_set_security_level(context.get(), 0);
    Client client = rig.connect_plain();
    CHECK_THROWS_AS(client.wire.secure_as_client(context.get()), WireError);
}

TEST_CASE("without HTTP/2 ALPN offers http/1.1 and nothing else") {
    settings::Settings settings;
    settings.speaks_http_2 = false;
    Rig rig({.settings = settings, .tls = true});
    rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
    {
        const net::TlsContext both = client_context(TLS1_3_VERSION, "\x02h2\x08http/1.1");
        Client client = rig.connect_plain();
        client.wire.secure_as_client(both.get());
        CHECK(chosen_protocol(client) == "http/1.1");
        CHECK(client.ask(get("/")).body == "served");
    }
    const net::TlsContext h2 = client_context(TLS1_3_VERSION, "\x02h2");
    Client client = rig.connect_plain();
    CHECK_THROWS_AS(client.wire.secure_as_client(h2.get()), WireError);
}

TEST_CASE("a client that is silent in its handshake holds up nobody, and is not waited for long") {
    settings::Settings settings;
    settings.timeouts.header = 400ms;
    Rig rig({.settings = settings, .tls = true});
    rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
    Client nothing = rig.connect_plain();
    Client half = rig.connect_plain();
    rig.settle();  // both are waited for
    // The first octets of a ClientHello: a record of 512 octets.
    half.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
    CHECK(rig.get("/").body == "served");
    CHECK(nothing.ending() == End::closed);
    half.wire.read_to_end();
    CHECK(half.wire.end() != End::open);
}

TEST_CASE("plain HTTP on a TLS listener ends that connection alone") {
    Rig rig({.tls = true});
    rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
    Client plain = rig.connect_plain();
    plain.send(get("/"));
    plain.wire.read_to_end();
    CHECK(rig.get("/").body == "served");
}

TEST_CASE("a TLS connection may be idle for longer than a head may take") {
    settings::Settings settings;
    settings.timeouts.header = 150ms;
    Rig rig({.settings = settings, .tls = true});
    rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
    Client client = rig.connect();
    CHECK(client.ask(get("/")).body == "served");
    CHECK(client.ask(post("/", "body")).body == "served");
    Client slow = rig.connect();
    slow.send("GET");
    CHECK(slow.reply().status() == 408);
    CHECK(client.ask(get("/")).body == "served");
}

TEST_CASE("large bodies pass through TLS on both sides, and pipelined requests are not lost") {
    RigOptions options{.tls = true, .upstream = {.tls = certificates().upstream.get()}};
    options.settings.upstream_tls.ca_file = certificates().authority.certificate;
    Rig rig(options);
    rig.upstream.always([](Talk& talk) {
        talk.read_body();
        talk.send(ok(talk.request.body));
    });
    Client client = rig.connect();
    std::string body(3 * 1024 * 1024, '.');
    for (std::size_t i = 0; i < body.size(); i += 777) body[i] = static_cast<char>('a' + i % 26);
    CHECK((client.ask(post("/", body)).body == body));
    client.send(post("/1", "one") + post("/2", "two") + get("/3"));
    CHECK(client.reply().body == "one");
    CHECK(client.reply().body == "two");
    CHECK(client.reply().status() == 200);
    CHECK(rig.upstream.connections() == 1);
}

TEST_CASE("an https upstream is verified, and what fails is said") {
    const struct {
        std::string given;
        std::string authority;
        const char* host;
        const char* server_name;
        bool verify;
        const char* failure;  // null: none
        const char* asked_name;
    } rows[] = {
        {"a good certificate", certificates().authority.certificate, "localhost", "", true, nullptr,
         "localhost"},
        {"an address", certificates().authority.certificate, "127.0.0.1", "", true, nullptr, ""},
        {"a name of its own", certificates().authority.certificate, "127.0.0.1", "api.example",
         true, nullptr, "api.example"},
        {"another authority", certificates().other_authority.certificate, "localhost", "", true,
         "unable to get local issuer certificate", "localhost"},
        {"another name", certificates().authority.certificate, "localhost", "else.example", true,
         "hostname mismatch", "else.example"},
        {"not verified", certificates().other_authority.certificate, "localhost", "else.example",
         false, nullptr, "else.example"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RigOptions options{.upstream = {.tls = certificates().upstream.get()}};
        options.settings.upstream.host = row.host;
        options.settings.upstream_tls.ca_file = row.authority;
        options.settings.upstream_tls.server_name = row.server_name;
        options.settings.upstream_tls.verify = row.verify;
        Rig rig(options);
        rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
        const Message reply = rig.get("/");
        if (row.failure == nullptr) {
            CHECK(reply.body == "served");
            CHECK(rig.upstream.server_names() == std::vector<std::string>{row.asked_name});
        } else {
            CHECK(reply.status() == 502);
            CHECK(reply.body.find("TLS handshake failed: " + std::string(row.failure) +
                                  "; upstream_tls.ca") != std::string::npos);
            rig.upstream.forgive("TLS handshake");
        }
    }
}

TEST_CASE("an upstream that wants a client certificate gets ours") {
    RigOptions options{.upstream = {.tls = certificates().demanding_upstream.get()}};
    options.settings.upstream_tls.ca_file = certificates().authority.certificate;
    bool shown = false;
    SUBCASE("configured") {
        shown = true;
        options.settings.upstream_tls.certificate_file = certificates().client.certificate;
        options.settings.upstream_tls.key_file = certificates().client.key;
    }
    SUBCASE("not configured") {}
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
    const Message reply = rig.get("/");
    if (shown) {
        CHECK(reply.body == "served");
    } else {
        CHECK(reply.status() == 502);
        rig.upstream.forgive("TLS handshake");
    }
}

TEST_CASE("an https upstream that speaks no TLS is a 502") {
    Rig plain;
    RigOptions options;
    options.settings.upstream = {.tls = true,
                                 .host = "127.0.0.1",
                                 .port = plain.upstream.endpoint().port(),
                                 .unix_path = "",
                                 .origin = "https://127.0.0.1",
                                 .authority = "127.0.0.1"};
    // The fake waits for the end of a head that TLS never sends.
    plain.upstream.forgive("the end came");
    options.settings.timeouts.connect = 300ms;
    Rig rig(options);
    CHECK(rig.get("/").status() == 504);
}

TEST_CASE("a certificate that nobody checks is not what broke a connection") {
    RigOptions options{.upstream = {.tls = certificates().upstream.get()}};
    options.settings.upstream_tls.verify = false;
    Rig rig(options);
    rig.upstream.will([](Talk& talk) {
        talk.answer("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf of it");
        talk.wire.reset();
    });
    Client client = rig.connect();
    client.send(get("/"));
    client.wire.read_to_end();
    const std::string words = text_at(rig.next_event(), "/msg");
    CHECK(words.find("certificate") == std::string::npos);
    CHECK(words.find("reset") != std::string::npos);
}

TEST_CASE("an answer over TLS that ends without a close_notify is no whole one") {
    RigOptions options{.upstream = {.tls = certificates().upstream.get()}};
    options.settings.upstream_tls.ca_file = certificates().authority.certificate;
    Rig rig(options);
    rig.upstream.will([](Talk& talk) {
        talk.answer("HTTP/1.1 200 OK\r\n\r\nperhaps not all");
        talk.wire.interrupt();  // TCP ends, TLS did not say so
    });
    Client client = rig.connect();
    client.send(get("/"));
    client.wire.read_to_end();
    CHECK(client.wire.end() == End::reset);
}

TEST_CASE("a tunnel through TLS on both sides carries much both ways at once") {
    RigOptions options{.tls = true, .upstream = {.tls = certificates().upstream.get()}};
    options.settings.upstream_tls.ca_file = certificates().authority.certificate;
    Rig rig(options);
    constexpr std::size_t octets = 4 * 1024 * 1024;
    rig.upstream.will([](Talk& talk) {
        talk.send("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        for (std::size_t echoed = 0; echoed < octets;) {
            const std::string some = talk.wire.read_some();
            if (some.empty()) return;
            talk.send(some);
            echoed += some.size();
        }
        talk.wire.close();
    });
    Client client = rig.connect();
    client.ask(get("/", "Connection: Upgrade\r\nUpgrade: echo\r\n"));
    std::string back;
    for (std::size_t sent = 0; sent < octets; sent += 64 * 1024) {
        client.send(std::string(64 * 1024, static_cast<char>('a' + sent / (64 * 1024) % 26)));
        back += client.wire.read_exactly(64 * 1024);
    }
    CHECK(back.size() == octets);
    CHECK(back.substr(64 * 1024, 1) == "b");
    CHECK(client.ending() == End::closed);
}

TEST_CASE("a TLS client that leaves aborts the request upstream") {
    Rig rig({.tls = true});
    rig.upstream.will([](Talk& talk) { talk.wire.read_to_end(); });
    Client client = rig.connect();
    client.send(get("/slow"));
    rig.upstream.request(0);
    SUBCASE("in good order") { client.wire.close(); }
    SUBCASE("without a word") { client.wire.interrupt(); }
    SUBCASE("with a reset") { client.wire.reset(); }
    rig.upstream.wait_for_ended(1);
}

TEST_CASE("an event arrives at once through TLS") {
    Rig rig({.tls = true});
    Gate seen;
    rig.upstream.will([&](Talk& talk) {
        talk.answer("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
        seen.wait();
        talk.send("data: 2\n\n");
        talk.wire.close();
    });
    Client client = rig.connect();
    client.send(get("/events"));
    read_head(client.wire);
    CHECK(client.wire.read_through("\n\n") == "data: 1\n\n");
    seen.open();
    CHECK(client.wire.read_to_end() == "data: 2\n\n");
    CHECK(client.wire.end() == End::closed);
}

TEST_CASE("what a peer called its unix socket reaches neither a head nor the log") {
    Rig rig({.unix_listener = true});
    const std::string folder = rig.endpoint().host().substr(0, rig.endpoint().host().rfind('/'));
    const std::string names[] = {"a\r\nX-Admin: 1", "10.0.0.1", "a\r\n\r\nGET /x HTTP/1.1"};
    for (std::size_t i = 0; i < std::size(names); ++i) {
        rig.upstream.will_answer(answer(401, "Connection: close\r\n"));
        std::string path = folder + "/" + names[i];
        std::replace(path.begin() + static_cast<std::ptrdiff_t>(folder.size()) + 1, path.end(), '/',
                     '_');
        Client client(Wire::between(net::unix_endpoint(path), rig.endpoint()));
        CHECK(client.ask(get("/")).status() == 401);
        const Message& seen = rig.upstream.request(i);
        CHECK(seen.field("X-Admin").empty());
        CHECK(seen.field("X-Forwarded-For").empty());
        CHECK(text_at(rig.next_event(), "/client/address").empty());
    }
}

TEST_CASE("unix sockets serve on both sides") {
    Rig rig({.unix_listener = true, .upstream_is_unix = true});
    rig.upstream.will_answer(ok("one"));
    rig.upstream.will_answer(answer(401));
    Client client = rig.connect();
    CHECK(client.ask(get("/")).body == "one");
    CHECK(rig.upstream.request(0).field("Host") == "client.example");
    CHECK(client.ask(get("/")).status() == 401);
    CHECK(text_at(rig.next_event(), "/upstream/address") == rig.origin());
}

}  // namespace
}  // namespace whogoes::support
