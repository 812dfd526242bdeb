#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// A keyed fingerprint of a credential: correlates log lines without holding the secret. Keyed,
// because a plain hash of a password or a short API key can be guessed; cut to 48 bits, to bound
// linkability. Not a hash for tables: 0.5 µs for a JWT.
namespace whogoes::rules {

using FingerprintKey = std::array<std::uint8_t, 32>;

class Fingerprinter {
public:
    explicit Fingerprinter(const FingerprintKey&);
    ~Fingerprinter();
    Fingerprinter(Fingerprinter&&) noexcept;
    Fingerprinter& operator=(Fingerprinter&&) noexcept;

    // "tk_" and 12 lower-case hex digits over the lower-case scheme, a zero octet and the
    // credential. Not thread-safe: one a worker.
    std::string token(std::string_view scheme, std::string_view credential);
    std::string user(std::string_view name);  // "us_…"

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace whogoes::rules
