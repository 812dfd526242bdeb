#pragma once

#include <optional>
#include <string>

struct ssl_ctx_st;

namespace whogoes::net {

// Has the context trust whom this system trusts: SSL_CERT_FILE and SSL_CERT_DIR, else the place
// that OpenSSL was built with, else the places of other systems, since a program that runs anywhere
// meets them all. Where nobody is to be found: a sentence with the cure.
std::optional<std::string> trust_system_authorities(ssl_ctx_st*);

}  // namespace whogoes::net
