#include "proxy/http/head_parser.hpp"

#include "proxy/http/octets.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>

#include <array>
#include <cstring>
#include <limits>

namespace whogoes::http {
namespace {

namespace beast = boost::beast;

constexpr Flaw bare_lf{400, "a line ends with LF alone; HTTP/1.1 lines end with CR LF",
                       "RFC 9112, 2.2"};
constexpr Flaw folded_line{400, "a field is folded over two lines, or white space comes before it",
                           "RFC 9112, 5.2"};
constexpr Flaw too_many_fields{431, "more header fields than limits allow", "RFC 6585, 5"};
constexpr Flaw too_many_options{400, "Connection names more than 64 options", "RFC 9110, 7.6.1"};

// More than any sender has a use for: each option is compared with each field.
constexpr int connection_options = 64;

// Beast has looked every name up already: its field says ours without a second look, where it has
// one.
class KnownFields {
public:
    KnownFields() {
        for (std::size_t number = 1; number < names_.size(); ++number) {
            const beast::string_view text = to_string(static_cast<beast::http::field>(number));
            names_[number] = field_name({text.data(), text.size()});
        }
    }
    FieldName name_of(beast::http::field field, std::string_view text) const {
        const auto number = static_cast<std::size_t>(field);
        return number == 0 || number >= names_.size() ? field_name(text) : names_[number];
    }

private:
    std::array<FieldName, static_cast<std::size_t>(beast::http::field::xref) + 1> names_{};
};

const KnownFields known_fields;

// Observes: of what Beast says, only the fields' places are kept. Offsets, since the buffer moves.
template <bool is_request>
class FieldObserver : public beast::http::basic_parser<is_request> {
public:
    explicit FieldObserver(Head& head) : head_(head) {
        // The caller has found the end and judged the size already.
        this->header_limit(std::numeric_limits<std::uint32_t>::max());
        this->body_limit(boost::none);
        this->eager(false);
    }

private:
    using error_code = beast::error_code;
    using string_view = beast::string_view;

    void on_field_impl(beast::http::field field, string_view name, string_view value,
                       error_code&) override {
        FieldLine line;
        line.begin = offset(name.data());
        line.name_end = line.begin + static_cast<std::uint32_t>(name.size());
        line.value_begin = offset(value.data());
        line.value_end = line.value_begin + static_cast<std::uint32_t>(value.size());
        line.name = known_fields.name_of(field, {name.data(), name.size()});
        if (!head_.fields.empty()) head_.fields.back().end = line.begin;
        head_.fields.push_back(line);
    }

