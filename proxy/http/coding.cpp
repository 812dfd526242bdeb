#include "proxy/http/coding.hpp"

#include "proxy/http/octets.hpp"

#include <algorithm>
#include <limits>
#include <zlib.h>

namespace whogoes::http {
namespace {

// zlib's windowBits: the largest window, in each wrapping.
constexpr int gzip_window = 15 + 16;
constexpr int zlib_window = 15;
constexpr int raw_window = -15;

class Inflation {
public:
    Inflation(std::string_view body, int window) {
        // zlib only reads through next_in, but asks for a pointer that could write.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
        stream_.avail_in =
            static_cast<uInt>(std::min<std::size_t>(body.size(), std::numeric_limits<uInt>::max()));
        ready_ = inflateInit2(&stream_, window) == Z_OK;
    }
    Inflation(const Inflation&) = delete;
    Inflation& operator=(const Inflation&) = delete;
    ~Inflation() {
        if (ready_) inflateEnd(&stream_);
    }

    // What can be read, at most `limit` octets; `broken` when it ends in rubbish.
    std::string run(std::size_t limit) {
        std::string text;
        while (ready_ && !broken_ && text.size() < limit) {
            const std::size_t before = text.size();
            const std::size_t room = std::min<std::size_t>(limit - before, step);
            text.resize(before + room);
            stream_.next_out = reinterpret_cast<Bytef*>(text.data() + before);
            stream_.avail_out = static_cast<uInt>(room);
            const int result = inflate(&stream_, Z_SYNC_FLUSH);
            text.resize(text.size() - stream_.avail_out);
            if (result == Z_STREAM_END) {
                // RFC 1952, 2.2: a gzip file may be several members in a row.
                if (stream_.avail_in == 0 || inflateReset(&stream_) != Z_OK) break;
            } else if (result != Z_OK) {
                broken_ = result != Z_BUF_ERROR;
                break;
            } else if (stream_.avail_in == 0 && text.size() == before) {
                break;
            }
        }
        return text;
    }

    bool broken() const { return !ready_ || broken_; }

private:
    static constexpr std::size_t step = 16 * 1024;
    z_stream stream_{};
    bool ready_ = false;
    bool broken_ = false;
};

std::optional<std::string> inflated(std::string_view body, int window, std::size_t limit) {
    Inflation inflation(body, window);
    std::string text = inflation.run(limit);
    if (text.empty() && inflation.broken()) return std::nullopt;
    return text;
}

}  // namespace

std::optional<std::string> decoded(std::string_view content_encoding, std::string_view body,
                                   std::size_t limit) {
    const std::string_view coding = trimmed(content_encoding);
    if (coding.empty() || same_word(coding, "identity")) return std::string(body.substr(0, limit));
    if (same_word(coding, "gzip") || same_word(coding, "x-gzip"))
        return inflated(body, gzip_window, limit);
    if (!same_word(coding, "deflate")) return std::nullopt;
    // RFC 9110, 8.4.1.2 means the zlib format, and notes that some send the bare stream.
    std::optional<std::string> text = inflated(body, zlib_window, limit);
    return text ? text : inflated(body, raw_window, limit);
}

}  // namespace whogoes::http
