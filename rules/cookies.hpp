#pragma once

#include "rules/time.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// Set-Cookie and Cookie, and whether a browser may store what an answer sets (RFC 6265bis, 5.6 and
// 5.7). Not a cookie jar: a value is never kept.
namespace whogoes::rules {

struct SetCookie {
    std::string_view name{};
    std::string_view value{};
    std::string_view domain{};     // as sent, a leading dot included; empty: host-only
    std::string_view path{};       // empty: the default path
    std::string_view same_site{};  // as sent; empty: absent
    bool secure = false;
    bool http_only = false;
    bool partitioned = false;
    bool removed = false;     // Max-Age of zero or less, or Expires in the past
    bool persistent = false;  // Max-Age or Expires is there
};

// Empty when a browser would ignore the whole line (no name and no value).
std::optional<SetCookie> parse_set_cookie(std::string_view field_value, TimePoint now);

enum class CookieFlaw : std::uint8_t {
    secure_over_http,    // on a name that is not loopback; there browsers store it
    same_site_insecure,  // SameSite=None without Secure
    domain_mismatch,     // the host does not domain-match Domain, or it is a bare suffix
    prefix,              // __Secure- or __Host- without what it promises
    same_site_across,    // SameSite=Lax or Strict, set by an answer to another site's script
};
std::string_view words(CookieFlaw) noexcept;  // "Secure over http", …: for evidence

// An origin split for these rules: "http://localhost:8401". Scheme and host only.
struct CookieOrigin {
    std::string_view scheme{};
    std::string_view host{};  // without port and brackets
    bool secure() const;
    bool loopback() const;  // localhost, *.localhost, 127/8, ::1
};
CookieOrigin cookie_origin(std::string_view origin);

// Each duty the cookie breaks, for an answer given at `origin`; not whose page asked for it.
std::vector<CookieFlaw> storage_flaws(const SetCookie&, const CookieOrigin&);
// Secure over plain http, loopback or not: WebKit refuses it everywhere.
bool secure_over_http(const SetCookie&, const CookieOrigin&);

bool domain_matches(std::string_view host, std::string_view domain);  // RFC 6265bis, 5.1.3
bool path_matches(std::string_view request_path, std::string_view cookie_path);  // 5.1.4
std::string_view default_path(std::string_view request_path);                    // 5.1.4

// The names of a Cookie field's pairs, in order. What has no "=" is all value (RFC 6265bis, 5.6):
// its name is empty.
std::vector<std::string_view> cookie_names(std::string_view field_value);
std::optional<std::string_view> cookie_value(std::string_view field_value, std::string_view name);

}  // namespace whogoes::rules
