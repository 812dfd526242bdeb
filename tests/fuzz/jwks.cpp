#include "rules/keys.hpp"
#include "rules/text.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

// A key set from anywhere either is refused in words or has keys with algorithms.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace whogoes::rules;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto keys = KeySet::from_jwks(text);
    if (!keys) {
        if (keys.error().empty() || !is_utf8(keys.error())) std::abort();
        return 0;
    }
    if (keys->empty() || keys->algorithms().empty()) std::abort();
    for (const std::string& alg : keys->algorithms()) {
        const std::string token = base64url_of(R"({"alg":")" + alg + "\"}") + ".e30." +
                                  base64url_of(std::string(64, 'x'));
        const std::optional<Jwt> jwt = parse_jwt(token);
        if (!jwt || keys->verify(*jwt) == Signature::verified) std::abort();
    }
    return 0;
}
