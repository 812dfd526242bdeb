#include "proxy/http/coding.hpp"

#include <doctest/doctest.h>

#include <string>
#include <zlib.h>

namespace whogoes::http {
namespace {

constexpr int gzip_window = 31;
constexpr int zlib_window = 15;
constexpr int raw_window = -15;

std::string deflated(const std::string& text, int window) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 32, '\0');
    std::string in = text;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string words() {
    std::string text = "{\"error\":\"invalid_token\"}";
    for (int i = 0; i < 2000; ++i) text += std::to_string(i * 7919) + " ";
    return text;
}

TEST_CASE("gzip and both readings of deflate are undone") {
    const struct {
        const char* coding;
        int window;
    } rows[] = {{"gzip", gzip_window},
                {"GZIP", gzip_window},
                {" x-gzip ", gzip_window},
                {"deflate", zlib_window},
                {"Deflate", raw_window}};
    for (const auto& row : rows) {
        CAPTURE(row.coding);
        CAPTURE(row.window);
        const std::string body = deflated(words(), row.window);
        const auto text = decoded(row.coding, body, 1 << 20);
        REQUIRE(text);
        CHECK(*text == words());
    }
}

TEST_CASE("output is bounded, and a bomb is not blown up") {
    const std::string bomb = deflated(std::string(50'000'000, '0'), gzip_window);
    const auto text = decoded("gzip", bomb, 65536);
    REQUIRE(text);
    CHECK(text->size() == 65536);
    CHECK(decoded("gzip", bomb, 0)->empty());
}

TEST_CASE("a body that ends early gives what could be read") {
    const std::string body = deflated(words(), gzip_window);
    const auto text = decoded("gzip", body.substr(0, body.size() / 2), 1 << 20);
    REQUIRE(text);
    CHECK(text->size() > 100);
    CHECK(words().substr(0, text->size()) == *text);
    CHECK(decoded("gzip", "", 100)->empty());
}

TEST_CASE("gzip members in a row are one body") {
    const std::string body = deflated("one ", gzip_window) + deflated("two", gzip_window);
    CHECK(*decoded("gzip", body, 100) == "one two");
}

TEST_CASE("what cannot be undone is said to be so") {
    CHECK_FALSE(decoded("br", "x", 100));
    CHECK_FALSE(decoded("zstd", "x", 100));
    CHECK_FALSE(decoded("gzip, gzip", "x", 100));
    CHECK_FALSE(decoded("gzip", "this is no gzip", 100));
    CHECK_FALSE(decoded("deflate", "\xff\xff\xff\xff", 100));
    CHECK(*decoded("", "plain", 100) == "plain");
    CHECK(*decoded("identity", "plain", 3) == "pla");
}

}  // namespace
}  // namespace whogoes::http
