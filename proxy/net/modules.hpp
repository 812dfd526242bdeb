#pragma once

namespace whogoes::net {

// A program that has everything linked in cannot load the system's modules, which want another C
// library and another OpenSSL. So names come from /etc/hosts and DNS alone, whatever nsswitch.conf
// has in front of these, and openssl.cnf, which may ask for modules, is not read. Nothing happens
// in a program that uses the system's libraries. To be called first of all.
void load_no_modules();

}  // namespace whogoes::net
