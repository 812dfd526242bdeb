#include "rules/causes/scheme.hpp"

#include "rules/causes/malformed.hpp"
#include "rules/causes/reading.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::rules::causes {
namespace {

// A quiet spelling that keeps the browser's password box away is the same scheme.
std::string_view without_x(std::string_view scheme) {
    if (istarts_with(scheme, "x-")) return scheme.substr(2);
    if (scheme.size() > 1 && scheme[0] == 'x' && scheme_of(scheme.substr(1)) != Scheme::unknown)
        return scheme.substr(1);
    return scheme;
}

// Azure's "Bearer authorization_uri=https://login…": the grammar is broken, the scheme is not.
bool stands_in_broken(const Exchange& exchange, std::string_view scheme) {
    if (exchange.challenges.flaws.empty()) return false;
    for (const Field& line : exchange.response.fields.lines()) {
        if (!iequals(line.name, "WWW-Authenticate")) continue;
        const std::string_view value = trim(line.value);
        if (istarts_with(value, scheme) &&
            (value.size() == scheme.size() || !is_token_char(value[scheme.size()])))
            return true;
    }
    return false;
}

bool is_offered(const Exchange& exchange, std::string_view scheme) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (iequals(without_x(challenge.scheme), without_x(scheme))) return true;
    return stands_in_broken(exchange, scheme);
}

// By its own name: the quiet spelling is what a framework says by default, whatever else it takes.
bool offers_registered(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (scheme_of(challenge.scheme) != Scheme::unknown) return true;
    return false;
}

// A registered one, or one that a system is known to take ("Token", "SSWS"); not a product's name,
// a form or an OTP, which a framework says whatever it takes.
bool offers_known(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (scheme_of(without_x(challenge.scheme)) != Scheme::unknown ||
            may_authenticate(holds_at(Where::scheme, challenge.scheme, {}, exchange.dialects)))
            return true;
    return false;
}

// With 0.24 httpx stopped reading ~/.netrc by itself.
bool is_old_httpx(std::string_view agent) {
    constexpr std::string_view name = "python-httpx/0.";
    if (!istarts_with(agent, name)) return false;
    int minor = -1;
    for (const char c : agent.substr(name.size(), 3)) {
        if (!is_digit(c)) break;
        minor = std::max(minor, 0) * 10 + (c - '0');
    }
    return minor >= 0 && minor < 24;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

// A forward proxy has fields of its own for the same thing (RFC 9110, 11.7).
std::optional<Evidence> mismatch_at_the_proxy(const Exchange& exchange) {
    const std::string_view field = request_field(exchange, "Proxy-Authorization");
    const ChallengeList& asked = exchange.proxy_challenges;
    if (field.empty() || asked.challenges.empty() || !asked.flaws.empty()) return std::nullopt;
    const Credentials sent = parse_credentials(field);
    if (sent.kind == Scheme::none || sent.kind == Scheme::unknown || asked.offers(sent.scheme))
        return std::nullopt;
    std::string name = scheme_name(sent);
    std::vector<std::string> offered = offered_schemes(asked);
    std::string words = name + " was sent, and the proxy offers " + joined(offered);
    return proof(std::move(words), {fact("sent_scheme", std::move(name)),
                                    fact("offered_schemes", std::move(offered))});
}

}  // namespace

