#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Between field blocks (RFC 9113, 8) and heads in the form that the house passes messages on in,
// which is HTTP/1.1's. Pure: HPACK and frames are nghttp2's, and so are the checks of names, of
// pseudo-fields and of their order; what could end a line of a head is checked here once more.
namespace whogoes::h2 {

// A field block on its way in, gathered field by field.
class FieldBlock {
public:
    explicit FieldBlock(std::size_t most = 0) : most_(most) {}

    void add(std::string_view name, std::string_view value);

    bool malformed() const noexcept { return malformed_; }
    // Longer than `most`, each field counted with 32 octets more; what is over it was dropped.
    bool too_large() const noexcept { return size_ > most_; }
    // Nobody has so much by mistake: a few octets name a long field of the table again and again.
    bool is_bomb() const noexcept { return size_ > 16 * most_; }

    // The head of a request, to its empty line. `ends`: there is no body. Empty: Host and
    // :authority name two (RFC 9113, 8.3.1).
    std::string request(bool ends) const;
    // The same of an answer to a request that was (or was not) HEAD; of an interim one as well.
    std::string answer(bool ends, bool to_head) const;
    // Whole lines, each with its CRLF.
    const std::string& lines() const noexcept { return lines_; }

    int status() const noexcept;
    const std::string& length() const noexcept { return length_; }  // Content-Length; empty: none
    const std::string& method() const noexcept { return method_; }
    // Whether the head that was made frames the body by chunks: without a length, and where
    // trailers are announced, which no other framing has room for.
    bool chunked(bool ends) const noexcept {
        return !ends && (length_.empty() || announces_trailers_);
    }

private:
    void add_pseudo(std::string_view name, std::string_view value);

    std::size_t most_;
    std::size_t size_ = 0;
    bool malformed_ = false, announces_trailers_ = false;
    std::string method_, authority_, path_, status_, host_, length_, cookies_, lines_;
};

struct Field {
    std::string_view name, value;
};

// A head of ours on its way out: its lines as fields, without what HTTP/2 has no use for (RFC 9113,
// 8.2.2). Views into the text, whose names are written in small letters in place.
struct SplitHead {
    std::string_view method, target;  // of a request
    int status = 0;                   // of an answer
    std::string_view host;
    std::string_view length;  // of Content-Length; empty: none
    bool chunked = false;
    std::vector<Field> fields;
};
SplitHead split_request(std::string& head);
SplitHead split_answer(std::string& head);

// Trailer lines in the same way.
std::vector<Field> split_trailers(std::string& lines);

}  // namespace whogoes::h2
