#include "proxy/app/schema.hpp"

#include "proxy/app/units.hpp"
#include "proxy/tools/nearest.hpp"

#include <set>

namespace whogoes::app {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t second = 1000;
constexpr std::uint64_t day = 86400 * second;

// clang-format off
const Key rows[] = {
    {.path = "version", .kind = Kind::count, .fallback = "1", .least = 1, .most = 1,
     .doc = "of this file's format"},

    {.path = "listen", .fallback = "127.0.0.1:8401", .list = true, .flag = "--listen",
     .environment = "WHOGOES_LISTEN", .doc = "host:port, [v6]:port or unix:/path; a list is fine"},
    {.path = "tls.certificate", .kind = Kind::file, .doc = "PEM chain: makes the listener HTTPS"},
    {.path = "tls.key", .kind = Kind::file, .doc = "PEM private key of that certificate"},
    {.path = "upstream", .flag = "--upstream", .environment = "WHOGOES_UPSTREAM",
     .doc = "the API: a URL, :3000, localhost:3000 or unix:/path"},
    {.path = "upstream_host", .kind = Kind::choice, .fallback = "auto",
     .choices = "auto|pass|upstream", .doc = "the Host that the API is sent"},
    {.path = "upstream_protocol", .kind = Kind::choice, .fallback = "auto",
     .choices = "auto|h1|h2", .doc = "auto: what an https API offers; HTTP/1.1 else, but with h2c://"},
    {.path = "upstream_tls.ca", .kind = Kind::file, .doc = "PEM authorities; the system's otherwise"},
    {.path = "upstream_tls.verify", .kind = Kind::boolean, .fallback = "true",
     .doc = "false trusts any certificate"},
    {.path = "upstream_tls.server_name", .doc = "the name to ask for and to verify"},
    {.path = "upstream_tls.certificate", .kind = Kind::file, .doc = "PEM client certificate"},
    {.path = "upstream_tls.key", .kind = Kind::file, .doc = "PEM key of the client certificate"},
    {.path = "forwarded.form", .kind = Kind::choice, .fallback = "x-forwarded",
     .choices = "x-forwarded|forwarded|both|off", .heads_section = true,
     .doc = "which forwarding fields are added, and believed of whom forwarded.trust names"},
    {.path = "forwarded.trust", .fallback = "loopback, unix", .list = true,
     .doc = "who may say where a request came from: loopback, unix, addresses, networks"},
    {.path = "public_url",
     .doc = "how clients reach whogoes, where no forwarding field says: https://api.example.com"},
    {.path = "admin", .fallback = "127.0.0.1:9401", .flag = "--admin",
     .environment = "WHOGOES_ADMIN", .doc = "health, metrics, review page; off disables it"},
    {.path = "host_names", .list = true,
     .doc = "names that clients reach whogoes by, beside localhost and addresses"},
    {.path = "workers", .kind = Kind::count, .fallback = "1", .most = 256, .flag = "--workers",
     .environment = "WHOGOES_WORKERS", .doc = "threads; 0 is one a core"},
    {.path = "dev", .kind = Kind::boolean, .fallback = "false", .flag = "--dev",
     .environment = "WHOGOES_DEV",
     .doc = "the front-end profile: CORS on refusals, cookies that work on localhost, simulated "
            "refusals"},

    {.path = "challenge.offer", .list = true, .in_route = true, .flag = "--challenge",
     .environment = "WHOGOES_CHALLENGE",
     .doc = "what a 401 without a challenge is given: a challenge, a preset, or a list"},
    {.path = "challenge.scope", .in_route = true, .doc = "added to a Bearer challenge"},
    {.path = "challenge.describe", .kind = Kind::boolean, .fallback = "true", .in_route = true,
     .doc = "error= and error_description= when the cause is certain"},
    {.path = "challenge.expose", .kind = Kind::boolean, .fallback = "true", .in_route = true,
     .doc = "let scripts of other origins read a challenge that was added"},
    {.path = "challenge.grpc", .kind = Kind::boolean, .in_route = true,
     .doc = "tell gRPC calls grpc-status and grpc-message beside a bare 401 or 403; on with challenge.offer"},
    {.path = "challenge.login_redirect", .kind = Kind::choice, .choices = "401", .in_route = true,
     .doc = "a redirect to a login page becomes a 401 for who asked for JSON"},
    {.path = "challenge.quiet_scheme", .in_route = true,
     .doc = "in place of Basic on script requests, so that no password box opens"},

    {.path = "diagnose", .kind = Kind::boolean, .in_route = true, .doc = "off: not looked at"},
    {.path = "diagnose.leeway", .kind = Kind::duration, .fallback = "60s", .most = day,
     .in_route = true, .doc = "clock skew allowed on exp, nbf and iat"},
    {.path = "diagnose.keys", .kind = Kind::file, .in_route = true,
     .doc = "a JWK set, a file or a URL: verify signatures, to explain and never to grant"},
    {.path = "diagnose.dialects", .kind = Kind::file, .list = true,
     .doc = "files with the codes and words of an own API; `whogoes dialects test FILE` runs theirs"},
    {.path = "diagnose.expect.issuer", .in_route = true, .doc = "the right iss"},
    {.path = "diagnose.expect.audience", .list = true, .in_route = true,
     .doc = "the right aud, or several of which any is right"},
    {.path = "diagnose.expect.scope", .list = true, .in_route = true, .doc = "scopes that are needed"},
    {.path = "diagnose.expect.type", .in_route = true, .doc = "the right typ, at+jwt"},
    {.path = "diagnose.expect.scheme", .in_route = true, .doc = "the right scheme, Bearer"},
    {.path = "diagnose.expect.session_cookie", .in_route = true,
     .doc = "the name of the API's session cookie"},
    {.path = "diagnose.expect.tenant", .in_route = true, .doc = "the right tid"},
    {.path = "diagnose.expect.authorized_party", .list = true, .in_route = true,
     .doc = "the right azp or client_id"},
    {.path = "diagnose.expect.algorithm", .list = true, .in_route = true,
     .doc = "JOSE algorithms that the API takes"},
    {.path = "diagnose.expect.environment", .kind = Kind::choice, .choices = "live|test",
     .in_route = true, .doc = "which kind of API key belongs here"},
    {.path = "diagnose.expect.allow_scheme", .list = true, .in_route = true,
     .doc = "schemes that are right here, though not registered"},
    {.path = "diagnose.expect.refresh_path", .list = true, .in_route = true,
     .doc = "token endpoints of this API"},

    {.path = "diagnose.openapi", .kind = Kind::file,
     .doc = "the API's own description, OpenAPI 3.0 or 3.1: says what a refusal asked for"},

    {.path = "refresh.grant", .kind = Kind::choice, .choices = "refresh_token|client_credentials|off",
     .in_route = true, .doc = "off until it is set; off in a route: not there"},
    {.path = "refresh.token_endpoint", .in_route = true,
     .doc = "URL of the identity provider's token endpoint"},
    {.path = "refresh.client_id", .in_route = true, .doc = "as it is registered there"},
    {.path = "refresh.client_secret", .in_route = true, .secret = true,
     .doc = "of a confidential client"},
    {.path = "refresh.client_authentication", .kind = Kind::choice, .fallback = "basic",
     .choices = "basic|post", .in_route = true,
     .doc = "how the secret is sent: Authorization: Basic, or in the form"},
    {.path = "refresh.refresh_token", .in_route = true, .secret = true,
     .doc = "the one to begin with; best ${file:PATH}"},
    {.path = "refresh.store", .kind = Kind::boolean, .fallback = "true", .in_route = true,
     .doc = "write a rotated refresh token back to the file that ${file:} names"},
    {.path = "refresh.login_path", .list = true, .in_route = true,
     .doc = "where the API logs users in: a refresh token in the answer revives a session that is over"},
    {.path = "refresh.scope", .in_route = true, .doc = "a narrower scope to ask for"},
    {.path = "refresh.resource", .in_route = true, .doc = "the API's URI (RFC 8707)"},
    {.path = "refresh.max_body", .kind = Kind::size, .fallback = "1MiB", .most = 256 * mib,
     .in_route = true, .doc = "a larger body is forwarded once and not replayed"},
    {.path = "refresh.timeout", .kind = Kind::duration, .fallback = "10s", .least = 1,
     .most = day, .in_route = true, .doc = "of one call to the token endpoint"},
    {.path = "refresh.unsafe_methods", .kind = Kind::boolean, .fallback = "false",
     .in_route = true, .doc = "replay POST and PATCH without an Idempotency-Key"},
    {.path = "refresh.shared", .kind = Kind::boolean, .fallback = "false", .in_route = true,
     .doc = "needed on a listener that is not loopback"},

    {.path = "resource_metadata.authorization_servers", .list = true, .in_route = true,
     .doc = "issuers: whogoes itself answers for the resource (RFC 9728)"},
    {.path = "resource_metadata.scopes_supported", .list = true, .in_route = true,
     .doc = "scopes that a client may ask for"},
    {.path = "resource_metadata.bearer_methods_supported", .list = true, .in_route = true,
     .doc = "header, body or query; header where it is left out"},
    {.path = "resource_metadata.resource_name", .in_route = true, .doc = "for people"},
    {.path = "resource_metadata.resource_documentation", .in_route = true,
     .doc = "a URL for developers"},

    {.path = "log.format", .kind = Kind::choice, .fallback = "auto", .choices = "auto|json|pretty",
     .flag = "--log-format", .environment = "WHOGOES_LOG_FORMAT",
     .doc = "auto: pretty on a terminal, JSON lines otherwise"},
    {.path = "log.output", .kind = Kind::file, .fallback = "stderr", .flag = "--log-output",
     .environment = "WHOGOES_LOG_OUTPUT", .doc = "stderr, stdout or a path"},
    {.path = "log.rotate.size", .kind = Kind::size, .fallback = "50MiB", .least = 64 * kib,
     .doc = "of a log file before a new one is begun"},
    {.path = "log.rotate.age", .kind = Kind::duration, .fallback = "7d", .least = 60 * second,
     .doc = "of a log file before a new one is begun"},
    {.path = "log.time", .kind = Kind::choice, .fallback = "local", .choices = "local|utc",
     .doc = "the console's times; records are in UTC"},
    {.path = "log.access", .kind = Kind::choice, .fallback = "failures",
     .choices = "failures|all|none", .doc = "which exchanges are logged"},
    {.path = "log.identity", .kind = Kind::choice, .fallback = "hash", .choices = "hash|plain|none",
     .doc = "how user names appear"},
    {.path = "log.keep", .kind = Kind::count, .fallback = "5000", .most = 1000000,
     .doc = "events kept in memory for the review page"},

    {.path = "lint.select", .list = true, .doc = "what `whogoes lint` reports: ids, cors-*, severities"},
    {.path = "lint.ignore", .list = true, .doc = "what it does not report"},
    {.path = "lint.severity", .kind = Kind::choice, .choices = "info|warning|error",
     .doc = "the least of a rule that it reports"},
    {.path = "lint.confidence", .kind = Kind::choice, .choices = "possible|likely|certain",
     .doc = "the least of a cause that it reports"},
    {.path = "lint.fail_on", .list = true, .doc = "what makes it exit 1; error where nothing is said"},
    {.path = "lint.baseline", .kind = Kind::file,
     .doc = "a HAR file, or what `lint -o json` printed: only what is new is reported"},

    {.path = "limits.header", .kind = Kind::size, .fallback = "64KiB", .least = kib, .most = mib,
     .doc = "of a request's or an answer's head"},
    {.path = "limits.connections", .kind = Kind::count, .fallback = "10000", .least = 1,
     .most = 1000000, .doc = "of clients, all workers together"},
    {.path = "limits.half_close", .kind = Kind::choice, .fallback = "abort",
     .choices = "abort|finish",
     .doc = "a client that ends its writing side while it waits: is gone, or gets its answer"},
    {.path = "limits.http2.enabled", .kind = Kind::boolean, .fallback = "true",
     .heads_section = true, .doc = "false: clients get HTTP/1.1 alone"},
    {.path = "limits.http2.streams", .kind = Kind::count, .fallback = "250", .least = 1,
     .most = 10000, .doc = "at once on one connection"},
    {.path = "limits.http2.window", .kind = Kind::size, .fallback = "256KiB", .least = 64 * kib,
     .most = 64 * mib, .doc = "what a sender may be ahead on a stream; four times that on all"},
    {.path = "limits.http2.resets", .kind = Kind::count, .fallback = "100", .least = 1,
     .most = 1000000, .doc = "streams that may be reset a second, five times that at once"},
    {.path = "limits.http2.idle_frames", .kind = Kind::count, .fallback = "100", .least = 1,
     .most = 1000000, .doc = "PING, SETTINGS and the like a second, ten times that at once"},
    {.path = "limits.timeouts.connect", .kind = Kind::duration, .fallback = "5s", .least = 1,
     .most = day, .doc = "to the upstream"},
    {.path = "limits.timeouts.header", .kind = Kind::duration, .fallback = "10s", .least = 1,
     .most = day, .doc = "for a request's head, and for the four below that are not set"},
    {.path = "limits.timeouts.handshake", .kind = Kind::duration, .least = 1, .most = day,
     .doc = "for a client's TLS handshake"},
    {.path = "limits.timeouts.body", .kind = Kind::duration, .least = 1, .most = day,
     .doc = "between two reads of a request's body"},
    {.path = "limits.timeouts.own_answer", .kind = Kind::duration, .least = 1, .most = day,
     .doc = "for a client to take an answer of whogoes itself"},
    {.path = "limits.timeouts.tunnel_end", .kind = Kind::duration, .least = 1, .most = day,
     .doc = "for one direction of a tunnel once the other has ended"},
    {.path = "limits.timeouts.idle", .kind = Kind::duration, .fallback = "75s", .least = 1,
     .most = day, .doc = "between two requests of a client"},
    {.path = "limits.timeouts.response", .kind = Kind::duration, .fallback = "60s", .least = 1,
     .most = day, .doc = "until the answer's head, and between two reads of its body"},

    {.path = "drain.delay", .kind = Kind::duration, .fallback = "0s", .most = day,
     .doc = "between unready and closed listeners"},
    {.path = "drain.timeout", .kind = Kind::duration, .fallback = "30s", .most = day,
     .doc = "for requests in flight"},
    {.path = "trace", .kind = Kind::choice, .fallback = "keep", .choices = "keep|create",
     .doc = "traceparent and X-Request-Id where absent"},
};
// clang-format on

std::string bounds(const Key& key) {
    const auto shown = [&](std::uint64_t n) {
        if (key.kind == Kind::count) return std::to_string(n);
        if (key.kind == Kind::size)
            return n % mib == 0 ? std::to_string(n / mib) + "MiB" : std::to_string(n / kib) + "KiB";
        return n % day == 0      ? std::to_string(n / day) + "d"
               : n % second == 0 ? std::to_string(n / second) + "s"
                                 : std::to_string(n) + "ms";
    };
    if (key.most == 0) return "at least " + shown(key.least);
    if (key.least == key.most) return shown(key.most);
    return "from " + shown(key.least) + " to " + shown(key.most);
}

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text.substr(0, 80)) + (text.size() > 80 ? "…" : "") + "\"";
}

