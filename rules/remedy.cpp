#include "rules/remedy.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace whogoes::rules {
namespace {

using compliance::is_token_endpoint;

constexpr std::string_view insufficient_scope = "insufficient_scope";

// A 401 with no challenge of its own, that means what a 401 means: a preflight is refused whatever
// it carries, and a token endpoint's 401 is about its client (RFC 6749, 5.2).
bool lacks_a_challenge(const Exchange& exchange) {
    return exchange.response.status == 401 && exchange.challenges.absent() && !exchange.preflight &&
           exchange.request.method != "CONNECT" && !is_token_endpoint(exchange);
}

// The scheme whose line carries the error (RFC 9449, 7.2); none where the request made no attempt
// that a Bearer challenge could speak of (RFC 6750, 3.1).
Scheme scheme_in_error(const Diagnosis& diagnosis, const Exchange& exchange,
                       const std::vector<Offer>& offers) {
    const Credentials* sent = compliance::token_in_header(exchange);
    if (!sent || (diagnosis.main && diagnosis.main->cause &&
                  diagnosis.main->cause->has(Trait::no_bearer_attempt)))
        return Scheme::none;
    const auto offered = [&offers](Scheme scheme) {
        return std::any_of(offers.begin(), offers.end(),
                           [scheme](const Offer& offer) { return offer.scheme == scheme; });
    };
    if (sent->kind == Scheme::dpop && !offered(Scheme::dpop)) return Scheme::bearer;
    return sent->kind;
}

std::optional<std::int64_t> whole_fact(const Evidence& evidence, std::string_view name) {
    for (const Fact& fact : evidence.facts)
        if (fact.name == name)
            if (const auto* value = std::get_if<std::int64_t>(&fact.value)) return *value;
    return std::nullopt;
}

// Only where the cause is certain, and only words and integers of our own.
std::string description_of(const Diagnosis& diagnosis) {
    if (!diagnosis.main || diagnosis.main->evidence.confidence != Confidence::certain) return {};
    const Evidence& evidence = diagnosis.main->evidence;
    if (const auto ago = whole_fact(evidence, "expired_s"))
        return "access token expired " + std::to_string(*ago) + " s ago";
    if (const auto ahead = whole_fact(evidence, "ahead_s"))
        return "access token not valid for another " + std::to_string(*ahead) + " s";
    const CauseRow* const row = find_row(diagnosis.main->cause->id);
    if (row && row->step == Step::times && !evidence.facts.empty() &&
        evidence.facts.front().name == "claim")
        return "time claims are not in seconds";
    return {};
}

// RFC 6750, 3: %x20-21 / %x23-5B / %x5D-7E. Nothing is escaped, because nothing that would need it
// is let in.
std::string permitted(std::string_view text) {
    std::string result;
    for (const char c : text)
        if (c >= ' ' && c <= '~' && c != '"' && c != '\\') result += c;
    return result;
}

bool names(std::string_view challenge, std::string_view parameter) {
    for (std::size_t from = 0;;) {
        const std::size_t at = ifind(challenge.substr(from), parameter);
        if (at == npos) return false;
        const std::size_t end = from + at + parameter.size();
        const bool begins =
            from + at > 0 && (is_ows(challenge[from + at - 1]) || challenge[from + at - 1] == ',');
        if (begins && end < challenge.size() && challenge[end] == '=') return true;
        from = end;
    }
}

void append(std::string& challenge, std::string_view parameter, std::string_view value) {
    const std::string text = permitted(value);
    if (text.empty() || names(challenge, parameter)) return;
    challenge += challenge.find(' ') == npos ? " " : ", ";
    challenge.append(parameter).append("=\"").append(text).append("\"");
}

bool is_path_octet(std::string_view path, std::size_t at) {
    const char c = path[at];
    if (c == '%') {
        const auto is_hex = [&](std::size_t i) {
            return i < path.size() &&
                   (is_digit(path[i]) || (lower(path[i]) >= 'a' && lower(path[i]) <= 'f'));
        };
        return is_hex(at + 1) && is_hex(at + 2);
    }
    return is_alpha(c) || is_digit(c) || std::string_view("-._~!$&'()*+,;=:@/").find(c) != npos;
}

// RFC 9728, 3.1: the well-known part goes between the host and the path, and a lone slash falls
// away. The path ends at the first octet that is neither a pchar nor "/" (RFC 3986, 3.3).
std::string metadata_url(const Exchange& exchange) {
    const std::string& origin =
        exchange.place.own_origin ? *exchange.place.own_origin : exchange.place.client_origin;
    if (origin.empty()) return {};
    std::string_view path = exchange.request.path;
    if (!path.starts_with('/') || path == "/") path = {};
    std::size_t end = 0;
    while (end < path.size() && is_path_octet(path, end)) ++end;
    return origin + "/.well-known/oauth-protected-resource" + std::string(path.substr(0, end));
}

// On script requests no password box shall open; the unregistered scheme is what keeps it shut.
std::string start_of(const Offer& offer, const RemedyPolicy& policy, const Exchange& exchange) {
    const bool quiet =
        offer.scheme == Scheme::basic && !policy.quiet_scheme.empty() &&
        compliance::is_script_request(exchange) &&
        (compliance::may_prompt(exchange) || exchange.request.fields.has("X-Requested-With"));
    if (!quiet) return offer.value;
    return policy.quiet_scheme +
           offer.value.substr(std::min(offer.value.find(' '), offer.value.size()));
}

std::vector<std::string> challenges_for(const Diagnosis& diagnosis, const Exchange& exchange,
                                        const RemedyPolicy& policy) {
    const Scheme in_error = scheme_in_error(diagnosis, exchange, policy.offers);
    std::vector<std::string> lines;
    for (const Offer& offer : policy.offers) {
        std::string line = start_of(offer, policy, exchange);
        const bool bearer = offer.scheme == Scheme::bearer;
        if (offer.scheme == in_error && (bearer || offer.scheme == Scheme::dpop)) {
            append(line, "error", "invalid_token");
            if (policy.describe) append(line, "error_description", description_of(diagnosis));
        }
        if (bearer && !policy.scope.empty()) append(line, "scope", policy.scope);
        if (bearer && (policy.resource_metadata || offer.resource_metadata))
            append(line, "resource_metadata", metadata_url(exchange));
        lines.push_back(std::move(line));
    }
    return lines;
}

// A bare 403 for a scope that the token lacks: with a challenge, a client asks for more than it has
// (RFC 6750, 3.1; MCP 2025-11-25, "Scope Challenge Handling").
bool lacks_a_scope(const Diagnosis& diagnosis, const Exchange& exchange) {
    return exchange.response.status == 403 && exchange.challenges.absent() && !exchange.preflight &&
           diagnosis.main && diagnosis.main->cause->bearer_error == insufficient_scope &&
           compliance::token_in_header(exchange) != nullptr;
}

// By the configuration alone. One that the token has would send the client round in a circle; where
// none is known, the metadata says what there is.
std::string scope_to_ask_for(const Exchange& exchange, const RemedyPolicy& policy) {
    std::string scopes;
    if (exchange.documented)
        for (const auto& way : exchange.documented->security)
            for (const DocumentedScheme& scheme : way)
                for (const std::string& scope : scheme.scopes)
                    scopes += (scopes.empty() ? "" : " ") + scope;
    if (!scopes.empty() || !exchange.jwt || exchange.jwt->scopes.empty()) return scopes;
    const std::vector<std::string>& has = exchange.jwt->scopes;
    const auto words = words_of(policy.scope);
    const bool lacks = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return std::find(has.begin(), has.end(), word) == has.end();
    });
    return lacks ? policy.scope : std::string();
}

