#include "proxy/net/random.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace whogoes::net {

std::string random_hex(std::size_t octets) {
    constexpr char digits[] = "0123456789abcdef";
    std::vector<unsigned char> random(octets);
    // Trace Context, 3.2.2.3: all zero is no id.
    do {
        if (::RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
            throw std::runtime_error("the system gives no random numbers");
    } while (std::all_of(random.begin(), random.end(), [](unsigned char c) { return c == 0; }));
    std::string text;
    for (const unsigned char c : random) {
        text += digits[c >> 4U];
        text += digits[c & 0xfU];
    }
    return text;
}

}  // namespace whogoes::net
