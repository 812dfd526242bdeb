#pragma once

#include "rules/cookies.hpp"
#include "rules/exchange.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What History keeps of one client, and the two things it does with it. Inside of History; nothing
// here holds a credential, only keyed hashes.
namespace whogoes::rules {

// A request reduced to hashes; 0: there is none.
struct Seen {
    TimePoint at{};
    std::uint64_t route = 0;       // method and path
    std::uint64_t credential = 0;  // scheme without case, and credential
    std::uint64_t scheme = 0;      // scheme without case, and whether a JWT follows
    std::uint64_t cookie = 0;      // the session's, where it is known, else all of them
    Credentials authorization{};
    bool registered_spelling = false;
    bool has_origin = false;
    std::uint64_t agent = 0;  // the User-Agent

    // Who asked, as far as a bystander can tell one user from another.
    std::uint64_t identity() const { return credential != 0 ? credential : cookie; }
};

struct CredentialNote {
    std::uint64_t credential = 0;
    std::uint64_t scheme = 0;
    std::uint64_t subject = 0;  // iss and sub of a JWT
    double issued_at = 0;
    std::string fingerprint{};  // of a JWT, where fingerprints are on
    std::optional<TimePoint> accepted_at{};
    std::uint64_t accepted_route = 0;
    std::optional<TimePoint> accepted_elsewhere_at{};  // on any route but accepted_route
    bool accepted_in_registered_spelling = false;
    std::vector<TimePoint> refused_at{};
};

struct RouteNote {  // a 2xx
    TimePoint at{};
    std::uint64_t route = 0;
    std::uint64_t identity = 0;
    bool with_origin = false;
};

struct CookieNote {
    std::uint64_t cookie = 0;
    TimePoint accepted_at{};
};

struct RedirectNote {
    TimePoint at{};
    int status = 0;
    std::uint64_t target = 0;  // the URL that it led to
    std::string from_url{}, to_url{};
    bool cross_origin = false;
};

struct CookieHash {
    std::uint64_t name = 0, value = 0;
};

struct SetCookieNote {
    TimePoint at{};
    std::string name{};
    std::string path{};
    std::vector<CookieFlaw> flaws{};
    bool came_back = false;
    // The browser profile that was given it: its name, and what it held already.
    std::uint64_t agent = 0;
    std::vector<CookieHash> companions{};
};

struct NonceNote {
    std::uint64_t nonce = 0;
    std::uint32_t count = 0;
    TimePoint at{};
};

struct FirstLegNote {
    TimePoint at{};
    std::uint64_t route = 0;
    std::vector<Scheme> offered{};
    bool completed = false;
};

struct RenewalNotes {
    std::vector<TimePoint> at{};
    std::optional<TimePoint> succeeded_at{};  // and nothing with a token was answered since
    int vain = 0;
};

struct ClientNotes {
    RenewalNotes renewals{};
    std::deque<CredentialNote> credentials{};  // a flood of tokens drops the first each time
    std::vector<RouteNote> routes{};
    std::vector<CookieNote> cookies{};
    std::vector<RedirectNote> redirects{};
    std::vector<SetCookieNote> set_cookies{};
    std::vector<NonceNote> nonces{};
    std::vector<FirstLegNote> first_legs{};
    std::optional<TimePoint> bearer_sent_at{};
};

struct HistoryLimits;
class Fingerprinter;

// "http://localhost:8401", by what the client itself says it dialled.
std::string dialled_origin(const Exchange&);
Seen reduce(const Exchange&, std::uint64_t hash_key);
// The cookies that a request carries, hashed; at most eight.
std::vector<CookieHash> cookie_hashes(const Exchange&, std::uint64_t hash_key);
std::uint64_t url_hash(std::string_view url, std::uint64_t hash_key);
std::uint64_t subject_hash(const Jwt&, std::uint64_t hash_key);

struct DigestUse {
    std::uint64_t nonce = 0;
    std::uint32_t count = 0;
};
std::optional<DigestUse> digest_use(const Credentials&, std::uint64_t hash_key);

// A refusal without credentials may turn out to be the first leg of a handshake.
bool is_first_leg(const Exchange&, const Seen&);
bool is_known(const ClientNotes&, std::uint64_t credential);
void note_refusal(ClientNotes&, std::uint64_t credential, TimePoint at);
void note_exchange(ClientNotes&, const Exchange&, const Seen&, const HistoryLimits&,
                   std::uint64_t hash_key, Fingerprinter* fingerprints);
Recollection recollect(const ClientNotes&, const Exchange&, const Seen&, const HistoryLimits&,
                       std::uint64_t hash_key);

}  // namespace whogoes::rules