std::vector<std::string> scope_challenges(const Exchange& exchange, const RemedyPolicy& policy) {
    std::vector<std::string> lines;
    for (const Offer& offer : policy.offers) {
        if (offer.scheme != Scheme::bearer ||
            !(policy.resource_metadata || offer.resource_metadata))
            continue;
        std::string line = offer.value;
        append(line, "error", insufficient_scope);
        append(line, "scope", scope_to_ask_for(exchange, policy));
        append(line, "resource_metadata", metadata_url(exchange));
        lines.push_back(std::move(line));
    }
    return lines;
}

// Clients of gRPC know an HTTP 401 by a table, if at all, and never why it came. Words of ours
// alone, and none that may be wrong.
std::optional<RpcStatus> grpc_status_for(const Diagnosis& diagnosis, const Exchange& exchange,
                                         const RemedyPolicy& policy) {
    const int status = exchange.response.status;
    if (!policy.grpc || exchange.rpc.system != RpcSystem::grpc || exchange.preflight ||
        (status != 401 && status != 403) || exchange.response.fields.has("grpc-status"))
        return std::nullopt;
    RpcStatus told{status == 401 ? rpc_code::unauthenticated : rpc_code::permission_denied,
                   "HTTP " + std::to_string(status),
                   {},
                   {}};
    if (!policy.describe || !diagnosis.main ||
        diagnosis.main->evidence.confidence == Confidence::possible)
        return told;
    const std::string exact = description_of(diagnosis);
    told.message.append(": ").append(exact.empty() ? diagnosis.main->cause->summary : exact);
    return told;
}

