#include "proxy/http/head_parser.hpp"
#include "proxy/http/octets.hpp"

#include <algorithm>

namespace whogoes::http {
namespace {

constexpr int bad_gateway = 502;
constexpr Flaw bad_status_line{bad_gateway, "the answer does not begin with HTTP/1.1 and a status",
                               "RFC 9112, 4"};
constexpr Flaw bad_status{bad_gateway, "the answer's status lies outside 100 to 599",
                          "RFC 9110, 15"};
constexpr Flaw unasked_101{bad_gateway, "a 101 that was not asked for, or not to this protocol",
                           "RFC 9110, 7.8"};
constexpr Flaw answer_head_too_long{bad_gateway, "the answer's head is longer than limits.header",
                                    "RFC 9110, 15.6.3"};

constexpr std::string_view version_start = "HTTP/1.";
constexpr std::size_t code_begin = 9;
constexpr std::size_t code_end = 12;

// Refuses an answer that is not HTTP/1 with its first wrong octet.
bool can_become_status_line(std::string_view text) {
    const std::size_t shared = std::min(text.size(), version_start.size());
    return text.substr(0, shared) == version_start.substr(0, shared);
}

std::optional<Flaw> read_status_line(ResponseHead& head) {
    const std::string_view line = head.bytes.substr(0, head.line_end - 2);
    if (line.size() < code_end || !can_become_status_line(line)) return bad_status_line;
    const char minor = line[version_start.size()];
    if ((minor != '0' && minor != '1') || line[code_begin - 1] != ' ') return bad_status_line;
    const std::string_view code = line.substr(code_begin, code_end - code_begin);
    if (!is_digits(code) || (line.size() > code_end && line[code_end] != ' '))
        return bad_status_line;
    head.minor_version = minor - '0';
    for (const char c : code) head.status = head.status * 10 + (c - '0');
    return head.status < 100 || head.status > 599 ? std::optional(bad_status) : std::nullopt;
}

// RFC 9110, 7.8: a server must not switch to what the client has not named. Versions are between
// the two of them.
bool is_offered(const RequestHead& request, const ResponseHead& head) {
    const auto name_of = [](std::string_view protocol) {
        return protocol.substr(0, protocol.find('/'));
    };
    bool any = false;
    bool offered = true;
    for (const FieldLine& line : head.fields) {
        if (line.name != FieldName::upgrade) continue;
        each_element(head.value_of(line), [&](std::string_view protocol) {
            bool this_one = false;
            each_element(request.value(FieldName::upgrade), [&](std::string_view offer) {
                this_one = this_one || same_word(name_of(offer), name_of(protocol));
            });
            any = true;
            offered = offered && this_one;
        });
    }
    return any && offered;
}

bool has_no_body(const RequestHead& request, const ResponseHead& head) {
    return request.is_head || head.status < 200 || head.status == 204 || head.status == 304;
}

std::optional<Flaw> read_whole(const RequestHead& request, ResponseHead& head) {
    if (const auto flaw = read_status_line(head)) return flaw;
    if (const auto flaw = note_response_fields(head)) return flaw;
    if (const auto flaw = read_framing(head)) return flaw;
    if (const auto flaw = read_connection(head)) return flaw;
    if (head.status == 101 && (!request.upgrade || !is_offered(request, head))) return unasked_101;
    if (has_no_body(request, head)) {
        head.framing = Framing::none;
    } else if (!head.find(FieldName::transfer_encoding) && !head.find(FieldName::content_length)) {
        head.framing = Framing::until_close;
        head.keep_alive = false;
    }
    return std::nullopt;
}

HeadProgress bad_answer(Flaw flaw) {
    flaw.status = bad_gateway;
    return flawed(flaw);
}

}  // namespace

std::string_view ResponseHead::reason_in(std::string_view octets) const {
    if (line_end < code_end + 2 || line_end > octets.size()) return {};
    const std::string_view line = octets.substr(0, line_end - 2);
    const std::size_t begin = line.find_first_not_of(' ', code_end);
    return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

HeadProgress parse_response_head(std::string_view buffer, const HeadLimits& limits,
                                 const RequestHead& request, ResponseHead& head) {
    reset(head);
    if (!can_become_status_line(buffer)) return bad_answer(bad_status_line);
    const Lines lines = find_lines(buffer, limits);
    if (lines.flaw) return bad_answer(*lines.flaw);
    if (lines.end > limits.octets || (lines.end == 0 && buffer.size() > limits.octets))
        return bad_answer(answer_head_too_long);
    if (lines.end == 0) return {};

    head.bytes = buffer.substr(0, lines.end);
    head.line_end = static_cast<std::uint32_t>(lines.first_end);
    if (const std::optional<Flaw> flaw = read_whole(request, head)) return bad_answer(*flaw);
    HeadProgress progress;
    progress.progress = Progress::complete;
    progress.octets = lines.end;
    return progress;
}

std::chrono::seconds keep_alive_timeout(const ResponseHead& head) {
    constexpr std::string_view name = "timeout=";
    constexpr int longest = 100'000;
    const std::string_view value = head.value(FieldName::keep_alive);
    const std::size_t at = value.find(name);
    if (at == std::string_view::npos) return std::chrono::seconds(0);
    int seconds = 0;
    for (const char digit : value.substr(at + name.size())) {
        if (!is_digit(digit) || seconds > longest) break;
        seconds = seconds * 10 + (digit - '0');
    }
    return std::chrono::seconds(seconds);
}

}  // namespace whogoes::http
