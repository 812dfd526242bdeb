#pragma once

#include "rules/exchange.hpp"

#include <string_view>

// Whether a redirect leads to a page where people log in. Patterns, not knowledge: the words that
// paths of login pages are made of.
namespace whogoes::rules::compliance {

// A 301, 302, 303, 307 or 308 whose Location looks like a login page, and is not merely the same
// resource under a tidier URL.
bool redirects_to_login(const Exchange&);

// What a redirect from or to a login page says went wrong there, as sent: "bad_credentials" of
// "/login?error=bad_credentials"; empty where the name alone stands. nullopt: nothing did.
std::optional<std::string_view> error_of_login(const Exchange&);

bool is_login_url(std::string_view path, std::string_view query);

}  // namespace whogoes::rules::compliance
