#include "proxy/net/tls_sessions.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <utility>

namespace whogoes::net {
namespace {

std::time_t made_at(const SSL_SESSION* session) {
#if OPENSSL_VERSION_NUMBER >= 0x30400000L
    return SSL_SESSION_get_time_ex(session);
#else
    return SSL_SESSION_get_time(session);
#endif
}

bool may_serve(const SSL_SESSION* session) noexcept {
    if (SSL_SESSION_is_resumable(session) != 1) return false;
    const std::time_t age = std::time(nullptr) - made_at(session);
    if (age < 0 || age >= SSL_SESSION_get_timeout(session)) return false;
    // OpenSSL gives what the session owns and asks for a session that may change.
    X509* const certificate = SSL_SESSION_get0_peer(const_cast<SSL_SESSION*>(session));
    return certificate == nullptr || X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

}  // namespace

void TlsSessions::Free::operator()(SSL_SESSION* session) const noexcept {
    SSL_SESSION_free(session);
}

// With all its memory: sessions come in the middle of OpenSSL, where nothing may throw.
TlsSessions::TlsSessions() { kept_.reserve(most); }

void TlsSessions::keep(Session session) noexcept {
    if (kept_.size() == most) kept_.erase(kept_.begin());
    kept_.push_back(std::move(session));
}

TlsSessions::Session TlsSessions::take() noexcept {
    while (!kept_.empty()) {
        Session latest = std::move(kept_.back());
        kept_.pop_back();
        if (!may_serve(latest.get())) continue;
        if (SSL_SESSION_get_protocol_version(latest.get()) < TLS1_3_VERSION &&
            SSL_SESSION_up_ref(latest.get()) == 1)
            kept_.emplace_back(latest.get());
        return latest;
    }
    return nullptr;
}

}  // namespace whogoes::net
