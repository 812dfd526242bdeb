#include "proxy/net/tls_sessions.hpp"

#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

// Which sessions are given again. What servers make of them is tried in tests/session.
namespace whogoes::net {
namespace {

void make_so_old(SSL_SESSION* session, int seconds) {
    const std::time_t made = std::time(nullptr) - seconds;
#if OPENSSL_VERSION_NUMBER >= 0x30400000L
    SSL_SESSION_set_time_ex(session, made);
#else
    SSL_SESSION_set_time(session, static_cast<long>(made));
#endif
}

TlsSessions::Session session(unsigned char id, int version = TLS1_3_VERSION) {
    TlsSessions::Session made(SSL_SESSION_new());
    SSL_SESSION_set_protocol_version(made.get(), version);
    SSL_SESSION_set1_id(made.get(), &id, 1);
    make_so_old(made.get(), 0);
    SSL_SESSION_set_timeout(made.get(), 3600);
    return made;
}

// 0: there was none.
int id_of(const TlsSessions::Session& session) {
    unsigned length = 0;
    return session ? SSL_SESSION_get_id(session.get(), &length)[0] : 0;
}

TEST_CASE("the latest session is given first, and one of TLS 1.3 once") {
    TlsSessions sessions;
    CHECK(id_of(sessions.take()) == 0);
    sessions.keep(session(1));
    sessions.keep(session(2));
    CHECK(id_of(sessions.take()) == 2);
    CHECK(id_of(sessions.take()) == 1);
    CHECK(id_of(sessions.take()) == 0);
    sessions.keep(session(3, TLS1_2_VERSION));
    CHECK(id_of(sessions.take()) == 3);
    CHECK(id_of(sessions.take()) == 3);
    sessions.clear();
    CHECK(id_of(sessions.take()) == 0);
}

TEST_CASE("of many sessions the oldest goes") {
    TlsSessions sessions;
    constexpr int made = static_cast<int>(TlsSessions::most) + 2;
    for (int i = 1; i <= made; ++i) sessions.keep(session(static_cast<unsigned char>(i)));
    for (int i = made; i > 2; --i) CHECK(id_of(sessions.take()) == i);
    CHECK(id_of(sessions.take()) == 0);
}

TEST_CASE("a session whose time is over, or that was spoiled, is passed over") {
    TlsSessions sessions;
    sessions.keep(session(1));
    TlsSessions::Session old = session(2);
    make_so_old(old.get(), 3600);
    sessions.keep(std::move(old));
    sessions.keep(TlsSessions::Session(SSL_SESSION_new()));  // no ticket, no id
    CHECK(id_of(sessions.take()) == 1);
}

// What a client keeps of a server with a certificate that is good for so long.
TlsSessions::Session of_certificate(long seconds) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7200);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());

    using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
    const Context serving(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    const Context asking(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(serving.get(), certificate.get());
    SSL_CTX_use_PrivateKey(serving.get(), key.get());
    using Side = std::unique_ptr<SSL, decltype(&SSL_free)>;
    const Side server(SSL_new(serving.get()), SSL_free), client(SSL_new(asking.get()), SSL_free);
    BIO *one = nullptr, *other = nullptr;
    BIO_new_bio_pair(&one, 0, &other, 0);
    SSL_set_bio(server.get(), one, one);
    SSL_set_bio(client.get(), other, other);
    SSL_set_accept_state(server.get());
    SSL_set_connect_state(client.get());
    for (int i = 0; i < 4; ++i) {
        SSL_do_handshake(client.get());
        SSL_do_handshake(server.get());
    }
    char nothing = 0;
    SSL_read(client.get(), &nothing, 1);  // the tickets
    return TlsSessions::Session(SSL_SESSION_dup(SSL_get0_session(client.get())));
}

TEST_CASE("a session does not outlive the certificate that was checked for it") {
    TlsSessions sessions;
    sessions.keep(of_certificate(3600));
    CHECK(sessions.take() != nullptr);
    sessions.keep(of_certificate(-3600));
    CHECK(sessions.take() == nullptr);
}

}  // namespace
}  // namespace whogoes::net
