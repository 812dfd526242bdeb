#pragma once

#include "rules/time.hpp"

#include <optional>
#include <string_view>

// The dates of HTTP: the three forms of RFC 9110, 5.6.7, and the loose one of cookies.
namespace whogoes::rules {

// IMF-fixdate, RFC 850 or asctime. A two-digit year is the one nearest behind `now` plus 50 years.
std::optional<TimePoint> parse_http_date(std::string_view, TimePoint now);

// What a browser makes of a cookie's Expires (RFC 6265bis, 5.1.1).
std::optional<TimePoint> parse_cookie_date(std::string_view);

}  // namespace whogoes::rules
