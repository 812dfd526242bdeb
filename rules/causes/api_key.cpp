#include "rules/causes/api_key.hpp"

#include "rules/causes/missing.hpp"
#include "rules/causes/reading.hpp"

#include <utility>

namespace whogoes::rules::causes {
namespace {

// A name that any API may give to its key.
bool is_anybodys(std::string_view name) {
    for (const std::string_view known : {"x-api-key", "api-key", "apikey", "api_key"})
        if (iequals(name, known)) return true;
    return false;
}

}  // namespace

std::optional<Evidence> api_key_invalid(const Exchange& exchange) {
    const Carried* const key = api_key(exchange);
    std::vector<Fact> facts;
    if (key) facts.push_back(fact("key_name", key->name));
    const Field* const own = key ? nullptr : own_field_with_a_key(exchange);
    if (own) facts.push_back(fact("key_name", own->name));
    if (exchange.carries(Sent::credential) || own)
        if (std::optional<Evidence> said = told(exchange, "api-key-invalid", facts)) return said;
    if (!key || !credential_absent(exchange)) return std::nullopt;
    if (is_forbidden(exchange) && exchange.recollection.credential_accepted_ago)
        return std::nullopt;
    // Who says that none came has read none.
    if (says_none_came(exchange)) return std::nullopt;
    // Who sends to a login, or asks for a password, has not looked at it; but a product reads the
    // field that is named after it.
    const bool asks_for_other = exchange.response.status / 100 == 3 ||
                                exchange.challenges.offers("Basic") ||
                                exchange.challenges.offers("Digest");
    if (asks_for_other && is_anybodys(key->name)) return std::nullopt;
    return guess("the only credential is the key in " + place_name(*key) +
                     ", which may be wrong, restricted or of another environment",
                 std::move(facts));
}

std::optional<Evidence> api_key_missing(const Exchange& exchange) {
    if (exchange.carries(Sent::api_key)) return std::nullopt;
    std::optional<Evidence> said = told(exchange, "api-key-missing");
    if (said)
        said->words =
            (exchange.carries(Sent::credential) ? "no key came where the API reads it, and "
                                                : "no API key came, and ") +
            said->words;
    return said;
}

}  // namespace whogoes::rules::causes
