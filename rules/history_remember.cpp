#include "rules/compliance/readings.hpp"
#include "rules/fingerprint.hpp"
#include "rules/history.hpp"
#include "rules/history_notes.hpp"
#include "rules/text.hpp"

#include <boost/url.hpp>

#include <algorithm>
#include <utility>
#include <vector>

// What one exchange adds to the notes on its client.
namespace whogoes::rules {
namespace {

constexpr std::size_t most_small = 16;     // redirects, nonces
constexpr std::size_t most_legs = 32;      // first legs
constexpr std::size_t most_refusals = 32;  // of one credential
constexpr std::chrono::seconds handshake_window{10};

bool is_success(int status) { return status >= 200 && status < 300; }

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

template <class Notes>
typename Notes::value_type& keep(Notes& notes, typename Notes::value_type note, std::size_t most) {
    if (notes.size() >= most) notes.erase(notes.begin());
    notes.push_back(std::move(note));
    return notes.back();
}

CredentialNote& credential_note(ClientNotes& notes, const Exchange& exchange, const Seen& seen,
                                std::size_t most, std::uint64_t hash_key,
                                Fingerprinter* fingerprints) {
    for (CredentialNote& note : notes.credentials)
        if (note.credential == seen.credential) return note;
    CredentialNote note;
    note.credential = seen.credential;
    note.scheme = seen.scheme;
    // Only a new credential is looked into: a success that is told again costs no parsing.
    std::optional<Jwt> parsed;
    if (!exchange.jwt) parsed = parse_jwt(seen.authorization.value);
    const std::optional<Jwt>& jwt = exchange.jwt ? exchange.jwt : parsed;
    if (jwt && jwt->readable() && jwt->iat.kind == ClaimKind::number) {
        note.subject = subject_hash(*jwt, hash_key);
        note.issued_at = jwt->iat.value;
        if (!exchange.fingerprint.empty())
            note.fingerprint = exchange.fingerprint;
        else if (fingerprints)
            note.fingerprint =
                fingerprints->token(seen.authorization.scheme, seen.authorization.value);
    }
    return keep(notes.credentials, std::move(note), most);
}

void note_acceptance(CredentialNote& note, const Seen& seen) {
    if (note.accepted_at && note.accepted_route != seen.route)
        note.accepted_elsewhere_at = note.accepted_at;
    note.accepted_at = seen.at;
    note.accepted_route = seen.route;
    note.accepted_in_registered_spelling |= seen.registered_spelling;
}

void note_credential(ClientNotes& notes, const Exchange& exchange, const Seen& seen,
                     const HistoryLimits& limits, std::uint64_t hash_key,
                     Fingerprinter* fingerprints) {
    if (seen.credential == 0) return;
    if (seen.authorization.kind == Scheme::bearer) notes.bearer_sent_at = seen.at;
    const int status = outcome_of(exchange);
    if (!is_success(status) && status != 401) return;
    CredentialNote& note =
        credential_note(notes, exchange, seen, limits.entries_a_client, hash_key, fingerprints);
    if (status == 401)
        keep(note.refused_at, seen.at, most_refusals);
    else
        note_acceptance(note, seen);
}

// A renewal that works, a 401, a renewal, a 401: the signature of a loop.
void note_renewal(RenewalNotes& notes, const Exchange& exchange, const Seen& seen) {
    const int status = outcome_of(exchange);
    if (exchange.expected && compliance::is_refresh_call(exchange)) {
        keep(notes.at, seen.at, most_refusals);
        if (is_success(status)) notes.succeeded_at = seen.at;
        return;
    }
    if (seen.authorization.kind != Scheme::bearer || !(is_success(status) || status == 401)) return;
    const bool renewed =
        notes.succeeded_at && seen.at - *notes.succeeded_at <= std::chrono::seconds(60);
    if (is_success(status))
        notes.vain = 0;
    else if (renewed)
        ++notes.vain;
    if (is_success(status) || renewed) notes.succeeded_at.reset();
}

void note_route(ClientNotes& notes, const Seen& seen, const HistoryLimits& limits) {
    const RouteNote note{seen.at, seen.route, seen.identity(), seen.has_origin};
    std::erase_if(notes.routes, [&](const RouteNote& other) {
        return other.route == note.route && other.identity == note.identity &&
               other.with_origin == note.with_origin;
    });
    keep(notes.routes, note, limits.entries_a_client);
    if (seen.cookie == 0) return;
    std::erase_if(notes.cookies,
                  [&](const CookieNote& other) { return other.cookie == seen.cookie; });
    keep(notes.cookies, CookieNote{seen.cookie, seen.at}, limits.entries_a_client);
}

std::string without_query(std::string_view url) {
    return std::string(url.substr(0, url.find_first_of("?#")));
}

void note_redirect(ClientNotes& notes, const Exchange& exchange, const Seen& seen,
                   std::uint64_t hash_key) {
    const std::optional<std::string_view> location = exchange.response.fields.first("Location");
    if (!is_redirect(exchange.response.status) || seen.credential == 0 || !location) return;
    const std::string origin = dialled_origin(exchange);
    const std::string from = origin + std::string(exchange.request.target);
    const auto base = boost::urls::parse_uri(from);
    const auto reference = boost::urls::parse_uri_reference(*location);
    boost::urls::url to;
    if (!base || !reference || !boost::urls::resolve(*base, *reference, to)) return;
    to.normalize();
    const boost::urls::url_view& from_here = *base;
    const bool same_origin = to.scheme() == from_here.scheme() &&
                             iequals(to.encoded_host(), from_here.encoded_host()) &&
                             to.port() == from_here.port();
    const std::string_view target(to.buffer());
    keep(notes.redirects,
         RedirectNote{seen.at, exchange.response.status, url_hash(target, hash_key),
                      without_query(from), without_query(target), !same_origin},
         most_small);
}

// RFC 6265bis, 5.7: what a script of another site fetches may set no cookie that is for its own
// site alone. Where SameSite is absent, browsers differ.
bool is_lost_across_sites(const SetCookie& cookie, const Fields& request) {
    return (iequals(cookie.same_site, "Lax") || iequals(cookie.same_site, "Strict")) &&
           iequals(request.first("Sec-Fetch-Site").value_or(""), "cross-site") &&
           !iequals(request.first("Sec-Fetch-Mode").value_or("navigate"), "navigate");
}

void note_cookies(ClientNotes& notes, const Exchange& exchange, const Seen& seen,
                  const HistoryLimits& limits, std::uint64_t hash_key) {
    for (const Field& line : exchange.request.fields.lines()) {
        if (notes.set_cookies.empty() || !iequals(line.name, "Cookie")) continue;
        for (const std::string_view name : cookie_names(line.value))
            for (SetCookieNote& note : notes.set_cookies) note.came_back |= note.name == name;
    }
    const CookieOrigin* origin = nullptr;
    std::string dialled;
    CookieOrigin split;
    for (const Field& line : exchange.response.fields.lines()) {
        if (!iequals(line.name, "Set-Cookie")) continue;
        const std::optional<SetCookie> cookie = parse_set_cookie(line.value, seen.at);
        if (!cookie) continue;
        std::erase_if(notes.set_cookies,
                      [&](const SetCookieNote& note) { return note.name == cookie->name; });
        // A theme, a CSRF token, what renews a session: nothing that a 401 would be about.
        const Holds holds = holds_at(Where::cookie, cookie->name, cookie->value);
        if (holds != Holds::session && holds != Holds::token && holds != Holds::perhaps) continue;
        if (cookie->removed) continue;
        if (!origin) {
            dialled = dialled_origin(exchange);
            split = cookie_origin(dialled);
            origin = &split;
        }
        const std::string_view path =
            cookie->path.empty() ? default_path(exchange.request.path) : cookie->path;
        std::vector<CookieFlaw> flaws = storage_flaws(*cookie, *origin);
        if (is_lost_across_sites(*cookie, exchange.request.fields))
            flaws.push_back(CookieFlaw::same_site_across);
        keep(notes.set_cookies,
             SetCookieNote{seen.at, std::string(cookie->name), std::string(path), std::move(flaws),
                           false, seen.agent, cookie_hashes(exchange, hash_key)},
             limits.entries_a_client);
    }
}

void note_nonce(ClientNotes& notes, const Seen& seen, std::uint64_t hash_key) {
    const std::optional<DigestUse> use = digest_use(seen.authorization, hash_key);
    if (!use) return;
    for (NonceNote& note : notes.nonces) {
        if (note.nonce != use->nonce) continue;
        note.count = std::max(note.count, use->count);
        note.at = seen.at;
        return;
    }
    keep(notes.nonces, NonceNote{use->nonce, use->count, seen.at}, most_small);
}

void note_legs(ClientNotes& notes, const Exchange& exchange, const Seen& seen) {
    const int status = outcome_of(exchange);
    if (seen.credential == 0) {
        if (!is_first_leg(exchange, seen)) return;
        FirstLegNote leg{seen.at, seen.route};
        for (const Challenge& challenge : exchange.challenges.challenges)
            leg.offered.push_back(scheme_of(challenge.scheme));
        keep(notes.first_legs, std::move(leg), most_legs);
        return;
    }
    if (status == 401) return;
    for (FirstLegNote& leg : notes.first_legs) {
        const bool offered = std::find(leg.offered.begin(), leg.offered.end(),
                                       seen.authorization.kind) != leg.offered.end();
        if (leg.route == seen.route && offered && seen.at - leg.at <= handshake_window)
            leg.completed = true;
    }
}

}  // namespace

bool is_first_leg(const Exchange& exchange, const Seen& seen) {
    return seen.credential == 0 && exchange.response.status == 401 &&
           !exchange.challenges.challenges.empty();
}

bool is_known(const ClientNotes& notes, std::uint64_t credential) {
    const auto same = [&](const CredentialNote& note) { return note.credential == credential; };
    return std::any_of(notes.credentials.begin(), notes.credentials.end(), same);
}

void note_refusal(ClientNotes& notes, std::uint64_t credential, TimePoint at) {
    for (CredentialNote& note : notes.credentials)
        if (note.credential == credential) keep(note.refused_at, at, most_refusals);
}

void note_exchange(ClientNotes& notes, const Exchange& exchange, const Seen& seen,
                   const HistoryLimits& limits, std::uint64_t hash_key,
                   Fingerprinter* fingerprints) {
    note_credential(notes, exchange, seen, limits, hash_key, fingerprints);
    note_renewal(notes.renewals, exchange, seen);
    if (is_success(outcome_of(exchange))) note_route(notes, seen, limits);
    note_redirect(notes, exchange, seen, hash_key);
    note_cookies(notes, exchange, seen, limits, hash_key);
    note_nonce(notes, seen, hash_key);
    note_legs(notes, exchange, seen);
}

}  // namespace whogoes::rules