    void on_request_impl(beast::http::verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    std::uint32_t offset(const char* place) const {
        return static_cast<std::uint32_t>(place - head_.bytes.data());
    }

    Head& head_;
};

Flaw flaw_of(const beast::error_code& error) {
    using enum beast::http::error;
    if (error == bad_line_ending) return {400, "a CR stands without its LF", "RFC 9112, 2.2"};
    if (error == bad_field)
        return {400,
                "a field name is empty, or holds a byte that no name may have (white space "
                "before the colon?)",
                "RFC 9112, 5.1"};
    if (error == bad_value)
        return {400, "a field value holds a control character, or Connection is no list of words",
                "RFC 9110, 5.5"};
    if (error == bad_content_length)
        return {400, "Content-Length is not one plain number, or stands beside Transfer-Encoding",
                "RFC 9112, 6.3"};
    if (error == multiple_content_length)
        return {400, "two Content-Length values that differ", "RFC 9112, 6.3"};
    if (error == bad_transfer_encoding)
        return {400, "Transfer-Encoding comes twice, or beside Content-Length", "RFC 9112, 6.1"};
    return {400, "this is not an HTTP/1.1 head", "RFC 9112, 2.1"};
}

template <bool is_request>
std::optional<Flaw> note_fields(Head& head, std::string_view start_line, std::string_view rest) {
    FieldObserver<is_request> parser(head);
    beast::error_code error;
    parser.put(boost::asio::const_buffer(start_line.data(), start_line.size()), error);
    if (error == beast::http::error::need_more && !rest.empty())
        parser.put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    if (error) return flaw_of(error);
    if (!head.fields.empty())
        head.fields.back().end = static_cast<std::uint32_t>(head.bytes.size() - 2);
    return std::nullopt;
}

// h2c would carry requests past every check of ours (RFC 9113, 3.1 has withdrawn it), and TLS or
// another HTTP in the middle of a connection would as well.
bool may_be_tunnelled(std::string_view protocols) {
    bool any = false;
    bool allowed = true;
    each_element(protocols, [&](std::string_view protocol) {
        const std::string_view name = protocol.substr(0, protocol.find('/'));
        any = true;
        if (!is_token(name) || same_word(name, "http") || same_word(name, "tls") ||
            same_word(name.substr(0, 2), "h2"))
            allowed = false;
    });
    return any && allowed;
}

}  // namespace

Lines find_lines(std::string_view text, const HeadLimits& limits) {
    Lines lines;
    std::size_t begin = 0;
    for (std::size_t number = 0;; ++number) {
        const void* found = std::memchr(text.data() + begin, '\n', text.size() - begin);
        if (!found) return lines;
        const auto lf = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        if (lf == begin || text[lf - 1] != '\r') {
            lines.flaw = bare_lf;
            return lines;
        }
        if (number == 0) lines.first_end = lf + 1;
        if (lf == begin + 1) {
            lines.end = lf + 1;
            return lines;
        }
        if (number > limits.fields) {
            lines.flaw = too_many_fields;
            return lines;
        }
        begin = lf + 1;
        if (begin == text.size()) return lines;
        // Beast would join a folded value in a buffer of its own; RFC 9112, 5.2 lets us refuse.
        if (is_blank(text[begin])) {
            lines.flaw = folded_line;
            return lines;
        }
    }
}

std::optional<Flaw> note_request_fields(RequestHead& head) {
    return note_fields<true>(head, head.bytes, {});
}

std::optional<Flaw> note_response_fields(ResponseHead& head) {
    // Beast 1.81 refuses a status line that ends behind its code. Many servers send it so, and
    // nothing about it is ambiguous: Beast is given a whole one in its place.
    constexpr std::string_view with_space = "HTTP/1.1 200 \r\n";
    const std::string_view line = head.bytes.substr(0, head.line_end);
    constexpr std::size_t code_end = 12;
    if (line.size() == code_end + 2)
        return note_fields<false>(head, with_space, head.bytes.substr(head.line_end));
    return note_fields<false>(head, head.bytes, {});
}

std::optional<Flaw> read_connection(Head& head) {
    bool close = false;
    bool keep = false;
    bool upgrade = false;
    int options = 0;
    int upgrades = 0;
    std::string_view protocols;
    for (const FieldLine& line : head.fields) {
        if (line.name == FieldName::upgrade) {
            protocols = head.value_of(line);
            ++upgrades;
        }
        if (line.name != FieldName::connection) continue;
        each_element(head.value_of(line), [&](std::string_view option) {
            ++options;
            if (same_word(option, "close"))
                close = true;
            else if (same_word(option, "keep-alive"))
                keep = true;
            else if (same_word(option, "upgrade"))
                upgrade = true;
            else
                head.nominates = true;
        });
    }
    // RFC 9110, 7.8: an Upgrade in HTTP/1.0 is ignored.
    head.upgrade =
        upgrade && upgrades == 1 && head.minor_version == 1 && may_be_tunnelled(protocols);
    head.keep_alive = !close && (head.minor_version == 1 || keep);
    if (options > connection_options) return too_many_options;
    return std::nullopt;
}

HeadProgress flawed(const Flaw& flaw) {
    HeadProgress progress;
    progress.progress = Progress::flawed;
    progress.flaw = flaw;
    return progress;
}

}  // namespace whogoes::http
