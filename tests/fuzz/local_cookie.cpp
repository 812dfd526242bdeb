#include "rules/local_cookie.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// A Set-Cookie of any octets, for each kind of place: what comes out is one that needs no further
// change, that a browser keeps as far as its name allows, and that has no octet of its own making.
namespace {

using namespace whogoes::rules;

void require(bool condition) {
    if (!condition) std::abort();
}

void check(std::string_view value, const CookieOrigin& origin, bool cross_site) {
    const auto local = localized(value, origin, cross_site);
    if (!local) return;
    require(!localized(local->value, origin, cross_site));
    const auto cookie = parse_set_cookie(local->value, {});
    require(cookie.has_value());
    // What a name promises is kept, though over plain http nobody may store it.
    const bool promises = cookie->name.starts_with("__");
    require(promises || storage_flaws(*cookie, origin).empty());
    const std::string known = std::string(value) + " SameSite=Lax";
    for (const char c : local->value) require(known.find(c) != std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view value(reinterpret_cast<const char*>(data), size);
    for (const bool cross_site : {false, true})
        for (const CookieOrigin& origin :
             {CookieOrigin{"http", "localhost"}, CookieOrigin{"http", "10.0.0.7"},
              CookieOrigin{"https", "api.dev.test"}})
            check(value, origin, cross_site);
    return 0;
}
