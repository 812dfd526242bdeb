#include "proxy/http/coding.hpp"
#include "proxy/tools/recorded.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace whogoes::tools {
namespace {

constexpr std::size_t most_exchanges = 1000;

// Behind "HTTP/1.1 401 ".
std::string_view reason_of(std::string_view line) {
    const std::size_t code = line.find(' ');
    const std::size_t end = code == rules::npos ? code : line.find(' ', code + 1);
    return end == rules::npos ? std::string_view() : rules::trim(line.substr(end));
}

std::optional<int> status_of(std::string_view line) {
    if (!rules::istarts_with(line, "HTTP/")) return std::nullopt;
    const auto words = rules::words_of(line);
    if (words.size() < 2 || words[0].size() < 6 || words[1].size() != 3) return std::nullopt;
    int status = 0;
    const auto [end, error] =
        std::from_chars(words[1].data(), words[1].data() + words[1].size(), status);
    if (error != std::errc{} || end != words[1].data() + 3 || status < 100) return std::nullopt;
    return status;
}

// Whether this is a request line, noting what it says.
bool note_request_line(std::string_view line, Recorded& recorded) {
    const auto words = rules::words_of(line);
    if (words.size() != 3 || !rules::is_token(words[0]) ||
        !rules::istarts_with(words[2], "HTTP/") || rules::istarts_with(words[0], "HTTP/"))
        return false;
    recorded.method = words[0];
    recorded.target = words[1];
    recorded.request_known = true;
    if (const auto url = split_url(words[1])) {
        recorded.origin = url->origin;
        recorded.target = url->target;
    }
    return true;
}

bool note_field(std::string_view line, std::vector<NameValue>& fields) {
    if (rules::is_ows(line[0]) && !fields.empty()) {  // obs-fold (RFC 9112, 5.2)
        fields.back().second += " " + std::string(rules::trim(line));
        return true;
    }
    const auto colon = line.find(':');
    if (colon == line.npos || colon == 0) return false;
    fields.emplace_back(line.substr(0, colon), rules::trim(line.substr(colon + 1)));
    return true;
}

class Transcript {
public:
    explicit Transcript(std::string_view text) : text_(text) {}

    Recording read() {
        if (text_.find("\n< HTTP/") != text_.npos || text_.starts_with("< HTTP/"))
            read_verbose();
        else
            read_plain();
        if (flaw_.empty() && exchanges_.empty())
            flaw_ = "holds no HTTP answer: pipe in what `curl -si URL` prints";
        if (!flaw_.empty()) return Recording(boost::system::in_place_error, flaw_);
        return Recording(boost::system::in_place_value, std::move(exchanges_));
    }

private:
    bool more() const { return at_ < text_.size() && exchanges_.size() < most_exchanges; }

    std::string_view take_line() {
        const auto end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        at_ = std::min(end + 1, text_.size());
        ++line_number_;
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }

    void refuse(std::string_view what) {
        if (flaw_.empty()) flaw_ = "line " + std::to_string(line_number_) + " " + std::string(what);
    }

    void finish(Recorded& recorded, std::string_view body) {
        // 1xx is not the answer (RFC 9110, 15.2), but after 101 there is no other.
        if (recorded.status >= 100 && recorded.status < 200 && recorded.status != 101) {
            recorded.status = 0;
            recorded.response_fields.clear();
            return;
        }
        std::optional<std::string> decoded;
        for (const auto& [name, value] : recorded.response_fields)
            if (rules::iequals(name, "content-encoding"))
                decoded = http::decoded(value, body, most_body_octets);
        recorded.keep_body(decoded ? std::string_view(*decoded) : body);
        for (const auto& [name, value] : recorded.request_fields)
            if (rules::iequals(name, "host") && recorded.origin == "http://localhost")
                recorded.origin = "http://" + rules::lowered(value);
        exchanges_.push_back(std::move(recorded));
        recorded = {};
    }

    void read_head(std::vector<NameValue>& fields) {
        while (at_ < text_.size() && flaw_.empty()) {
            const std::string_view line = take_line();
            if (line.empty()) return;
            if (!note_field(line, fields)) refuse("is no header field");
        }
    }

    // Up to what Content-Length says, else up to the next status line.
    std::string_view take_body(const std::vector<NameValue>& fields) {
        const std::string_view rest = text_.substr(at_);
        if (status_of(rest.substr(0, rest.find('\n'))))
            return {};  // heads alone, as -I prints them
        std::size_t length = rest.size();
        for (std::size_t next = 0; (next = rest.find("\nHTTP/", next)) != rest.npos; ++next)
            if (status_of(rest.substr(next + 1, rest.find('\n', next + 1) - next - 1))) {
                length = next + 1;
                break;
            }
        for (const auto& [name, value] : fields) {
            std::size_t stated = 0;
            const auto [end, error] =
                std::from_chars(value.data(), value.data() + value.size(), stated);
            if (rules::iequals(name, "content-length") && error == std::errc{} &&
                end == value.data() + value.size() && stated <= rest.size())
                length = stated;
        }
        const std::string_view body = rest.substr(0, length);
        line_number_ += static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n'));
        at_ += length;
        return body;
    }

    void read_plain() {
        Recorded recorded;
        while (more() && flaw_.empty()) {
            const std::string_view line = take_line();
            if (line.empty()) continue;
            if (const auto status = status_of(line)) {
                recorded.status = *status;
                recorded.reason = reason_of(line);
                read_head(recorded.response_fields);
                finish(recorded, take_body(recorded.response_fields));
            } else if (note_request_line(line, recorded)) {
                read_head(recorded.request_fields);
                if (!recorded.request_fields.empty()) take_body(recorded.request_fields);
            } else {
                refuse(
                    "is neither a status line nor a request line: pipe in what `curl -si URL` "
                    "prints");
            }
        }
    }

    // `curl -v`: "> " before what was sent, "< " before what came, "* " before remarks.
    void read_verbose() {
        Recorded recorded;
        std::string body;
        const auto end_exchange = [&] {
            if (recorded.status != 0) finish(recorded, body);
            body.clear();
        };
        while (more() && flaw_.empty()) {
            const std::string_view line = take_line();
            const std::string_view rest = line.substr(std::min<std::size_t>(2, line.size()));
            if (line.starts_with("> ")) {
                Recorded next;
                if (note_request_line(rest, next)) {
                    end_exchange();
                    recorded = std::move(next);
                } else if (!rest.empty() && !note_field(rest, recorded.request_fields)) {
                    refuse("is no header field");
                }
            } else if (line.starts_with("< ")) {
                if (const auto status = status_of(rest)) {
                    end_exchange();
                    recorded.status = *status;
                    recorded.reason = reason_of(rest);
                } else if (!rest.empty() && !note_field(rest, recorded.response_fields)) {
                    refuse("is no header field");
                }
            } else if (recorded.status != 0 && !line.starts_with("* ") && !line.starts_with("{ ") &&
                       line != ">" && line != "<") {
                body += std::string(line) + "\n";
            }
        }
        end_exchange();
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_number_ = 0;
    std::vector<Recorded> exchanges_;
    std::string flaw_;
};

}  // namespace

Recording read_transcript(std::string_view text) { return Transcript(text).read(); }

}  // namespace whogoes::tools
