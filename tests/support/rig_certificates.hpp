#pragma once

#include "proxy/net/tls.hpp"

#include <string>

// Keys and certificates, made afresh for each run of a test program.
namespace whogoes::support {

struct CertificateFiles {
    std::string certificate, key;  // PEM files
};

struct Certificates {
    CertificateFiles authority;        // who signed server and client
    CertificateFiles other_authority;  // who signed nothing
    CertificateFiles server;           // localhost, api.example, 127.0.0.1
    CertificateFiles stranger;         // of the other authority, for the same names
    CertificateFiles client;
    net::TlsContext trusting_client;     // trusts the authority; for a test's own clients
    net::TlsContext upstream;            // a fake upstream with `server`
    net::TlsContext demanding_upstream;  // the same; wants a certificate of the authority's
};

const Certificates& certificates();

// What a server with this certificate needs; TLS 1.2 and 1.3.
net::TlsContext serving(const CertificateFiles&);

}  // namespace whogoes::support
