#include "proxy/report/escape.hpp"
#include "proxy/report/mcp_call.hpp"
#include "proxy/report/recorder.hpp"
#include "proxy/report/redact.hpp"
#include "rules/keys.hpp"
#include "rules/quotable.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace whogoes::report {
namespace {

using rules::npos;
constexpr std::size_t longest_target = 2048;  // a path, a query
constexpr std::size_t longest_field = 256;    // a field value, a claim
constexpr std::size_t longest_sentence = 600;
constexpr std::size_t most_lines = 64;   // field lines of one head
constexpr std::size_t most_values = 16;  // audiences, scopes, challenges

struct Describer {
    const rules::Exchange& exchange;
    const rules::Diagnosis& diagnosis;
    rules::Fingerprinter& fingerprinter;
    const DescribePolicy& policy;
    Secrets secrets{};
    std::vector<std::string> kids{};       // of the configured keys
    std::vector<std::string_view> kept{};  // values that may be logged whatever they look like
};

void collect_kept(Describer& d) {
    if (d.exchange.jwt) {
        const rules::Jwt& jwt = *d.exchange.jwt;
        d.kept = {jwt.kid, jwt.iss, jwt.azp, jwt.client_id, jwt.tid};
        d.kept.insert(d.kept.end(), jwt.aud.begin(), jwt.aud.end());
    }
    if (d.exchange.keys != nullptr) d.kids = d.exchange.keys->kids();
    d.kept.insert(d.kept.end(), d.kids.begin(), d.kids.end());
    if (d.exchange.expected != nullptr) {
        d.kept.push_back(d.exchange.expected->issuer);
        const auto& audiences = d.exchange.expected->audiences;
        d.kept.insert(d.kept.end(), audiences.begin(), audiences.end());
    }
}

// The secrets before shapes and cuts, which could leave the first octets of one behind; addresses
// before the secrets, of which one may share a domain with them.
void mask_whole(const Describer& d, std::string& text, std::size_t longest) {
    if (!d.policy.user_names_plain) mask_mail_addresses(text, d.kept);
    d.secrets.mask(text);
    mask_shapes(text, d.kept);
    if (text.size() > longest) text = cut_end(text, longest);
}

void mask_fact(const Describer& d, std::string& text) {
    mask_urls(text);
    mask_whole(d, text, longest_field);
}

// Evidence quotes URLs of this exchange and of earlier ones.
void mask_evidence(const Describer& d, rules::Evidence& evidence) {
    mask_urls(evidence.words);
    mask_whole(d, evidence.words, longest_sentence);
    for (rules::Fact& fact : evidence.facts) {
        if (auto* const text = std::get_if<std::string>(&fact.value)) mask_fact(d, *text);
        auto* const list = std::get_if<std::vector<std::string>>(&fact.value);
        if (list == nullptr) continue;
        for (std::string& item : *list) mask_fact(d, item);
    }
}

void describe_diagnosis(const Describer& d, AuthEvent& event) {
    event.diagnosis = d.diagnosis;
    if (event.diagnosis.main) {
        event.kind = EventKind::auth_failure;
        event.level = d.diagnosis.handshake ? "debug" : "warn";
        mask_evidence(d, event.diagnosis.main->evidence);
    } else if (!event.diagnosis.violations.empty()) {
        event.kind = EventKind::auth_compliance;
    }
    for (rules::Finding& finding : event.diagnosis.also) mask_evidence(d, finding.evidence);
    for (rules::Violation& violation : event.diagnosis.violations) {
        mask_evidence(d, violation.evidence);
    }
}

std::string trace_id_of(std::string_view traceparent) {
    const auto is_lower_hex = [](char c) { return rules::is_digit(c) || (c >= 'a' && c <= 'f'); };
    if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-') return {};
    const std::string_view id = traceparent.substr(3, 32);
    return std::all_of(id.begin(), id.end(), is_lower_hex) ? std::string(id) : std::string();
}

// As a client wrote it, unless that is no host at all.
std::string dialled_authority(std::string_view origin) {
    const std::size_t scheme = origin.find("://");
    if (scheme == npos) return {};
    const std::string_view authority = origin.substr(scheme + 3);
    const bool plain = std::all_of(authority.begin(), authority.end(), [](char c) {
        return rules::is_alpha(c) || rules::is_digit(c) ||
               std::string_view("-._:[]").find(c) != npos;
    });
    return plain && authority.size() <= 255 ? std::string(authority) : std::string();
}

void describe_request(const Describer& d, AuthEvent& event) {
    const rules::Request& request = d.exchange.request;
    event.method = std::string(logged_method(request.method));
    mask_whole(d, event.method, 32);
    mask_whole(d, event.path, longest_target);
    mask_whole(d, event.query, longest_target);
    event.client = std::string(request.client);
    if (const auto agent = request.fields.first("user-agent")) {
        event.user_agent = std::string(*agent);
        mask_whole(d, event.user_agent, 2 * longest_field);
    }
    if (const auto trace = request.fields.first("traceparent"))
        event.trace_id = trace_id_of(*trace);
    event.tls = d.exchange.place.client_scheme == "https";
    event.authority = dialled_authority(d.exchange.place.client_origin);
    mask_whole(d, event.authority, longest_field);
    const std::string& origin = d.exchange.place.upstream_origin;
    const std::size_t authority = origin.find("://");
    event.upstream = authority == npos ? origin : origin.substr(authority + 3);
}

void describe_fields(const Describer& d, const rules::Fields& fields,
                     std::vector<NamedValue>& described) {
    const std::size_t count = std::min(fields.lines().size(), most_lines);
    described.reserve(count);
    for (const rules::Field& field : fields.lines().subspan(0, count)) {
        NamedValue& line = described.emplace_back();
        line.name = rules::lowered(field.name.substr(0, longest_field));
        if (line.name.size() > 16) mask_whole(d, line.name, longest_field);
        if (!is_logged_field(line.name) || field.value.empty()) continue;
        line.value = line.name == "location" ? origin_of(field.value) : std::string(field.value);
        mask_whole(d, line.value, longest_field);
    }
}

// Of a refusal only: the words of a success are its user's data.
void describe_message(const Describer& d, AuthEvent& event) {
    if (d.exchange.heard.message.empty() || (d.exchange.response.status < 400 && !d.diagnosis.main))
        return;
    event.upstream_message = rules::quotable(d.exchange.heard.message, d.exchange.request);
    mask_urls(event.upstream_message);
    mask_whole(d, event.upstream_message, longest_field);
}

void describe_challenges(const Describer& d, const rules::Remedy& remedy, AuthEvent& event) {
    for (const std::string_view line : d.exchange.response.fields.every("www-authenticate")) {
        if (event.offered.size() == most_values) break;
        std::string challenge = redacted_challenge(line);
        mask_whole(d, challenge, 1024);
        event.offered.push_back(std::move(challenge));
    }
    event.injected = remedy.challenges;
    if (remedy.challenges.empty() && d.diagnosis.has_rule("unauthorized-without-challenge")) {
        event.would_send = rules::would_send(d.diagnosis, d.exchange);
    }
}

std::string scheme_name(const rules::Credentials& credentials) {
    if (credentials.kind == rules::Scheme::none) return {};
    if (credentials.kind != rules::Scheme::unknown) {
        return rules::lowered(rules::registered_spelling(credentials.kind));
    }
    return is_scheme_like(credentials) ? rules::lowered(credentials.scheme) : "unknown";
}

void describe_user(const Describer& d, const rules::Credentials& credentials, AuthEvent& event) {
    if (d.policy.user_names_hidden) return;
    std::string user;
    if (credentials.kind == rules::Scheme::basic) {
        const auto decoded = rules::decode_base64(credentials.value, rules::Alphabet::either);
        const std::size_t colon = decoded.bytes.find(':');
        if (!decoded.ok() || colon == npos) return;
        user = decoded.bytes.substr(0, colon);
    } else if (credentials.kind == rules::Scheme::digest) {
        for (const std::string_view part : rules::parts_of(credentials.value, ',')) {
            if (!rules::istarts_with(part, "username=")) continue;
            user = std::string(part.substr(9));
            std::erase(user, '"');
        }
    }
    if (user.empty()) return;
    event.user =
        d.policy.user_names_plain ? cut_end(user, longest_field) : d.fingerprinter.user(user);
}

bool describe_authorization(const Describer& d, AuthEvent& event) {
    for (const rules::Credentials& credentials : d.exchange.credentials) {
        if (credentials.kind == rules::Scheme::none) continue;
        event.source = "header";
        event.scheme = scheme_name(credentials);
        const bool split =
            credentials.kind != rules::Scheme::unknown || is_scheme_like(credentials);
        const std::string_view value = split ? credentials.value : credentials.raw;
        if (!value.empty()) {
            event.token = d.fingerprinter.token(split ? event.scheme : std::string(), value);
        }
        describe_user(d, credentials, event);
        return true;
    }
    return false;
}

// The name that the record gives a place, and the scheme beside it.
void describe_carried(const Describer& d, const rules::Carried& one, AuthEvent& event) {
    using rules::Holds;
    using rules::Where;
    const bool key = one.holds == Holds::api_key || one.holds == Holds::signature;
    switch (one.where) {
        case Where::query:
            event.source = "query";
            break;
        case Where::member:
            event.source = d.exchange.request.json_body.empty() ? "form" : "json";
            break;
        case Where::cookie:
            event.source = "cookie";
            break;
        case Where::subprotocol:
            event.source = "subprotocol";
            break;
        default:
            event.source = "api-key";
            break;
    }
    const bool in_field = one.where == Where::field;
    event.scheme = one.where == Where::cookie ? "" : key || in_field ? "apikey" : "bearer";
    event.token = d.fingerprinter.token(event.scheme.empty() ? "cookie" : event.scheme, one.value);
}

bool is_session_cookie(const Describer& d, const rules::Carried& one) {
    if (d.exchange.expected != nullptr && !d.exchange.expected->session_cookie.empty())
        return one.name == d.exchange.expected->session_cookie;
    return one.holds == rules::Holds::session || one.holds == rules::Holds::token;
}

// What came in place of an Authorization field: a token or key first, then a cookie.
void describe_other_places(const Describer& d, AuthEvent& event) {
    using rules::Holds;
    using rules::Where;
    for (const rules::Carried& one : d.exchange.carried) {
        const bool credential = one.holds == Holds::token || one.holds == Holds::api_key ||
                                one.holds == Holds::signature ||
                                (one.holds == Holds::perhaps && one.where == Where::field);
        if (one.where != Where::cookie && credential) return describe_carried(d, one, event);
    }
    if (!d.exchange.request.fields.has("cookie")) return;
    event.source = "cookie";
    for (const rules::Carried& one : d.exchange.carried)
        if (one.where == Where::cookie && is_session_cookie(d, one))
            return describe_carried(d, one, event);
}

std::int64_t seconds_of(const rules::TimeClaim& time) {
    constexpr double far = 1e15;  // beyond it a double is no whole number of seconds
    if (time.kind != rules::ClaimKind::number || !(std::abs(time.value) < far)) return 0;
    return static_cast<std::int64_t>(std::floor(time.value));
}

// Claims on the allow-list are logged whatever they look like, but for a token put into one.
std::string claim(const Describer& d, std::string_view value) {
    if (holds_token(value)) return std::string(redacted);
    std::string out = cut_end(value, longest_field);
    d.secrets.mask(out);
    return out;
}

std::vector<std::string> claims(const Describer& d, const std::vector<std::string>& values) {
    std::vector<std::string> out;
    for (const std::string& value : values) {
        if (out.size() == most_values) break;
        out.push_back(claim(d, value));
    }
    return out;
}

void describe_jwt(const Describer& d, AuthEvent& event) {
    if (!d.exchange.jwt || !d.exchange.jwt->readable()) return;
    const rules::Jwt& jwt = *d.exchange.jwt;
    event.has_jwt = true;
    event.jwt.alg = claim(d, jwt.alg);
    event.jwt.typ = claim(d, jwt.typ);
    event.jwt.kid = claim(d, jwt.kid);
    event.jwt.iss = claim(d, jwt.iss);
    event.jwt.azp = claim(d, jwt.azp);
    event.jwt.acr = claim(d, jwt.acr);
    event.jwt.aud = claims(d, jwt.aud);
    event.jwt.scope = claims(d, jwt.scopes);
    event.jwt.exp = seconds_of(jwt.exp);
    event.jwt.iat = seconds_of(jwt.iat);
    event.jwt.nbf = seconds_of(jwt.nbf);
    event.jwt.verified =
        d.exchange.keys != nullptr && d.exchange.keys->verify(jwt) == rules::Signature::verified;
}

void describe_mcp(const Describer& d, AuthEvent& event) {
    McpCall call = mcp_call_of(d.exchange.request);
    event.mcp_method = std::move(call.method);
    event.mcp_tool = std::move(call.tool);
    mask_whole(d, event.mcp_tool, longest_field);
}

}  // namespace

