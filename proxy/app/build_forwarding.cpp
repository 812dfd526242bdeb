#include "proxy/app/address.hpp"
#include "proxy/app/build.hpp"
#include "proxy/app/units.hpp"

namespace whogoes::app {
namespace {

http::ForwardedStyle style_of(const std::string& form) {
    if (form == "forwarded") return http::ForwardedStyle::forwarded;
    if (form == "both") return http::ForwardedStyle::both;
    return form == "x-forwarded" ? http::ForwardedStyle::x_forwarded : http::ForwardedStyle::off;
}

void read_trust(const View& view, Problems& problems, net::PeerSet& trust) {
    trust = {};
    for (const Item& item : view.items("forwarded.trust"))
        if (!trust.add(item.text))
            problems.add(item, "forwarded.trust",
                         "is not loopback, unix, an address or a network, as in 10.0.0.0/8");
}

}  // namespace

void build_forwarding(const View& view, Problems& problems, settings::Settings& settings) {
    settings.forwarded = style_of(lower_case(view.text("forwarded.form")));
    read_trust(view, problems, settings.forwarded_trust);
    if (!view.has("public_url")) return;
    const Item item = view.item("public_url");
    const bool has_scheme = item.text.find("://") != std::string::npos;
    const auto url = parse_upstream(item.text);
    if (!url.has_value()) return problems.add(item, "public_url", url.error());
    if (!has_scheme || !url->unix_path.empty())
        return problems.add(item, "public_url",
                            "is no URL: write scheme and host as clients dial them, as in "
                            "https://api.example.com");
    settings.public_url = settings::PublicUrl{url->tls, url->authority};
    // Dialled by it, whogoes is itself.
    settings.host_names.push_back(url->host);
}

}  // namespace whogoes::app
