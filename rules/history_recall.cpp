#include "rules/history.hpp"
#include "rules/history_notes.hpp"
#include "rules/text.hpp"

#include <algorithm>

// What the notes on a client say about its present exchange.
namespace whogoes::rules {
namespace {

constexpr std::chrono::seconds redirect_window{5};
constexpr std::chrono::seconds refusal_window{30};
constexpr std::chrono::seconds renewal_window{60};

class Reader {
public:
    Reader(const ClientNotes& notes, const Exchange& exchange, const Seen& seen,
           const HistoryLimits& limits, std::uint64_t hash_key)
        : notes_(notes), exchange_(exchange), seen_(seen), limits_(limits), hash_key_(hash_key) {}

    Recollection read() {
        read_redirect();
        read_cookies();
        read_credential();
        read_newer_token();
        read_renewals();
        read_routes();
        read_nonce();
        read_first_legs();
        found_.bearer_sent_elsewhere = is_recent(notes_.bearer_sent_at);
        return std::move(found_);
    }

private:
    Milliseconds age_of(TimePoint at) const { return seen_.at - at; }
    bool is_recent(TimePoint at) const { return age_of(at) <= limits_.age; }
    bool is_recent(const std::optional<TimePoint>& at) const { return at && is_recent(*at); }

    void read_redirect() {
        if (seen_.credential != 0 || notes_.redirects.empty()) return;
        const std::uint64_t here =
            url_hash(dialled_origin(exchange_) + std::string(exchange_.request.target), hash_key_);
        for (const RedirectNote& note : notes_.redirects) {
            if (here == 0 || note.target != here || age_of(note.at) > redirect_window) continue;
            found_.lost_redirect = LostRedirect{note.status, note.from_url, note.to_url,
                                                note.cross_origin, age_of(note.at)};
        }
    }

    bool sends_cookie(std::string_view name) const {
        for (const Field& line : exchange_.request.fields.lines())
            if (iequals(line.name, "Cookie") && cookie_value(line.value, name)) return true;
        return false;
    }

    // What one profile of a machine was given is not held against another.
    bool is_same_profile(const SetCookieNote& note, const std::vector<CookieHash>& sent) const {
        if (note.agent != seen_.agent) return false;
        for (const CookieHash& before : note.companions)
            for (const CookieHash& now : sent)
                if (before.name == now.name && before.value != now.value) return false;
        return true;
    }

    void read_cookies() {
        const std::vector<CookieHash> sent = notes_.set_cookies.empty()
                                                 ? std::vector<CookieHash>()
                                                 : cookie_hashes(exchange_, hash_key_);
        for (const SetCookieNote& note : notes_.set_cookies) {
            if (!is_recent(note.at) || sends_cookie(note.name)) continue;
            // Stored, and not due here: a browser sends a cookie along its path alone.
            if (!path_matches(exchange_.request.path, note.path)) continue;
            if (!is_same_profile(note, sent)) continue;
            CookieSeen cookie{note.name, {}, age_of(note.at)};
            // A cookie that came back once was stored, whatever the rules say.
            if (!note.came_back)
                for (const CookieFlaw flaw : note.flaws)
                    cookie.blocked_because.emplace_back(words(flaw));
            found_.cookies_set.push_back(std::move(cookie));
        }
        if (seen_.cookie == 0) return;
        for (const CookieNote& note : notes_.cookies)
            if (note.cookie == seen_.cookie && is_recent(note.accepted_at))
                found_.cookie_accepted_ago = age_of(note.accepted_at);
    }

    void read_credential() {
        if (seen_.credential == 0) return;
        for (const CredentialNote& note : notes_.credentials) {
            if (note.credential == seen_.credential)
                read_credential(note);
            else if (note.scheme == seen_.scheme && is_recent(note.accepted_at))
                found_.scheme_accepted = true;
        }
    }

    void read_credential(const CredentialNote& note) {
        if (is_recent(note.accepted_at)) {
            found_.credential_accepted_ago = age_of(*note.accepted_at);
            found_.accepted_in_registered_spelling = note.accepted_in_registered_spelling;
        }
        const std::optional<TimePoint> elsewhere =
            note.accepted_route == seen_.route ? note.accepted_elsewhere_at : note.accepted_at;
        if (is_recent(elsewhere)) found_.credential_accepted_elsewhere_ago = age_of(*elsewhere);
        for (const TimePoint refused : note.refused_at) {
            if (age_of(refused) > refusal_window) continue;
            if (found_.refused_in_30s++ == 0) found_.refused_window = age_of(refused);
        }
    }

    void read_renewals() {
        const RenewalNotes& renewals = notes_.renewals;
        for (const TimePoint at : renewals.at)
            if (age_of(at) <= renewal_window) ++found_.renewals_in_60s;
        const bool again =
            renewals.succeeded_at && age_of(*renewals.succeeded_at) <= renewal_window;
        if (seen_.authorization.kind == Scheme::bearer && again)
            found_.vain_renewals = renewals.vain + 1;
    }

    void read_newer_token() {
        std::optional<Jwt> parsed;
        if (!exchange_.jwt) parsed = parse_jwt(seen_.authorization.value);
        const std::optional<Jwt>& jwt = exchange_.jwt ? exchange_.jwt : parsed;
        if (!jwt || jwt->iat.kind != ClaimKind::number) return;
        const std::uint64_t subject = subject_hash(*jwt, hash_key_);
        if (subject == 0) return;
        double newest = jwt->iat.value;
        for (const CredentialNote& note : notes_.credentials) {
            if (note.subject != subject || note.issued_at <= newest) continue;
            if (!is_recent(note.accepted_at)) continue;
            newest = note.issued_at;
            found_.newer_token_accepted_ago = age_of(*note.accepted_at);
            found_.newer_token_fingerprint = note.fingerprint;
        }
    }

    void read_routes() {
        for (const RouteNote& note : notes_.routes) {
            if (note.route != seen_.route || !is_recent(note.at)) continue;
            if (note.identity != 0 && note.identity != seen_.identity())
                found_.path_accepted_with_other_credential = true;
            if (!note.with_origin) found_.accepted_without_origin = true;
        }
    }

    void read_nonce() {
        const std::optional<DigestUse> use = digest_use(seen_.authorization, hash_key_);
        if (!use) return;
        for (const NonceNote& note : notes_.nonces)
            if (note.nonce == use->nonce && is_recent(note.at)) found_.digest_last_nc = note.count;
    }

    // Asked again once the second leg may have come: the exchange itself is then in the notes.
    void read_first_legs() {
        for (const FirstLegNote& leg : notes_.first_legs)
            if (leg.completed && leg.route == seen_.route && leg.at == seen_.at)
                found_.handshake_completed = seen_.credential == 0;
    }

    const ClientNotes& notes_;
    const Exchange& exchange_;
    const Seen& seen_;
    const HistoryLimits& limits_;
    std::uint64_t hash_key_;
    Recollection found_;
};

}  // namespace

Recollection recollect(const ClientNotes& notes, const Exchange& exchange, const Seen& seen,
                       const HistoryLimits& limits, std::uint64_t hash_key) {
    return Reader(notes, exchange, seen, limits, hash_key).read();
}

}  // namespace whogoes::rules