bool must_be_exposed(const Exchange& exchange) {
    return exchange.response.fields.has("Access-Control-Allow-Origin") &&
           compliance::is_cors_request(exchange) &&
           !compliance::lists(exchange.response.fields, "Access-Control-Expose-Headers",
                              "WWW-Authenticate");
}

bool becomes_unauthorized(const Diagnosis& diagnosis, const Exchange& exchange,
                          const RemedyPolicy& policy) {
    return policy.login_redirect_to_401 && compliance::is_redirect(exchange) &&
           exchange.challenges.absent() && diagnosis.has_rule("login-redirect-for-api") &&
           icontains(exchange.request.fields.first("Accept").value_or(""), "json");
}

// RFC 9110, 9.2.2 speaks of requests whose outcome is unknown; a 401 was not applied (15.5.2). The
// rest of the risk, servers that work before they refuse, is the operator's to take.
bool method_allows_replay(const Exchange& exchange, const RemedyPolicy& policy) {
    const std::string_view method = exchange.request.method;
    for (const std::string_view safe : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
        if (method == safe) return true;
    if (method == "CONNECT" || method == "TRACE") return false;
    return policy.unsafe_methods || exchange.request.fields.has("Idempotency-Key");
}

// Empty: the request may go out once more with a fresh token.
std::string_view why_not_replayed(const Diagnosis& diagnosis, const Exchange& exchange,
                                  const RemedyPolicy& policy, const Circumstances& circumstances) {
    if (!circumstances.first_attempt || exchange.replay_of) return "replayed";
    if (is_token_endpoint(exchange)) return "token-endpoint";
    // Adding a token that nobody sent would be deciding who gets in. DPoP proofs are single use.
    if (exchange.credentials.size() != 1 || exchange.credentials.front().kind != Scheme::bearer ||
        exchange.credentials.front().value.empty())
        return "credential";
    // A token that is bound to the client's key is of no use without a proof of that key, nor is
    // another token with the proof of this one (RFC 9449, 7.1).
    if (exchange.request.fields.has("DPoP") || (exchange.jwt && !exchange.jwt->cnf_jkt.empty()))
        return "credential";
    if (!diagnosis.main || diagnosis.main->cause->cure != Cure::refresh_token) return "cause";
    // A foreign page that reaches this port must not act with the token kept here.
    if (iequals(exchange.request.fields.first("Sec-Fetch-Site").value_or(""), "cross-site"))
        return "cross-site";
    if (exchange.request.fields.has("Upgrade")) return "upgrade";
    if (!method_allows_replay(exchange, policy)) return "method";
    // Whoever streams waits for an answer before it goes on, and what has begun to answer was run.
    if (exchange.rpc.system != RpcSystem::none && !circumstances.request_ends) return "stream";
    if (exchange.rpc.refuses() && circumstances.answer_began) return "answered";
    if (!circumstances.body_is_kept) return "body";
    return {};
}

}  // namespace

bool RemedyPolicy::names_metadata() const {
    return std::any_of(offers.begin(), offers.end(), [this](const Offer& offer) {
        return offer.scheme == Scheme::bearer && (resource_metadata || offer.resource_metadata);
    });
}

Remedy prescribe(const Diagnosis& diagnosis, const Exchange& exchange, const RemedyPolicy& policy,
                 const Circumstances& circumstances) {
    Remedy remedy;
    if (!policy.offers.empty()) {
        remedy.unauthorized_for_redirect = becomes_unauthorized(diagnosis, exchange, policy);
        if (remedy.unauthorized_for_redirect || lacks_a_challenge(exchange))
            remedy.challenges = challenges_for(diagnosis, exchange, policy);
        else if (lacks_a_scope(diagnosis, exchange))
            remedy.challenges = scope_challenges(exchange, policy);
        remedy.expose_challenge =
            policy.expose && !remedy.challenges.empty() && must_be_exposed(exchange);
    }
    remedy.grpc = grpc_status_for(diagnosis, exchange, policy);
    if (policy.refresh && (exchange.response.status == 401 || outcome_of(exchange) == 401)) {
        remedy.refresh_skipped = why_not_replayed(diagnosis, exchange, policy, circumstances);
        remedy.refresh_and_replay = remedy.refresh_skipped.empty();
    }
    return remedy;
}

std::vector<std::string> would_send(const Diagnosis& diagnosis, const Exchange& exchange) {
    if (!lacks_a_challenge(exchange)) return {};
    static const RemedyPolicy preset{.offers = {*parse_offer("bearer")}};
    return challenges_for(diagnosis, exchange, preset);
}

}  // namespace whogoes::rules
