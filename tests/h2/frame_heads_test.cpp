#include "proxy/h2/frame_heads.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace whogoes::h2 {
namespace {

const std::string preface(24, 'p');
const std::string empty_settings{0, 0, 0, 4, 0, 0, 0, 0, 0};
const std::string unknown = std::string{0, 0, 3, 0x21, 7, 0, 0, 1, 5} + "abc";

TEST_CASE("frames are told apart however they arrive, the unknown ones too") {
    const std::string all = preface + empty_settings + unknown + empty_settings;
    for (std::size_t at_once = 1; at_once <= all.size(); ++at_once) {
        FrameHeads frames(24);
        std::vector<FrameHead> heads;
        std::string passed;
        for (std::size_t at = 0; at < all.size(); at += at_once) {
            std::string_view octets = std::string_view(all).substr(at, at_once);
            while (!octets.empty()) {
                const std::size_t before = octets.size();
                passed += frames.next(octets);
                REQUIRE(octets.size() < before);
                if (frames.began()) heads.push_back(frames.head());
            }
            CHECK(frames.is_within() == (at + at_once < all.size() && passed != preface &&
                                         passed != preface + empty_settings &&
                                         passed != preface + empty_settings + unknown));
        }
        CHECK(passed == all);
        REQUIRE(heads.size() == 3);
        CHECK(heads[0].type == 4);
        CHECK(heads[1].type == 0x21);
        CHECK(heads[1].flags == 7);
        CHECK(heads[1].length == 3);
        CHECK(heads[1].stream == 261);
    }
}

}  // namespace
}  // namespace whogoes::h2
