#include "rules/compliance/readings.hpp"
#include "rules/remedy.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>

namespace whogoes::rules {
namespace {

struct Preset {
    std::string_view name, value;
    bool resource_metadata;
};

constexpr std::array<Preset, 3> presets{{{"bearer", "Bearer realm=\"api\"", false},
                                         {"basic", "Basic realm=\"api\", charset=\"UTF-8\"", false},
                                         {"mcp", "Bearer realm=\"api\"", true}}};

constexpr std::size_t longest_offer = 2048;
constexpr std::size_t longest_realm = 64;
constexpr std::size_t longest_realm_url = 256;  // container registries put a URL there

using Flaw = std::optional<OfferFlaw>;

std::size_t offset_of(std::string_view text, const Parameter& parameter) {
    const std::size_t at = ifind(text, parameter.name + "=");
    return at == npos ? 0 : at;
}

Flaw bad_octet(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto octet = static_cast<unsigned char>(text[at]);
        const std::string hex = "0x" + hex_of(text.substr(at, 1));
        if (octet < 0x20 || octet == 0x7F)
            return OfferFlaw{at, "the byte " + hex +
                                     " is a control character, which no field value may hold: "
                                     "take it out"};
        if (octet >= 0x80)
            return OfferFlaw{at, "the byte " + hex +
                                     " is not ASCII, and clients read it in different ways: "
                                     "spell it in ASCII"};
    }
    return std::nullopt;
}

// Where the second challenge begins: behind a comma that its scheme follows.
std::size_t second_challenge(std::string_view text, const ChallengeList& list) {
    const std::string_view scheme = list.challenges[1].scheme;
    for (std::size_t comma = text.find(','); comma != npos; comma = text.find(',', comma + 1)) {
        std::size_t at = comma + 1;
        while (at < text.size() && is_ows(text[at])) ++at;
        if (text.substr(at).starts_with(scheme)) return at;
    }
    return 0;
}

Flaw bad_syntax(std::string_view text, const ChallengeList& list) {
    if (!list.flaws.empty()) {
        const SyntaxFlaw& flaw = list.flaws.front();
        return OfferFlaw{flaw.offset, std::string(flaw.expected) +
                                          " was expected here: write a challenge such as "
                                          "Bearer realm=\"api\""};
    }
    if (list.challenges.empty())
        return OfferFlaw{0,
                         "there is no challenge in it: write one such as Bearer realm=\"api\", "
                         "or a preset: bearer, basic, mcp"};
    if (list.challenges.size() > 1)
        return OfferFlaw{second_challenge(text, list),
                         "a second challenge begins here, and many clients read only the first of "
                         "a line: give each challenge an entry of its own"};
    if (list.empty_elements > 0)
        return OfferFlaw{text.front() == ',' ? 0 : text.rfind(','),
                         "a comma stands alone, and many clients stop there: take it out"};
    if (list.bad_whitespace)
        return OfferFlaw{text.find('='),
                         "white space around \"=\" is forbidden to senders: write name=\"value\""};
    return std::nullopt;
}

// Nonce and handshake belong to the upstream: a challenge that it did not make cannot be answered.
std::string_view why_never(Scheme scheme) {
    switch (scheme) {
        case Scheme::digest:
            return "a Digest challenge needs a nonce that only the API can make and check";
        case Scheme::negotiate:
        case Scheme::ntlm:
            return "this scheme is a handshake between client and API on one connection";
        case Scheme::scram:
        case Scheme::hoba:
        case Scheme::mutual:
            return "this scheme begins with a value that only the API can make and check";
        case Scheme::aws4_hmac_sha256:
            return "this scheme signs requests to AWS, whose challenge only AWS can make";
        default:
            return {};
    }
}

Flaw bad_scheme(const Challenge& challenge) {
    const std::string_view reason = why_never(scheme_of(challenge.scheme));
    if (reason.empty()) return std::nullopt;
    return OfferFlaw{0, challenge.scheme + " cannot be offered for an API: " + std::string(reason) +
                            "; offer Bearer or Basic, or let the API send its own challenge"};
}

// More likely a preset that was mistyped than a scheme that nobody knows.
Flaw lone_word(const Challenge& challenge) {
    const bool written_as_preset = std::none_of(challenge.scheme.begin(), challenge.scheme.end(),
                                                [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!written_as_preset || scheme_of(challenge.scheme) != Scheme::unknown ||
        !challenge.parameters.empty() || !challenge.token68.empty())
        return std::nullopt;
    return OfferFlaw{0,
                     "\"" + challenge.scheme +
                         "\" is neither a preset (bearer, basic, mcp) nor a scheme that is known: "
                         "for a scheme of your own write " +
                         challenge.scheme + " realm=\"api\""};
}

Flaw bad_realm(std::string_view text, const Challenge& challenge) {
    const Parameter* realm = challenge.parameter("realm");
    if (!realm) {
        if (!challenge.is("Basic")) return std::nullopt;
        return OfferFlaw{text.size(),
                         "a Basic challenge needs a realm (RFC 7617, 2), and half of "
                         "all clients insist on it: write Basic realm=\"api\", or use "
                         "the preset basic"};
    }
    const std::size_t at = offset_of(text, *realm);
    if (!realm->quoted)
        return OfferFlaw{
            at, "the realm needs quotes (RFC 9110, 11.5): write realm=\"" + realm->value + "\""};
    if (realm->value.empty()) return OfferFlaw{at, "the realm is empty: give it a name"};
    const bool url = realm->value.find("://") != npos;
    const std::size_t longest = url ? longest_realm_url : longest_realm;
    if (realm->value.size() > longest)
        return OfferFlaw{
            at, "the realm is longer than " + std::to_string(longest) + " characters: shorten it"};
    if (realm->raw.find('\\') != npos)
        return OfferFlaw{at,
                         "the realm holds a backslash, which clients read in different ways: "
                         "leave quotes and backslashes out of it"};
    return std::nullopt;
}

bool takes_parameters(const Challenge& challenge) {
    return challenge.is("Basic") || compliance::takes_token(challenge);
}

Flaw bad_parameter(std::string_view text, const Challenge& challenge) {
    for (const Parameter& parameter : challenge.parameters) {
        const std::size_t at = offset_of(text, parameter);
        if (istarts_with(parameter.name, "error"))
            return OfferFlaw{at, parameter.name +
                                     " belongs to one refusal and not to all of them: take it out; "
                                     "whogoes adds error= where a token was refused"};
        if (challenge.parameter(parameter.name) != &parameter)
            return OfferFlaw{at, parameter.name + " stands there twice: keep one of them"};
    }
    if (!challenge.token68.empty() && takes_parameters(challenge))
        return OfferFlaw{text.find(challenge.token68),
                         challenge.scheme + " takes parameters, not a bare word: write " +
                             challenge.scheme + " realm=\"api\""};
    return std::nullopt;
}

// Whatever else an upstream would be blamed for. Each check reads one exchange, so there is one: a
// 401 with this challenge and nothing else.
Flaw broken_rule(std::string_view text) {
    Exchange exchange;
    exchange.request.method = "GET";
    exchange.request.target = exchange.request.path = "/";
    exchange.response.status = 401;
    exchange.response.fields.add("WWW-Authenticate", text);
    exchange.read();
    for (const RuleRow& row : rulebook()) {
        if (row.rule.severity == Severity::info) continue;
        if (const std::optional<Evidence> evidence = row.check(exchange))
            return OfferFlaw{0, evidence->words + " (" + std::string(row.rule.id) +
                                    "): " + std::string(row.rule.advice)};
    }
    return std::nullopt;
}

Flaw flaw_of(std::string_view text) {
    if (text.empty())
        return OfferFlaw{0,
                         "the challenge is empty: write one such as Bearer realm=\"api\", or a "
                         "preset: bearer, basic, mcp"};
    if (text.size() > longest_offer)
        return OfferFlaw{longest_offer, "the challenge is longer than " +
                                            std::to_string(longest_offer) +
                                            " bytes: no client expects that"};
    if (Flaw flaw = bad_octet(text)) return flaw;
    const ChallengeList list = parse_challenges({&text, 1});
    // The scheme first: what else is wrong with a Digest challenge does not matter.
    if (!list.challenges.empty())
        if (Flaw flaw = bad_scheme(list.challenges.front())) return flaw;
    if (Flaw flaw = bad_syntax(text, list)) return flaw;
    const Challenge& challenge = list.challenges.front();
    if (Flaw flaw = lone_word(challenge)) return flaw;
    if (Flaw flaw = bad_parameter(text, challenge)) return flaw;
    if (Flaw flaw = bad_realm(text, challenge)) return flaw;
    return broken_rule(text);
}

}  // namespace

std::string challenge_preset_names() {
    std::string names;
    for (const Preset& preset : presets) names.append(names.empty() ? "" : "|").append(preset.name);
    return names;
}

Result<Offer, OfferFlaw> parse_offer(std::string_view text) {
    const std::string_view trimmed = trim(text);
    for (const Preset& preset : presets)
        if (trimmed == preset.name)
            return Offer{std::string(preset.value),
                         scheme_of(preset.value.substr(0, preset.value.find(' '))),
                         preset.resource_metadata};
    if (std::optional<OfferFlaw> flaw = flaw_of(trimmed)) {
        flaw->offset += static_cast<std::size_t>(trimmed.data() - text.data());
        return *std::move(flaw);
    }
    return Offer{std::string(trimmed), scheme_of(trimmed.substr(0, trimmed.find(' '))), false};
}

}  // namespace whogoes::rules
