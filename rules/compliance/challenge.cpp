#include "rules/compliance/challenge.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>

namespace whogoes::rules::compliance {
namespace {

std::int64_t number(std::size_t value) { return static_cast<std::int64_t>(value); }

bool same_parameters(const Challenge& one, const Challenge& other) {
    if (one.parameters.size() != other.parameters.size()) return false;
    return std::all_of(one.parameters.begin(), one.parameters.end(), [&](const Parameter& mine) {
        const Parameter* theirs = other.parameter(mine.name);
        return theirs && theirs->value == mine.value;
    });
}

bool same_challenge(const Challenge& one, const Challenge& other) {
    return iequals(one.scheme, other.scheme) && one.token68 == other.token68 &&
           same_parameters(one, other);
}

// IANA's HTTP Authentication Scheme Registry, and two that everybody knows without it.
constexpr std::array<std::string_view, 16> known_schemes{
    "Basic",         "Bearer", "Concealed", "Digest",          "DPoP",         "GNAP",
    "HOBA",          "Mutual", "OAuth",     "Negotiate",       "PrivateToken", "SCRAM-SHA-1",
    "SCRAM-SHA-256", "vapid",  "NTLM",      "AWS4-HMAC-SHA256"};

bool is_known_scheme(std::string_view scheme, const Expectations& expected) {
    const auto is_it = [scheme](std::string_view known) { return iequals(known, scheme); };
    return std::any_of(known_schemes.begin(), known_schemes.end(), is_it) ||
           std::any_of(expected.allowed_schemes.begin(), expected.allowed_schemes.end(), is_it);
}

// The final leg of these may ride on a success (RFC 4559, 5; RFC 8120, 4.4).
bool may_ride_on_success(const Challenge& challenge) {
    return challenge.is("Negotiate") || challenge.is("NTLM") || challenge.is("Mutual");
}

// A schemeless token is as secret as one behind its scheme.
std::string_view token_of(const Credentials& sent) {
    switch (sent.kind) {
        case Scheme::bearer:
        case Scheme::dpop:
        case Scheme::token:
        case Scheme::jwt:
        case Scheme::apikey:
        case Scheme::basic:
            return sent.value;
        case Scheme::unknown:
            return sent.value.empty() ? sent.raw : sent.value;
        default:
            return {};
    }
}

// A placeholder is no secret.
bool may_be_secret(std::string_view token) {
    return is_token68(token) && !iequals(token, "undefined");
}

std::string password_of(const Credentials& sent) {
    if (sent.kind != Scheme::basic) return {};
    const Base64 decoded = decode_base64(sent.value, Alphabet::either);
    const std::size_t colon = decoded.bytes.find(':');
    if (!decoded.ok() || colon == npos) return {};
    std::string password = decoded.bytes.substr(colon + 1);
    // "invalid username or password" would give it away on every refusal.
    return iequals(password, "password") ? std::string() : password;
}

constexpr std::size_t shortest_secret = 6;

// Where the answer repeats a secret: "the body", a field name, or empty.
std::string place_of(std::string_view secret, const Response& response) {
    if (secret.size() < shortest_secret) return {};
    for (const Field& line : response.fields.lines())
        if (line.value.size() >= secret.size() && line.value.find(secret) != npos)
            return "the field " + std::string(line.name);
    if (response.body.size() >= secret.size() && response.body.find(secret) != npos)
        return "the body";
    return {};
}

const SyntaxFlaw* first_flaw(const Exchange& exchange) {
    if (!exchange.challenges.flaws.empty()) return &exchange.challenges.flaws.front();
    if (!exchange.proxy_challenges.flaws.empty()) return &exchange.proxy_challenges.flaws.front();
    return nullptr;
}

}  // namespace

std::optional<Evidence> unauthorized_without_challenge(const Exchange& exchange) {
    if (exchange.response.status != 401 || !exchange.challenges.absent()) return std::nullopt;
    if (exchange.challenges.lines > 0)
        return certain("the WWW-Authenticate of this 401 holds no challenge");
    return certain("upstream sent no WWW-Authenticate");
}

std::optional<Evidence> challenge_syntax_invalid(const Exchange& exchange) {
    const SyntaxFlaw* flaw = first_flaw(exchange);
    if (!flaw) return std::nullopt;
    const std::string name =
        exchange.challenges.flaws.empty() ? "Proxy-Authenticate" : "WWW-Authenticate";
    return certain(name + " line " + std::to_string(flaw->line + 1) + " ends at byte " +
                       std::to_string(flaw->offset) + ": " + std::string(flaw->expected) +
                       " was expected",
                   {{"line", number(flaw->line + 1)},
                    {"offset", number(flaw->offset)},
                    {"expected", std::string(flaw->expected)}});
}

std::optional<Evidence> challenge_empty_element(const Exchange& exchange) {
    const std::size_t empty = exchange.challenges.empty_elements;
    if (empty == 0 || exchange.challenges.absent()) return std::nullopt;
    return certain("the list of challenges holds " + std::to_string(empty) + " empty element" +
                       (empty == 1 ? "" : "s"),
                   {{"empty_elements", number(empty)}});
}

std::optional<Evidence> challenge_bad_whitespace(const Exchange& exchange) {
    if (!exchange.challenges.bad_whitespace) return std::nullopt;
    if (exchange.challenges.tab_after_scheme)
        return certain("a tab stands between scheme and parameters where a space is due");
    return certain("white space stands around a \"=\" of a challenge");
}

std::optional<Evidence> challenge_duplicate_param(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        for (const Parameter& parameter : challenge.parameters)
            if (challenge.parameter(parameter.name) != &parameter)
                return certain(
                    "the " + challenge.scheme + " challenge has " + lowered(parameter.name) +
                        " twice",
                    {{"scheme", challenge.scheme}, {"parameter", lowered(parameter.name)}});
    return std::nullopt;
}

std::optional<Evidence> challenge_realm_not_quoted(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        for (const Parameter& parameter : challenge.parameters)
            if (!parameter.quoted && iequals(parameter.name, "realm"))
                return certain("the realm of the " + challenge.scheme + " challenge has no quotes",
                               {{"scheme", challenge.scheme}, {"realm", parameter.value}});
    return std::nullopt;
}

std::optional<Evidence> challenge_duplicate(const Exchange& exchange) {
    const std::vector<Challenge>& all = exchange.challenges.challenges;
    for (std::size_t i = 1; i < all.size(); ++i)
        for (std::size_t earlier = 0; earlier < i; ++earlier)
            if (same_challenge(all[i], all[earlier]))
                return certain("the same " + all[i].scheme + " challenge stands there twice",
                               {{"scheme", all[i].scheme}});
    return std::nullopt;
}

std::optional<Evidence> challenge_scheme_unregistered(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (!is_known_scheme(challenge.scheme, *exchange.expected))
            return certain("the scheme " + challenge.scheme + " is not in IANA's registry",
                           {{"scheme", challenge.scheme}});
    return std::nullopt;
}

std::optional<Evidence> challenge_multiple_in_one_field(const Exchange& exchange) {
    const std::size_t most = exchange.challenges.most_on_one_line;
    if (most < 2) return std::nullopt;
    return certain(std::to_string(most) + " challenges stand on one field line",
                   {{"challenges", number(most)}});
}

std::optional<Evidence> challenge_non_ascii(const Exchange& exchange) {
    if (!exchange.challenges.non_ascii) return std::nullopt;
    return certain("WWW-Authenticate holds a byte beyond US-ASCII");
}

std::optional<Evidence> challenge_on_unexpected_status(const Exchange& exchange) {
    if (exchange.challenges.absent()) return std::nullopt;
    const int status = exchange.response.status;
    if (status == 401 || status == 400 || status == 403 || status == 407) return std::nullopt;
    const std::vector<Challenge>& all = exchange.challenges.challenges;
    if (!all.empty() && std::all_of(all.begin(), all.end(), may_ride_on_success))
        return std::nullopt;
    return certain("a challenge came with status " + std::to_string(status),
                   {{"status", std::int64_t{status}}});
}

std::optional<Evidence> challenge_leaks_credential(const Exchange& exchange) {
    for (const Credentials& sent : exchange.credentials) {
        const std::string_view token = token_of(sent);
        std::string place = place_of(token, exchange.response);
        if (!place.empty() && may_be_secret(token))
            return certain("the answer repeats the credential in " + place, {{"place", place}});
        place = place_of(password_of(sent), exchange.response);
        if (!place.empty())
            return certain("the answer repeats the password in " + place, {{"place", place}});
    }
    return std::nullopt;
}

std::optional<Evidence> proxy_challenge_on_unauthorized(const Exchange& exchange) {
    if (exchange.response.status != 401 || exchange.proxy_challenges.absent() ||
        !exchange.challenges.absent())
        return std::nullopt;
    return certain("this 401 has Proxy-Authenticate and no WWW-Authenticate");
}

std::optional<Evidence> proxy_auth_without_challenge(const Exchange& exchange) {
    if (exchange.response.status != 407 || !exchange.proxy_challenges.absent()) return std::nullopt;
    if (!exchange.challenges.absent())
        return certain("this 407 has WWW-Authenticate where Proxy-Authenticate is due");
    return certain("this 407 has no Proxy-Authenticate");
}

}  // namespace whogoes::rules::compliance