std::optional<Evidence> scheme_mismatch(const Exchange& exchange) {
    if (exchange.response.status == 407) return mismatch_at_the_proxy(exchange);
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent) return std::nullopt;
    const int status = acts_as(exchange);
    if (status != 401 && status != 400) return std::nullopt;
    if (exchange.challenges.challenges.empty()) {
        // A challenge that cannot be read may well offer it.
        const std::string& wanted = exchange.expected->scheme;
        if (wanted.empty() || !exchange.challenges.absent()) return std::nullopt;
        if (iequals(wanted, sent->scheme) || sent->kind == Scheme::dpop) return std::nullopt;
        std::string name = scheme_name(*sent);
        std::string words = name + " was sent, and " + wanted + " is configured for this API";
        return shape(std::move(words), {fact("sent_scheme", std::move(name)),
                                        fact("offered_schemes", std::vector{wanted})});
    }
    if (is_offered(exchange, sent->scheme)) return std::nullopt;
    // No scheme came that could be another one.
    if (scheme_missing(exchange)) return std::nullopt;
    // RFC 9449, 7.2: a bound token may come as Bearer; what is missing then is the proof.
    const bool bound = exchange.jwt && !exchange.jwt->cnf_jkt.empty();
    if (bound && sent->kind == Scheme::bearer && exchange.challenges.offers("DPoP"))
        return std::nullopt;
    std::string name = scheme_name(*sent);
    std::vector<std::string> offered = offered_schemes(exchange);
    std::string words = name + " was sent, and the upstream offers " + joined(offered);
    std::vector<Fact> facts{fact("sent_scheme", std::move(name)),
                            fact("offered_schemes", std::move(offered))};
    // What is no scheme at all (OTP, a product's name) offers none.
    if (!offers_known(exchange))
        return guess(words + ", which is no scheme that is known and may mean nothing",
                     std::move(facts));
    return offers_registered(exchange) ? proof(std::move(words), std::move(facts))
                                       : shape(std::move(words), std::move(facts));
}

std::optional<Evidence> not_as_documented(const Exchange& exchange) {
    const DocumentedOperation* const operation = exchange.documented;
    if (!operation || operation->is_open() || fits(*operation, exchange)) return std::nullopt;
    std::string sent;
    for (const Credentials& one : exchange.credentials)
        if (one.kind != Scheme::none) sent = scheme_name(one);
    if (sent.empty() || sent == "unknown") {
        const Carried* const other = credential_elsewhere(exchange);
        if (!sent.empty())
            sent = "an Authorization of no known scheme";
        else if (other != nullptr)
            sent = "a credential in " + place_name(*other);
    }
    if (sent.empty()) return std::nullopt;
    return shape("the description asks for " + operation->words() + " on " + operation->method +
                     " " + operation->path + "; " + sent + " was sent",
                 {fact("documented", operation->words())});
}

std::optional<Evidence> netrc_override(const Exchange& exchange) {
    if (!sent_as(sole_credentials(exchange), Scheme::basic)) return std::nullopt;
    const bool wants_bearer = exchange.challenges.challenges.empty()
                                  ? iequals(exchange.expected->scheme, "Bearer")
                                  : exchange.challenges.offers("Bearer");
    if (!wants_bearer || !scheme_mismatch(exchange)) return std::nullopt;
    const std::string_view agent = request_field(exchange, "User-Agent");
    const bool reads_netrc = istarts_with(agent, "python-requests/") ||
                             istarts_with(agent, "HTTPie/") || istarts_with(agent, "rest-client") ||
                             is_old_httpx(agent);
    if (!reads_netrc) return std::nullopt;
    std::vector<Fact> facts{fact("user_agent", agent.substr(0, 120)), fact("sent_scheme", "Basic"),
                            fact("offered_schemes", offered_schemes(exchange))};
    if (exchange.recollection.bearer_sent_elsewhere)
        return shape(
            "this library takes Basic from ~/.netrc, and the same client sends Bearer elsewhere",
            std::move(facts));
    return guess("the HTTP library may have taken Basic from ~/.netrc over the header that was set",
                 std::move(facts));
}

std::optional<Evidence> scheme_case_rejected(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent || sent->kind == Scheme::unknown || acts_as(exchange) != 401) return std::nullopt;
    const std::string_view usual = registered_spelling(sent->scheme);
    if (sent->scheme == usual) return std::nullopt;
    std::string words = "the scheme was written \"" + std::string(sent->scheme) +
                        "\", usual is \"" + std::string(usual) + "\"";
    if (exchange.recollection.accepted_in_registered_spelling)
        return proof(words + ", and with that the same credential was accepted",
                     {fact("scheme_as_sent", sent->scheme)});
    // The very same field was accepted before: the letters are not it.
    if (exchange.recollection.credential_accepted_ago || exchange.signature == Signature::verified)
        return std::nullopt;
    return guess(words + "; the server may compare with regard to case",
                 {fact("scheme_as_sent", sent->scheme)});
}

}  // namespace whogoes::rules::causes
