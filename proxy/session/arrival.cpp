#include "proxy/session/arrival.hpp"

#include "proxy/http/forwarding.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/session/exchange.hpp"

namespace whogoes::session {
namespace {

bool is_default(std::string_view port, std::string_view scheme) {
    return port == (scheme == "https" ? "443" : "80");
}

// From us outwards, as far as each one is trusted to have told the next: the first that is not is
// the client. What is no address ends the walk at the last one that was.
std::string client_in(const std::vector<std::string_view>& chain, const net::PeerSet& trust) {
    std::string found;
    for (auto hop = chain.rbegin(); hop != chain.rend(); ++hop) {
        const std::optional<net::Peer> peer = net::parse_peer(*hop);
        if (!peer) break;
        found = peer->text();
        if (!trust.has(*peer)) break;
    }
    return found;
}

// A field's word before the setting's, the setting's before Host.
std::string dialled(const http::Told& told, const std::optional<settings::PublicUrl>& fixed,
                    std::string_view asked, std::string_view scheme) {
    if (told.host.empty() && told.port.empty()) return fixed ? fixed->authority : std::string();
    const std::string_view base = !told.host.empty() ? told.host
                                  : fixed            ? std::string_view(fixed->authority)
                                                     : asked;
    if (base.empty()) return {};
    // What came with the name is of the same mouth; the setting's port is not.
    const bool from_setting = fixed && told.host.empty();
    const std::string_view written = http::port_of(base);
    const std::string_view port =
        !told.port.empty() && (from_setting || written.empty()) ? told.port : written;
    std::string authority(http::without_port(base));
    if (!port.empty() && !is_default(port, scheme)) authority.append(":").append(port);
    return authority;
}

void say_that_it_is_not_believed(Exchange& exchange) {
    Worker& worker = exchange.worker;
    if (worker.stranger_told_for == exchange.settings.get()) return;
    worker.stranger_told_for = exchange.settings.get();
    observe::record_note(
        worker.observer, "info",
        exchange.client.from.address +
            " sends X-Forwarded-* or Forwarded and is not in forwarded.trust: what it says "
            "is replaced; if it is your load balancer, add its address or network there");
}

}  // namespace

Arrival arrival(const settings::Settings& settings, const http::RequestHead& head,
                const net::Peer& peer, bool tls) {
    const std::optional<settings::PublicUrl>& fixed = settings.public_url;
    Arrival came;
    came.scheme = fixed ? fixed->scheme() : tls ? "https" : "http";
    if (settings.forwarded != http::ForwardedStyle::off) {
        came.trusted = settings.forwarded_trust.has(peer);
        came.told_of_forwarding = http::tells_of_forwarding(head);
    }
    if (!came.trusted || !came.told_of_forwarding) {
        if (fixed) came.authority = fixed->authority;
        return came;
    }
    const http::Told told = http::told(head, settings.forwarded);
    if (!told.scheme.empty()) came.scheme = told.scheme;
    came.address = client_in(told.chain, settings.forwarded_trust);
    came.authority = dialled(told, fixed, http::asked_authority(head), came.scheme);
    return came;
}

void arrive(Exchange& exchange) {
    const Client& client = exchange.client;
    exchange.arrival =
        arrival(*exchange.settings, exchange.request(), client.from.peer, client.stream.is_tls());
    if (exchange.arrival.told_of_forwarding && !exchange.arrival.trusted)
        say_that_it_is_not_believed(exchange);
}

std::string_view client_address(const Exchange& exchange) {
    return exchange.arrival.address.empty() ? std::string_view(exchange.client.from.address)
                                            : std::string_view(exchange.arrival.address);
}

std::string_view client_scheme(const Exchange& exchange) {
    if (!exchange.arrival.scheme.empty()) return exchange.arrival.scheme;
    return exchange.client.stream.is_tls() ? "https" : "http";
}

std::string_view client_authority(const Exchange& exchange) {
    return exchange.arrival.authority.empty() ? http::asked_authority(exchange.request())
                                              : std::string_view(exchange.arrival.authority);
}

std::string client_origin(const Exchange& exchange) {
    return observe::dialled_origin(client_scheme(exchange), client_authority(exchange));
}

}  // namespace whogoes::session
