#include "rules/recollection.hpp"

#include <algorithm>

namespace whogoes::rules {
namespace {

bool same_age(Milliseconds a, Milliseconds b) noexcept {
    using std::chrono::floor;
    using std::chrono::seconds;
    return floor<seconds>(a) == floor<seconds>(b);
}

bool same_age(const std::optional<Milliseconds>& a, const std::optional<Milliseconds>& b) noexcept {
    return a.has_value() == b.has_value() && (!a || same_age(*a, *b));
}

bool same_redirect(const std::optional<LostRedirect>& a,
                   const std::optional<LostRedirect>& b) noexcept {
    if (a.has_value() != b.has_value()) return false;
    return !a || (a->status == b->status && a->from_url == b->from_url && a->to_url == b->to_url &&
                  a->cross_origin == b->cross_origin && same_age(a->age, b->age));
}

bool same_cookie(const CookieSeen& a, const CookieSeen& b) noexcept {
    return a.name == b.name && a.blocked_because == b.blocked_because && same_age(a.age, b.age);
}

}  // namespace

bool tell_the_same(const Recollection& a, const Recollection& b) noexcept {
    return same_redirect(a.lost_redirect, b.lost_redirect) &&
           std::equal(a.cookies_set.begin(), a.cookies_set.end(), b.cookies_set.begin(),
                      b.cookies_set.end(), same_cookie) &&
           same_age(a.credential_accepted_ago, b.credential_accepted_ago) &&
           same_age(a.cookie_accepted_ago, b.cookie_accepted_ago) &&
           a.accepted_in_registered_spelling == b.accepted_in_registered_spelling &&
           a.scheme_accepted == b.scheme_accepted &&
           same_age(a.newer_token_accepted_ago, b.newer_token_accepted_ago) &&
           a.newer_token_fingerprint == b.newer_token_fingerprint &&
           a.renewals_in_60s == b.renewals_in_60s && a.vain_renewals == b.vain_renewals &&
           a.refused_in_30s == b.refused_in_30s && same_age(a.refused_window, b.refused_window) &&
           a.path_accepted_with_other_credential == b.path_accepted_with_other_credential &&
           a.accepted_without_origin == b.accepted_without_origin &&
           a.bearer_sent_elsewhere == b.bearer_sent_elsewhere &&
           a.digest_last_nc == b.digest_last_nc && a.handshake_completed == b.handshake_completed &&
           same_age(a.credential_accepted_elsewhere_ago, b.credential_accepted_elsewhere_ago);
}

}  // namespace whogoes::rules