std::string spelled_choices(std::string_view choices) {
    std::string spelled(choices);
    for (std::size_t at = 0; (at = spelled.find('|', at)) != std::string::npos; at += 2)
        spelled.replace(at, 1, ", ");
    if (const auto comma = spelled.rfind(", "); comma != std::string::npos)
        spelled.replace(comma, 2, " or ");
    return spelled;
}

std::optional<std::string> number_flaw(const Key& key, std::string_view text) {
    std::optional<std::uint64_t> number;
    std::string_view example;
    if (key.kind == Kind::count) {
        number = parse_count(text);
        example = " is no whole number";
    } else if (key.kind == Kind::size) {
        number = parse_size(text);
        example = " is no size: write a number and B, KiB, MiB or GiB, as in 64KiB";
    } else {
        if (const auto duration = parse_duration(text))
            number = static_cast<std::uint64_t>(duration->count());
        example = " is no duration: write a number and ms, s, m, h or d, as in 5s";
    }
    if (!number) return in_quotes(text) + std::string(example);
    if (*number < key.least || (key.most != 0 && *number > key.most))
        return in_quotes(text) + " is out of bounds: write " + bounds(key);
    return std::nullopt;
}

}  // namespace

std::span<const Key> keys() noexcept { return rows; }

const Key* find_key(std::string_view path) noexcept {
    for (const Key& key : rows)
        if (key.path == path) return &key;
    return nullptr;
}

