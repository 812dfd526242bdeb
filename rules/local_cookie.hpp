#pragma once

#include "rules/cookies.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace whogoes::rules {

// A Set-Cookie of an API that lives elsewhere, so changed that a browser at `origin` keeps it.
struct LocalCookie {
    std::string value;  // the field's new value
    std::string words;  // what was changed, with the cookie's name and never its value
};

// Takes away a Domain that is not this origin's, and over plain http Secure with what needs it:
// SameSite=None becomes Lax, Partitioned goes. A name with __Secure- or __Host- keeps Secure, since
// without it no browser stores the cookie at all. `cross_site`: the page that asks is of another
// site than `origin`; on a loopback name SameSite=None; Secure then stays, for Lax would not be
// sent back. Empty: it is fine as it is.
std::optional<LocalCookie> localized(std::string_view field_value, const CookieOrigin& origin,
                                     bool cross_site);

}  // namespace whogoes::rules
