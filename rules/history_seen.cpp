#include "rules/history_notes.hpp"
#include "rules/keyed_hash.hpp"
#include "rules/text.hpp"

#include <boost/url.hpp>

#include <charconv>

// An exchange reduced to the hashes that History compares.
namespace whogoes::rules {
namespace {

constexpr std::string_view separator("\0", 1);

std::string cookies_of(const Exchange& exchange) {
    std::string all;
    for (const Field& line : exchange.request.fields.lines()) {
        if (!iequals(line.name, "Cookie")) continue;
        if (!all.empty()) all += "; ";
        all += line.value;
    }
    return all;
}

std::uint64_t cookie_hash(const Exchange& exchange, std::uint64_t hash_key) {
    const std::string cookies = cookies_of(exchange);
    if (cookies.empty()) return 0;
    const std::string_view session =
        exchange.expected ? std::string_view(exchange.expected->session_cookie) : "";
    if (session.empty()) return keyed_hash(hash_key, cookies);
    const std::optional<std::string_view> value = cookie_value(cookies, session);
    return value ? keyed_hash(hash_key, *value) : 0;
}

}  // namespace

std::string dialled_origin(const Exchange& exchange) {
    const std::optional<std::string_view> host = exchange.request.fields.first("Host");
    if (!host || host->empty()) return exchange.place.client_origin;
    std::string origin = exchange.place.client_scheme + "://";
    return origin.append(*host);
}

std::uint64_t url_hash(std::string_view url, std::uint64_t hash_key) {
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed) return 0;
    boost::urls::url normal(*parsed);
    normal.remove_fragment();
    normal.normalize();
    if (normal.encoded_path().empty()) normal.set_path("/");
    const bool usual = (normal.scheme() == "http" && normal.port() == "80") ||
                       (normal.scheme() == "https" && normal.port() == "443");
    if (usual) normal.remove_port();
    return keyed_hash(hash_key, std::string_view(normal.buffer()));
}

std::uint64_t subject_hash(const Jwt& jwt, std::uint64_t hash_key) {
    if (jwt.iss.empty() || jwt.sub.empty()) return 0;
    std::string subject = jwt.iss;
    return keyed_hash(hash_key, subject.append(separator).append(jwt.sub));
}

// Digest credentials have the grammar of a challenge (RFC 7616, 3.4).
std::optional<DigestUse> digest_use(const Credentials& credentials, std::uint64_t hash_key) {
    if (credentials.kind != Scheme::digest) return std::nullopt;
    const ChallengeList list = parse_challenges({&credentials.raw, 1});
    const Challenge* const digest = list.find("Digest");
    if (!digest) return std::nullopt;
    const std::string_view nonce = digest->value_of("nonce");
    const std::string_view count = digest->value_of("nc");
    DigestUse use{keyed_hash(hash_key, nonce), 0};
    const auto read = std::from_chars(count.data(), count.data() + count.size(), use.count, 16);
    const bool whole = read.ec == std::errc() && read.ptr == count.data() + count.size();
    return whole && !nonce.empty() ? std::optional(use) : std::nullopt;
}

std::vector<CookieHash> cookie_hashes(const Exchange& exchange, std::uint64_t hash_key) {
    constexpr std::size_t most = 8;
    std::vector<CookieHash> hashes;
    for (const Field& line : exchange.request.fields.lines()) {
        if (!iequals(line.name, "Cookie")) continue;
        for (const std::string_view name : cookie_names(line.value))
            if (const auto value = cookie_value(line.value, name); value && hashes.size() < most)
                hashes.push_back({keyed_hash(hash_key, name), keyed_hash(hash_key, *value)});
    }
    return hashes;
}

Seen reduce(const Exchange& exchange, std::uint64_t hash_key) {
    Seen seen;
    seen.at = exchange.answered_at;
    const Request& request = exchange.request;
    std::string text(request.method);
    seen.route = keyed_hash(hash_key, text.append(separator).append(request.path));
    seen.cookie = cookie_hash(exchange, hash_key);
    seen.has_origin = request.fields.has("Origin");
    if (const auto agent = request.fields.first("User-Agent"))
        seen.agent = keyed_hash(hash_key, *agent);
    const std::optional<std::string_view> line = request.fields.first("Authorization");
    if (!line) return seen;
    seen.authorization = parse_credentials(*line);
    if (seen.authorization.kind == Scheme::none) return seen;
    text = lowered(seen.authorization.scheme);
    seen.scheme = keyed_hash(
        hash_key, text + (seen.authorization.value.starts_with("eyJ") ? " jwt" : " opaque"));
    seen.credential = keyed_hash(hash_key, text.append(separator).append(seen.authorization.value));
    seen.registered_spelling =
        registered_spelling(seen.authorization.scheme) == seen.authorization.scheme;
    return seen;
}

}  // namespace whogoes::rules
