#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

// Where a credential may travel beside Authorization, and what stands there. The one table that
// reading, absence, redaction, description and quoting ask; proxy/report/redact has beside it what
// is secret though it is no credential of a request. Its rows are the `places` of
// rules/dialects/; what no row names is judged by its name and shape.
namespace whogoes::rules {

struct Request;
struct Dialect;

enum class Where : std::uint8_t {
    field,        // a header field of the request
    cookie,       //
    query,        // a parameter of the URL
    member,       // of a form or JSON body
    subprotocol,  // of Sec-WebSocket-Protocol
    scheme,       // of Authorization
};

enum class Holds : std::uint8_t {
    nothing,  // known to be no credential
    token,
    api_key,
    password,
    session,
    refresh_token,
    signature,
    csrf,      // a secret that proves an origin, not a caller
    secret,    // never to be shown, and no credential of a request: a state, a nonce, a code
    identity,  // says who asks, and proves nothing; may be shown
    perhaps,   // looks like a credential, and nobody knows the place
};

struct CredentialPlace {
    Where where = Where::field;
    std::string_view name{};  // in lower case; a cookie's may end in "*"
    Holds holds = Holds::token;
};

// Something that a request carried. Views into the request; holds a secret, so it has no formatter.
struct Carried {
    Where where = Where::field;
    Holds holds = Holds::token;
    std::string_view name{};
    std::string_view value{};
};

// What may be a credential by itself: not csrf, identity, secret or nothing.
constexpr bool may_authenticate(Holds holds) noexcept {
    return holds != Holds::nothing && holds != Holds::csrf && holds != Holds::secret &&
           holds != Holds::identity;
}

// What stands at a place, whoever asks: the table's word, else a guess by name and value. `value`
// may be empty where only the name is known; a guess is then about the name alone.
Holds holds_at(Where, std::string_view name, std::string_view value,
               std::span<const Dialect> more = {}) noexcept;

// … of a query's parameter, beside the others: "p" is a password where "u" names a user.
Holds holds_in_query(std::string_view query, std::string_view name, std::string_view value,
                     std::span<const Dialect> more = {}) noexcept;

// Whether a value at this place must never be shown: the table's word, else a guess by the name.
bool is_secret_at(Where, std::string_view name) noexcept;

// … by the table alone, for texts that would be no use with every guess masked.
bool is_known_secret(Where, std::string_view name, std::string_view value) noexcept;

// All that a request carries outside Authorization, in order: fields, cookies, query, body,
// subprotocols. Reads at most the first 64 of them.
std::vector<Carried> carried_by(const Request&, std::span<const Dialect> more);

// The places of all built-in dialects, sorted by place and name.
std::span<const CredentialPlace> known_places() noexcept;

}  // namespace whogoes::rules
