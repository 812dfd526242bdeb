#include "rules/keyed_hash.hpp"

#include <bit>
#include <cstring>

namespace whogoes::rules {
namespace {

struct State {
    std::uint64_t v0, v1, v2, v3;

    void round() noexcept {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }

    void absorb(std::uint64_t word) noexcept {
        v3 ^= word;
        round();
        v0 ^= word;
    }
};

}  // namespace

std::uint64_t keyed_hash(std::uint64_t key, std::string_view text) noexcept {
    const std::uint64_t other = std::rotl(key, 29) ^ 0x9E3779B97F4A7C15U;
    State state{key ^ 0x736F6D6570736575U, other ^ 0x646F72616E646F6DU, key ^ 0x6C7967656E657261U,
                other ^ 0x7465646279746573U};
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        state.absorb(word);
    }
    std::uint64_t last = 0;
    if (at < text.size()) std::memcpy(&last, text.data() + at, text.size() - at);
    state.absorb(last | (static_cast<std::uint64_t>(text.size()) << 56U));
    state.v2 ^= 0xFF;
    for (int i = 0; i < 3; ++i) state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

std::uint64_t brief_hash(std::uint64_t key, std::string_view text) noexcept {
    __extension__ using Wide = unsigned __int128;
    const auto folded = [](std::uint64_t a, std::uint64_t b) {
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    };
    const auto word_at = [&](std::size_t at, std::size_t octets) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, octets);
        return word;
    };
    const std::uint64_t first = folded(key ^ 0xA0761D6478BD642FU, 0xE7037ED1A0B428DBU);
    const std::uint64_t second = folded(key ^ 0x8EBC6AF09C88C6E3U, 0x589965CC75374CC3U);
    std::uint64_t state = first ^ text.size();
    std::size_t at = 0;
    for (; at + 16 <= text.size(); at += 16)
        state = folded(word_at(at, 8) ^ first ^ state, word_at(at + 8, 8) ^ second);
    const std::size_t left = text.size() - at;
    const std::uint64_t a = word_at(at, left < 8 ? left : 8);
    const std::uint64_t b = left > 8 ? word_at(at + 8, left - 8) : 0;
    return folded(folded(a ^ first ^ state, b ^ second), second);
}

}  // namespace whogoes::rules
