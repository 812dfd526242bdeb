#pragma once

#include "rules/exchange.hpp"

#include <string_view>

// Whether a redirect leads to a page where people log in. Patterns, not knowledge: the words that
// paths of login pages are made of.
namespace whogoes::rules::compliance {

// A 301, 302, 303, 307 or 308 whose Location looks like a login page, and is not merely the same
// resource under a tidier URL.
bool redirects_to_login(const Exchange&);

bool is_login_url(std::string_view path, std::string_view query);

}  // namespace whogoes::rules::compliance
