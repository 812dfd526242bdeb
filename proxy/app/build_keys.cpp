#include "proxy/app/build.hpp"
#include "proxy/net/tls.hpp"

#include <fstream>

namespace whogoes::app {
namespace {

constexpr std::size_t most_octets_of_keys = 1024 * 1024;

void take_source(const Item& item, const std::string& key, Problems& problems,
                 const settings::Settings& settings, settings::Treatment& treatment) {
    const auto url = upstream::parse_fetch_url(item.text);
    if (!url)
        return problems.add(item, key,
                            "is no http:// or https:// URL without a user name in it: write "
                            "https://id.example/.well-known/jwks.json, or the name of a file");
    // Keys decide what is said of a signature; whoever can change them on the way decides it.
    if (!url->tls && !url->loopback())
        return problems.add(item, key,
                            "is fetched over https only, or from this machine: write " +
                                ("https://" + url->authority + url->target) +
                                ", or save the set to a file and name that");
    auto source = std::make_shared<settings::KeySource>();
    source->url = *url;
    source->tls = tls_for(*url, settings);
    treatment.key_source = std::move(source);
}

// Null where it cannot be used.
std::shared_ptr<const rules::KeySet> read_file(const std::string& path, const Item& item,
                                               const std::string& key, Problems& problems,
                                               std::vector<std::string>& warnings) {
    std::ifstream file(path, std::ios::binary);
    std::string json(most_octets_of_keys + 1, '\0');
    file.read(json.data(), static_cast<std::streamsize>(json.size()));
    if (file.bad() || (!file && !file.eof())) {
        problems.add(item, key, "cannot read " + path + ": name a file with a JWK set (RFC 7517)");
        return nullptr;
    }
    json.resize(static_cast<std::size_t>(file.gcount()));
    if (json.size() > most_octets_of_keys) {
        problems.add(item, key, path + " is over 1 MiB: a JWK set is far smaller");
        return nullptr;
    }
    auto set = rules::KeySet::from_jwks(json);
    if (!set.has_value()) {
        problems.add(item, key, path + ": " + set.error());
        return nullptr;
    }
    for (const std::string& words : set->refused()) warnings.push_back(key + ": " + words);
    return std::make_shared<const rules::KeySet>(std::move(*set));
}

}  // namespace

net::TlsContext tls_for(const upstream::FetchUrl& url, const settings::Settings& settings) {
    if (!url.tls) return nullptr;
    net::ClientTls tls;
    if (settings.upstream.tls && settings.upstream.host == url.host)
        tls.ca_file = settings.upstream_tls.ca_file;
    try {
        return net::client_tls(tls);
    } catch (const std::exception&) {
        return nullptr;
    }
}

void build_keys(const View& view, const std::string& prefix, Problems& problems,
                const settings::Settings& settings, settings::Treatment& treatment,
                std::vector<std::string>& warnings) {
    const Item item = view.item("diagnose.keys");
    if (item.text.empty()) return;
    const std::string key = prefix + "diagnose.keys";
    if (item.text.find("://") != std::string::npos)
        take_source(item, key, problems, settings, treatment);
    else
        treatment.keys = read_file(view.file("diagnose.keys"), item, key, problems, warnings);
}

}  // namespace whogoes::app
