#include "rules/jwt.hpp"

#include "rules/keys.hpp"
#include "rules/text.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void check(std::string_view token) {
    using namespace whogoes::rules;
    static const KeySet keys = KeySet::from_hmac_secret("fuzzing-only-secret");
    const std::optional<Jwt> jwt = parse_jwt(token);
    if (!jwt) return;
    if (jwt->segments < 1 || jwt->segments > 6 || jwt->flawed_segment > 3) std::abort();
    if (jwt->flaw_offset > token.size() + 4) std::abort();
    if (jwt->aud.size() > 256 || jwt->scopes.size() > 256) std::abort();
    if (keys.verify(*jwt) == Signature::verified) std::abort();
}

}  // namespace

// As a token, and as the JSON of a header and a payload.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using whogoes::rules::base64url_of;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(text);
    const std::string header = base64url_of(R"({"alg":"HS256"})");
    const std::string signature(43, 'A');
    check(header + "." + base64url_of(text) + "." + signature);
    check(base64url_of(text) + "." + base64url_of("{}") + "." + signature);
    return 0;
}
