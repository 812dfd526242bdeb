#include "proxy/net/tls.hpp"

#include "proxy/net/address.hpp"
#include "proxy/net/authorities.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <stdexcept>
#include <utility>

namespace whogoes::net {
namespace {

// Length-prefixed, as ALPN wants it (RFC 7301, 3.1), the most wanted first.
constexpr std::string_view alpn_list(Alpn alpn) {
    constexpr std::string_view both = "\x02h2\x08http/1.1";
    if (alpn == Alpn::http_1_1) return both.substr(3);
    return alpn == Alpn::h2 ? both.substr(0, 3) : both;
}

const unsigned char* octets_of(std::string_view list) {
    return reinterpret_cast<const unsigned char*>(list.data());
}

[[noreturn]] void give_up(const std::string& what) {
    const unsigned long error = ERR_get_error();
    const char* reason = error != 0 ? ERR_reason_error_string(error) : nullptr;
    ERR_clear_error();
    throw std::runtime_error(what + (reason != nullptr ? std::string(": ") + reason : ""));
}

TlsContext new_context(const SSL_METHOD* method) {
    TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
    if (!context) give_up("cannot set up TLS");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Idle connections hold no buffers; writes may continue from moved memory.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    return context;
}

void use_certificate(ssl_ctx_st* context, const std::string& certificate, const std::string& key) {
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
        give_up("cannot read the certificate " + certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        give_up("cannot use the key " + key + " with the certificate " + certificate);
}

template <Alpn alpn>
int choose_protocol(ssl_st*, const unsigned char** out, unsigned char* out_length,
                    const unsigned char* in, unsigned int in_length, void*) {
    constexpr std::string_view ours = alpn_list(alpn);
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_length, octets_of(ours),
                              static_cast<unsigned int>(ours.size()), in,
                              in_length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

// What tickets are sealed with, one for the process: they are good at each of its listeners and
// workers, and when a certificate has been renewed.
class TicketKeys {
public:
    TicketKeys() {
        if (RAND_bytes(bytes_, sizeof bytes_) != 1) give_up("cannot make a key for TLS tickets");
    }
    ~TicketKeys() { OPENSSL_cleanse(bytes_, sizeof bytes_); }
    TicketKeys(const TicketKeys&) = delete;
    TicketKeys& operator=(const TicketKeys&) = delete;

    void give_to(ssl_ctx_st* context) {
        if (SSL_CTX_set_tlsext_ticket_keys(context, bytes_, sizeof bytes_) != 1)
            give_up("cannot set up TLS tickets");
    }

private:
    unsigned char bytes_[80];  // name, HMAC key and AES key, as OpenSSL wants them
};

using SharedSessions = std::shared_ptr<TlsSessions>;

void forget_sessions(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) noexcept {
    delete static_cast<SharedSessions*>(held);
}

// Where a connection holds the sessions that it adds to.
int sessions_slot() {
    static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, forget_sessions);
    return slot;
}

// A copy: OpenSSL spoils the connection's own where that ends without a word, which since TLS 1.1
// says nothing against its session (RFC 4346, 7.2.1).
int keep_session(ssl_st* ssl, SSL_SESSION* session) noexcept {
    const auto* const sessions =
        static_cast<const SharedSessions*>(SSL_get_ex_data(ssl, sessions_slot()));
    if (sessions == nullptr) return 0;
    if (TlsSessions::Session copy{SSL_SESSION_dup(session)}) (*sessions)->keep(std::move(copy));
    return 0;  // we have not taken the one that was shown
}

void resume(ssl_st* ssl, SharedSessions sessions) {
    if (const TlsSessions::Session session = sessions->take()) SSL_set_session(ssl, session.get());
    auto held = std::make_unique<SharedSessions>(std::move(sessions));
    // From here on it is OpenSSL's, which gives it back to forget_sessions.
    if (SSL_set_ex_data(ssl, sessions_slot(), held.get()) == 1) [[maybe_unused]]
        const SharedSessions* const given = held.release();
}

bool is_address(const std::string& name) {
    unsigned char bytes[16];
    return inet_pton(AF_INET, name.c_str(), bytes) == 1 ||
           inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

}  // namespace

TlsContext server_tls(const std::string& certificate_file, const std::string& key_file, Alpn alpn) {
    TlsContext context = new_context(TLS_server_method());
    use_certificate(context.get(), certificate_file, key_file);
    SSL_CTX_set_alpn_select_cb(
        context.get(),
        alpn == Alpn::both ? choose_protocol<Alpn::both> : choose_protocol<Alpn::http_1_1>,
        nullptr);
    constexpr unsigned char session_context[] = "whogoes";
    SSL_CTX_set_session_id_context(context.get(), session_context, sizeof session_context - 1);
    static TicketKeys keys;
    keys.give_to(context.get());
    return context;
}

TlsContext client_tls(const ClientTls& settings) {
    TlsContext context = new_context(TLS_client_method());
    if (!settings.ca_file.empty()) {
        if (SSL_CTX_load_verify_locations(context.get(), settings.ca_file.c_str(), nullptr) != 1)
            give_up("cannot read the CA file " + settings.ca_file);
    } else if (settings.verify) {
        if (const auto flaw = trust_system_authorities(context.get()))
            throw std::runtime_error(*flaw);
    }
    if (!settings.certificate_file.empty())
        use_certificate(context.get(), settings.certificate_file, settings.key_file);
    SSL_CTX_set_session_cache_mode(context.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context.get(), keep_session);
    return context;
}

ssl_st* accept_tls(const TlsContext& context) {
    ssl_st* ssl = SSL_new(context.get());
    if (ssl == nullptr) give_up("cannot start TLS");
    SSL_set_accept_state(ssl);
    return ssl;
}

ssl_st* connect_tls(const TlsContext& context, const std::string& server_name, bool verify,
                    Alpn alpn, std::shared_ptr<TlsSessions> sessions) {
    ssl_st* ssl = SSL_new(context.get());
    if (ssl == nullptr) give_up("cannot start TLS");
    SSL_set_connect_state(ssl);
    const std::string_view offered = alpn_list(alpn);
    SSL_set_alpn_protos(ssl, octets_of(offered), static_cast<unsigned int>(offered.size()));
    if (is_address(server_name)) {
        if (verify) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name.c_str());
    } else {
        SSL_set_tlsext_host_name(ssl, server_name.c_str());
        if (verify) SSL_set1_host(ssl, server_name.c_str());
    }
    SSL_set_verify(ssl, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    if (sessions) resume(ssl, std::move(sessions));
    return ssl;
}

}  // namespace whogoes::net