const Key* head_of_section(std::string_view path) noexcept {
    for (const Key& key : rows)
        if (key.heads_section && key.path.substr(0, key.path.rfind('.')) == path) return &key;
    return nullptr;
}

bool is_section(std::string_view path) noexcept {
    if (path.empty()) return true;
    for (const Key& key : rows)
        if (key.path.size() > path.size() && key.path.starts_with(path) &&
            key.path[path.size()] == '.')
            return true;
    return false;
}

std::string names_in(std::string_view section, bool in_route) {
    std::set<std::string> names;
    if (section.empty()) names.insert(in_route ? "match" : "routes");
    const std::string prefix = section.empty() ? std::string() : std::string(section) + ".";
    for (const Key& key : rows) {
        if (!key.path.starts_with(prefix) || (in_route && !key.in_route)) continue;
        const std::string_view rest = key.path.substr(prefix.size());
        names.emplace(rest.substr(0, rest.find('.')));
    }
    std::string joined;
    for (const std::string& name : names) joined += (joined.empty() ? "" : "|") + name;
    return joined;
}

std::optional<std::string> value_flaw(const Key& key, std::string_view text) {
    if (!key.secret && (text.starts_with("${env:") || text.starts_with("${file:")))
        return "takes no ${…}, only secrets do: write the value itself" +
               (key.environment.empty() ? std::string()
                                        : ", or set " + std::string(key.environment));
    switch (key.kind) {
        case Kind::text:
        case Kind::file:
            for (const char c : text)
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
                    return "has a control character in it: write it on one line, without";
            if (text.empty()) return "is empty: give it a value, or leave it out";
            return std::nullopt;
        case Kind::choice: {
            std::string word = lower_case(text);
            // YAML 1.1 reads off as false, and some tools write it so.
            if (word == "false" || word == "no") word = "off";
            if (("|" + std::string(key.choices) + "|").find("|" + word + "|") != std::string::npos)
                return std::nullopt;
            return in_quotes(text) + " is not " + spelled_choices(key.choices) +
                   tools::did_you_mean(text, key.choices);
        }
        case Kind::boolean:
            if (parse_switch(text)) return std::nullopt;
            return in_quotes(text) + " is neither true nor false";
        case Kind::count:
        case Kind::size:
        case Kind::duration:
            return number_flaw(key, text);
    }
    return std::nullopt;
}

}  // namespace whogoes::app