AuthEvent describe(const rules::Exchange& exchange, const rules::Diagnosis& diagnosis,
                   const rules::Remedy& remedy, rules::Fingerprinter& fingerprinter,
                   const DescribePolicy& policy) {
    Describer d{exchange, diagnosis, fingerprinter, policy};
    AuthEvent event;
    event.path = redacted_path(exchange.request.path, &d.secrets);
    event.query = redacted_query(exchange.request.query, &d.secrets);
    collect_secrets(exchange, diagnosis, {policy.user_names_plain}, d.secrets);
    collect_kept(d);

    event.time = exchange.answered_at;
    event.status = exchange.response.status;
    event.upstream_status = exchange.response.status;
    if (exchange.skew) {
        event.has_skew = true;
        event.skew_s = exchange.skew->count();
    }
    if (!remedy.refresh_skipped.empty()) {
        event.refresh = std::string("skipped:").append(remedy.refresh_skipped);
    }
    describe_diagnosis(d, event);
    describe_request(d, event);
    describe_fields(d, exchange.request.fields, event.request_fields);
    describe_fields(d, exchange.response.fields, event.response_fields);
    describe_challenges(d, remedy, event);
    describe_message(d, event);
    if (!describe_authorization(d, event)) describe_other_places(d, event);
    describe_jwt(d, event);
    describe_mcp(d, event);
    if (exchange.documented && diagnosis.main) {
        event.documented = exchange.documented->words();
        if (event.documented.size() > longest_field)
            event.documented = cut_end(event.documented, longest_field);
    }
    event.rpc = summary_of(exchange.rpc.system, exchange.rpc.status, event.path);
    return event;
}

}  // namespace whogoes::report
