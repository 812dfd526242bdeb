#include "proxy/app/build.hpp"

#include "proxy/app/address.hpp"
#include "proxy/app/resource_metadata.hpp"
#include "proxy/app/route_match.hpp"
#include "proxy/app/schema.hpp"
#include "proxy/app/tls_files.hpp"
#include "proxy/app/units.hpp"
#include "rules/condition.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <sstream>

namespace whogoes::app {
namespace {

// Where in the value the flaw is, as a column.
Item at_offset(Item item, std::size_t offset) {
    if (!item.exact) return item;
    const auto column = item.column + static_cast<int>(offset);
    item.where = item.where.substr(0, item.where.rfind(':') + 1) + std::to_string(column);
    return item;
}

void read_offers(const View& view, const std::string& prefix, Problems& problems,
                 rules::RemedyPolicy& remedies) {
    for (const Item& item : view.items("challenge.offer")) {
        const auto offer = rules::parse_offer(item.text);
        if (offer.has_value())
            remedies.offers.push_back(*offer);
        else
            problems.add(at_offset(item, offer.error().offset), prefix + "challenge.offer",
                         offer.error().message);
    }
}

// RFC 6749, 3.3: scope-token is %x21 / %x23-5B / %x5D-7E; the value goes into a quoted string.
bool is_scope(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

void read_challenge(const View& view, const std::string& prefix, Problems& problems,
                    rules::RemedyPolicy& remedies) {
    read_offers(view, prefix, problems, remedies);
    remedies.scope = view.text("challenge.scope");
    if (!is_scope(remedies.scope))
        problems.add(view.item("challenge.scope"), prefix + "challenge.scope",
                     "has a quote, a backslash or another byte that no scope may hold (RFC 6749, "
                     "3.3)");
    remedies.describe = view.flag("challenge.describe");
    remedies.expose = view.flag("challenge.expose");
    remedies.grpc =
        view.has("challenge.grpc") ? view.flag("challenge.grpc") : !remedies.offers.empty();
    remedies.login_redirect_to_401 = view.has("challenge.login_redirect");
    if (view.has_here("challenge.login_redirect") && view.items("challenge.offer").empty())
        problems.add(view.where("challenge.login_redirect"), prefix + "challenge.login_redirect",
                     "needs challenge.offer: a 401 must carry a challenge (RFC 9110, 15.5.2)");
    remedies.quiet_scheme = view.text("challenge.quiet_scheme");
    if (!remedies.quiet_scheme.empty() && !rules::is_token(remedies.quiet_scheme))
        problems.add(view.item("challenge.quiet_scheme"), prefix + "challenge.quiet_scheme",
                     "is no scheme name: write one word, as in xBasic");
    else if (!remedies.quiet_scheme.empty() &&
             rules::scheme_of(remedies.quiet_scheme) != rules::Scheme::unknown)
        problems.add(view.item("challenge.quiet_scheme"), prefix + "challenge.quiet_scheme",
                     "is a scheme that browsers or clients know: take a name that none does, as in "
                     "xBasic");
}

std::vector<std::string> words_of(const View& view, std::string_view path) {
    std::vector<std::string> words;
    for (const std::string& text : view.texts(path)) {
        std::istringstream stream(text);
        for (std::string word; stream >> word;) words.push_back(std::move(word));
    }
    return words;
}

}  // namespace

void read_expectations(const View& view, rules::Expectations& expected) {
    expected.issuer = view.text("diagnose.expect.issuer");
    expected.audiences = view.texts("diagnose.expect.audience");
    expected.token_type = view.text("diagnose.expect.type");
    expected.tenant = view.text("diagnose.expect.tenant");
    expected.authorized_parties = view.texts("diagnose.expect.authorized_party");
    expected.scopes = words_of(view, "diagnose.expect.scope");
    expected.algorithms = view.texts("diagnose.expect.algorithm");
    expected.scheme = view.text("diagnose.expect.scheme");
    expected.session_cookie = view.text("diagnose.expect.session_cookie");
    expected.environment = lower_case(view.text("diagnose.expect.environment"));
    expected.allowed_schemes = view.texts("diagnose.expect.allow_scheme");
    expected.refresh_paths = view.texts("diagnose.expect.refresh_path");
    expected.leeway =
        std::chrono::duration_cast<std::chrono::seconds>(view.duration("diagnose.leeway"));
}

namespace {

void build_treatment(const View& view, const std::string& prefix, Problems& problems,
                     settings::Settings& settings, settings::Treatment& treatment,
                     std::vector<std::string>& warnings) {
    treatment.diagnose = !view.has("diagnose") || view.flag("diagnose");
    read_challenge(view, prefix, problems, treatment.remedies);
    read_expectations(view, treatment.expected);
    build_keys(view, prefix, problems, settings, treatment, warnings);
    treatment.resource_metadata = read_resource_metadata(view, prefix, problems);
    treatment.remedies.resource_metadata = treatment.resource_metadata != nullptr;
    build_refresh(view, prefix, problems, settings, treatment, warnings);
}

settings::RouteMatch parse_match(const RouteValues& route, const std::string& key,
                                 Problems& problems) {
    settings::RouteMatch match;
    for (const std::string& flaw : read_match(route.match, match))
        problems.add(Where{route.where, false}, key, flaw);
    return match;
}

void warn_of_clients(const std::string& where, const rules::RemedyPolicy& remedies,
                     std::vector<std::string>& warnings) {
    for (const std::string& words : rules::client_warnings(remedies.offers))
        warnings.push_back(where + "challenge.offer: " + words);
    const bool bearer = std::any_of(
        remedies.offers.begin(), remedies.offers.end(),
        [](const rules::Offer& offer) { return offer.scheme == rules::Scheme::bearer; });
    if (!remedies.scope.empty() && !remedies.offers.empty() && !bearer)
        warnings.push_back(where + "challenge.scope: nothing carries it, for no offer is Bearer");
}

void build_routes(const Written& written, const View& view, Problems& problems,
                  settings::Settings& settings, std::vector<std::string>& warnings) {
    std::string catch_all;
    for (std::size_t i = 0; i < written.routes.size(); ++i) {
        const RouteValues& values = written.routes[i];
        if (values.where.empty()) continue;  // without match: reported
        const std::string prefix = "routes[" + std::to_string(i) + "].";
        settings::Route route;
        route.match = parse_match(values, prefix + "match", problems);
        route.treatment.route = values.match;
        if (!catch_all.empty())
            warnings.push_back(values.where + ": " + prefix + "match: is never reached, for \"" +
                               catch_all + "\" above it matches everything");
        else if (route.match.method.empty() &&
                 (route.match.pattern == "/**" || route.match.pattern == "**"))
            catch_all = values.match;
        build_treatment(view.over(values.values), prefix, problems, settings, route.treatment,
                        warnings);
        if (values.values.count("challenge.offer") || values.values.count("challenge.scope"))
            warn_of_clients(values.where + ": " + prefix, route.treatment.remedies, warnings);
        settings.routes.push_back(std::move(route));
    }
}

void read_upstream(const View& view, Problems& problems, settings::Settings& settings,
                   std::vector<std::string>& warnings) {
    if (view.has("upstream")) {
        const Item item = view.item("upstream");
        const auto target = parse_upstream(item.text);
        if (target.has_value())
            settings.upstream = *target;
        else
            problems.add(item, "upstream", target.error());
    }
    settings.refuses_in_successes = rules::refuses_in_successes(settings.upstream.origin);
    const std::string host = lower_case(view.text("upstream_host"));
    if (host == "pass")
        settings.upstream.host_header = upstream::HostHeader::pass;
    else if (host == "upstream")
        settings.upstream.host_header = upstream::HostHeader::upstream;
    else  // decided here: a request shall not look at addresses
        settings.upstream.host_header = settings.upstream.pass_client_host()
                                            ? upstream::HostHeader::pass
                                            : upstream::HostHeader::upstream;
    const std::string protocol = lower_case(view.text("upstream_protocol"));
    const bool prior_knowledge = settings.upstream.protocol == upstream::Protocol::http_2;
    if (protocol == "h2" || (protocol == "auto" && prior_knowledge))
        settings.upstream_protocol = upstream::Protocol::http_2;
    else if (protocol == "h1")
        settings.upstream_protocol = upstream::Protocol::http_1;
    if (protocol == "h1" && prior_knowledge)
        problems.add(view.where("upstream_protocol"), "upstream_protocol",
                     "h1 contradicts h2c:// in `upstream`: leave one of them out");
    upstream::TlsClientSettings& tls = settings.upstream_tls;
    tls.ca_file = view.file("upstream_tls.ca");
    tls.verify = view.flag("upstream_tls.verify");
    tls.server_name = view.text("upstream_tls.server_name");
    tls.certificate_file = view.file("upstream_tls.certificate");
    tls.key_file = view.file("upstream_tls.key");
    if (!tls.ca_file.empty())
        if (auto flaw = authorities_flaw(tls.ca_file))
            problems.add(view.where("upstream_tls.ca"), "upstream_tls.ca", *flaw);
    if (tls.certificate_file.empty() != tls.key_file.empty())
        problems.add(
            view.where(tls.key_file.empty() ? "upstream_tls.certificate" : "upstream_tls.key"),
            "upstream_tls", "takes certificate and key together, or neither");
    else if (!tls.key_file.empty())
        if (auto flaw = key_pair_flaw(tls.certificate_file, tls.key_file))
            problems.add(view.where("upstream_tls.certificate"), "upstream_tls", *flaw);
    if (!tls.verify)
        warnings.push_back(
            "upstream_tls.verify: off, so anybody on the way can read and change what "
            "is sent to the API");
}

void read_host_names(const View& view, Problems& problems, std::vector<std::string>& names) {
    for (const Item& item : view.items("host_names")) {
        // RFC 3986, 3.2.2, as far as names that are dialled go.
        const bool name = std::all_of(item.text.begin(), item.text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '.' || c == '_';
        });
        if (name)
            names.push_back(item.text);
        else
            problems.add(item, "host_names",
                         "is no host name: write it as clients do, without scheme and port, as in "
                         "api.dev.test");
    }
}

void read_limits(const View& view, settings::Settings& settings) {
    settings.head_limits.octets = static_cast<std::size_t>(view.size("limits.header"));
    settings.connections = static_cast<std::size_t>(view.count("limits.connections"));
    settings.half_close = lower_case(view.text("limits.half_close")) == "finish"
                              ? settings::HalfClose::finish
                              : settings::HalfClose::abort;
    settings.speaks_http_2 = view.flag("limits.http2.enabled");
    h2::Limits& http_2 = settings.http_2;
    http_2.streams = static_cast<std::uint32_t>(view.count("limits.http2.streams"));
    http_2.stream_window = static_cast<std::uint32_t>(view.size("limits.http2.window"));
    http_2.connection_window = 4 * http_2.stream_window;
    http_2.resets_per_second = static_cast<std::uint32_t>(view.count("limits.http2.resets"));
    http_2.resets_at_once = 5 * http_2.resets_per_second;
    http_2.idle_frames_per_second =
        static_cast<std::uint32_t>(view.count("limits.http2.idle_frames"));
    http_2.idle_frames_at_once = 10 * http_2.idle_frames_per_second;
    settings.timeouts.connect = view.duration("limits.timeouts.connect");
    settings.timeouts.header = view.duration("limits.timeouts.header");
    const auto set = [&view](const char* path) -> std::optional<std::chrono::milliseconds> {
        if (!view.has(path)) return std::nullopt;
        return view.duration(path);
    };
    settings.timeouts.handshake_set = set("limits.timeouts.handshake");
    settings.timeouts.body_set = set("limits.timeouts.body");
    settings.timeouts.own_answer_set = set("limits.timeouts.own_answer");
    settings.timeouts.tunnel_end_set = set("limits.timeouts.tunnel_end");
    settings.timeouts.idle = view.duration("limits.timeouts.idle");
    settings.timeouts.response = view.duration("limits.timeouts.response");
}

}  // namespace

void build_settings(const Written& written, const View& view, Problems& problems,
                    settings::Settings& settings, std::vector<std::string>& warnings) {
    read_upstream(view, problems, settings, warnings);
    read_limits(view, settings);

    const std::string access = lower_case(view.text("log.access"));
    settings.log.access = access == "all"    ? settings::AccessLog::all
                          : access == "none" ? settings::AccessLog::none
                                             : settings::AccessLog::failures;
    const std::string identity = lower_case(view.text("log.identity"));
    settings.log.identity = identity == "plain"  ? settings::Identity::plain
                            : identity == "none" ? settings::Identity::none
                                                 : settings::Identity::hash;
    settings.trace_create = lower_case(view.text("trace")) == "create";
    settings.dev = view.flag("dev");
    build_treatment(view, "", problems, settings, settings.treatment, warnings);
    warn_of_clients("", settings.treatment.remedies, warnings);
    build_routes(written, view, problems, settings, warnings);
    read_host_names(view, problems, settings.host_names);
    build_forwarding(view, problems, settings);
    build_dialects(view, problems, settings);
    build_openapi(view, problems, settings);
    settings.answers_metadata = settings.treatment.resource_metadata ||
                                std::any_of(settings.routes.begin(), settings.routes.end(),
                                            [](const settings::Route& route) {
                                                return route.treatment.resource_metadata != nullptr;
                                            });
}

}  // namespace whogoes::app
