#pragma once

#include "proxy/http/head.hpp"
#include "proxy/net/peers.hpp"
#include "proxy/settings/settings.hpp"

#include <string>
#include <string_view>

// Where a request came from and what its client dialled, as far as who sent it here may be
// believed: the peer itself, or what its forwarding fields say where it is one of
// `forwarded.trust`.
namespace whogoes::session {

struct Exchange;

struct Arrival {
    bool trusted = false;
    bool told_of_forwarding = false;  // the peer sent such fields, believed or not
    std::string_view scheme{};        // "http" or "https"; empty: as the connection is
    std::string address{};            // of the client, without port; empty: the peer's own
    std::string authority{};          // host[:port] that was dialled; empty: as Host says
};

// Pure. `tls`: the connection to us.
Arrival arrival(const settings::Settings&, const http::RequestHead&, const net::Peer& peer,
                bool tls);

// Once the head is there: sets exchange.arrival, and says so, once a worker, where a stranger's
// fields are replaced.
void arrive(Exchange&);

// Of the exchange's client, also where no head came.
std::string_view client_address(const Exchange&);
std::string_view client_scheme(const Exchange&);
std::string_view client_authority(const Exchange&);  // empty: an HTTP/1.0 client told none
// scheme://host of the request as the client dialled it; falls back on "localhost".
std::string client_origin(const Exchange&);

}  // namespace whogoes::session
