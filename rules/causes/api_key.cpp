#include "rules/causes/api_key.hpp"

#include "rules/causes/reading.hpp"

#include <utility>

namespace whogoes::rules::causes {

std::optional<Evidence> api_key_invalid(const Exchange& exchange) {
    const bool named = exchange.heard.says(Wording::api_key);
    // Beside an Authorization the key is only suspected where the upstream names it.
    if (!named && !credential_absent(exchange)) return std::nullopt;
    const std::optional<ApiKey> key = api_key(exchange);
    if (!key) return std::nullopt;
    if (is_forbidden(exchange) && !named && exchange.recollection.credential_accepted_ago)
        return std::nullopt;
    std::vector<Fact> facts{fact("key_name", key->name)};
    if (named)
        return likely("a key came in " + std::string(key->name) + ", and the upstream says " +
                          saying(exchange, Wording::api_key),
                      std::move(facts));
    return possible("the only credential is the key in " + std::string(key->name) +
                        ", which may be wrong, restricted or of another environment",
                    std::move(facts));
}

std::optional<Evidence> api_key_missing(const Exchange& exchange) {
    if (!exchange.heard.says(Wording::api_key_missing)) return std::nullopt;
    if (sent_as(sole_credentials(exchange), Scheme::apikey) || api_key(exchange))
        return std::nullopt;
    std::string text = saying(exchange, Wording::api_key_missing);
    return likely("no API key came, and the upstream says " + text,
                  {fact("text", text),
                   fact("expected_key_names", std::vector<std::string>{"X-API-Key", "api_key"})});
}

}  // namespace whogoes::rules::causes
