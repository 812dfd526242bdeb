#include "rules/credentials.hpp"

#include "rules/text.hpp"

#include <array>

namespace whogoes::rules {
namespace {

struct SchemeName {
    std::string_view spelling;
    Scheme kind;
};

// The IANA registry of HTTP authentication schemes, and the unregistered ones that are met daily.
constexpr std::array scheme_names{
    SchemeName{"Bearer", Scheme::bearer},
    SchemeName{"Basic", Scheme::basic},
    SchemeName{"Digest", Scheme::digest},
    SchemeName{"DPoP", Scheme::dpop},
    SchemeName{"Negotiate", Scheme::negotiate},
    SchemeName{"NTLM", Scheme::ntlm},
    SchemeName{"Token", Scheme::token},
    SchemeName{"JWT", Scheme::jwt},
    SchemeName{"ApiKey", Scheme::apikey},
    SchemeName{"AWS4-HMAC-SHA256", Scheme::aws4_hmac_sha256},
    SchemeName{"HOBA", Scheme::hoba},
    SchemeName{"Mutual", Scheme::mutual},
    SchemeName{"OAuth", Scheme::oauth},
    SchemeName{"SCRAM-SHA-256", Scheme::scram},
    SchemeName{"SCRAM-SHA-1", Scheme::scram},
    SchemeName{"vapid", Scheme::vapid},
    SchemeName{"GNAP", Scheme::gnap},
    SchemeName{"PrivateToken", Scheme::private_token},
    SchemeName{"Concealed", Scheme::concealed},
};

}  // namespace

Credentials parse_credentials(std::string_view field_value) {
    Credentials credentials;
    credentials.raw = trim(field_value);
    if (credentials.raw.empty()) return credentials;
    const std::size_t end = find_ows(credentials.raw);
    credentials.scheme = credentials.raw.substr(0, end);
    if (end != npos) credentials.value = trim(credentials.raw.substr(end));
    credentials.kind = scheme_of(credentials.scheme);
    return credentials;
}

Scheme scheme_of(std::string_view name) {
    for (const SchemeName& row : scheme_names)
        if (iequals(row.spelling, name)) return row.kind;
    return Scheme::unknown;
}

std::string_view registered_spelling(Scheme kind) {
    for (const SchemeName& row : scheme_names)
        if (row.kind == kind) return row.spelling;
    return {};
}

std::string_view registered_spelling(std::string_view name) {
    for (const SchemeName& row : scheme_names)
        if (iequals(row.spelling, name)) return row.spelling;
    return {};
}

}  // namespace whogoes::rules
