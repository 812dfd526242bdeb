#include "rules/challenge.hpp"

#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules {
namespace {

constexpr std::size_t most_empty_elements = 64;

// One pass over one field value, or over several joined (RFC 9110, 11.6.1 and 5.6.1.2).
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    // False: a syntax error at offset(), where expected() should have stood.
    bool read_list() {
        for (;;) {
            skip_ows();
            if (done()) return true;
            if (peek() == ',') {
                empty_elements = std::min(empty_elements + 1, most_empty_elements);
                ++at_;
                continue;
            }
            if (!read_element()) return false;
            skip_ows();
            if (done()) return true;
            // RFC 9110, 11.2: nothing but a comma parts two parameters.
            if (peek() != ',') return fail("a comma");
            ++at_;
            skip_ows();
            if (done()) ++empty_elements;  // a trailing comma
        }
    }

    std::size_t offset() const { return at_; }
    std::string_view expected() const { return expected_; }

    std::vector<Challenge> challenges;
    std::vector<std::size_t> starts;  // where each challenge begins
    std::size_t empty_elements = 0;
    bool bad_whitespace = false;
    bool tab_after_scheme = false;

private:
    bool done() const { return at_ >= text_.size(); }
    char peek() const { return text_[at_]; }
    bool fail(std::string_view expected) {
        expected_ = expected;
        return false;
    }

    bool skip_ows() {
        const std::size_t before = at_;
        while (!done() && is_ows(peek())) ++at_;
        return at_ != before;
    }

    std::string_view read_token() {
        const std::size_t start = at_;
        while (!done() && is_token_char(peek())) ++at_;
        return text_.substr(start, at_ - start);
    }

    bool equals_sign_follows() const {
        std::size_t next = at_;
        while (next < text_.size() && is_ows(text_[next])) ++next;
        return next < text_.size() && text_[next] == '=';
    }

    bool read_element() {
        const std::size_t start = at_;
        const std::string_view token = read_token();
        if (token.empty()) return fail("a scheme or a parameter name");
        if (open_ && equals_sign_follows()) return read_parameter(token);
        starts.push_back(start);
        challenges.push_back({.scheme = std::string(token)});
        return read_after_scheme();
    }

    bool read_after_scheme() {
        open_ = false;
        if (done() || peek() == ',') return true;
        if (!is_ows(peek())) return fail("a space after the scheme");
        // RFC 9110, 11.3 asks for 1*SP; a tab is read all the same, and noted.
        const bool tab = peek() == '\t';
        skip_ows();
        if (done()) return true;
        open_ = !(tab && peek() == ',');  // there it is OWS before the comma
        if (peek() == ',') return true;   // parameters may follow empty elements
        if (tab) bad_whitespace = tab_after_scheme = true;
        if (read_token68()) {
            open_ = false;
            return true;
        }
        const std::string_view name = read_token();
        if (name.empty() || !equals_sign_follows()) return fail("token68 or a parameter");
        return read_parameter(name);
    }

    // Only what ends at a comma or the end is token68: "a=" is, "a=b" is a parameter.
    bool read_token68() {
        std::size_t next = at_;
        while (next < text_.size() && is_token68_char(text_[next])) ++next;
        if (next == at_) return false;
        while (next < text_.size() && text_[next] == '=') ++next;
        const std::size_t end = next;
        while (next < text_.size() && is_ows(text_[next])) ++next;
        if (next < text_.size() && text_[next] != ',') return false;
        challenges.back().token68 = text_.substr(at_, end - at_);
        at_ = end;
        return true;
    }

    bool read_parameter(std::string_view name) {
        if (skip_ows()) bad_whitespace = true;
        ++at_;  // "="
        if (skip_ows()) bad_whitespace = true;
        Parameter parameter;
        parameter.name = name;
        if (!done() && peek() == '"') {
            if (!read_quoted(parameter)) return false;
        } else {
            const std::string_view value = read_token();
            if (value.empty()) return fail("a value");
            parameter.value = value;
            parameter.raw = value;
        }
        challenges.back().parameters.push_back(std::move(parameter));
        return true;
    }

    bool read_quoted(Parameter& parameter) {
        const std::size_t start = at_++;
        parameter.quoted = true;
        for (; !done(); ++at_) {
            const char c = peek();
            if (c == '"') {
                ++at_;
                parameter.raw = text_.substr(start, at_ - start);
                return true;
            }
            if (!is_text(c)) return fail("no control character");
            if (c == '\\') {
                if (at_ + 1 >= text_.size()) break;
                ++at_;
                if (!is_text(peek())) return fail("no control character");
            }
            parameter.value += peek();
        }
        at_ = text_.size();
        return fail("a closing quote");
    }

    static bool is_text(char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet == '\t' || (octet >= 0x20 && octet != 0x7F);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool open_ = false;  // the last challenge takes parameters
    std::string_view expected_;
};

// RFC 9112, 5.2: a folded line is read as if the fold were a space. The proxy's own parser has
// undone folds already; `lint` and recorded exchanges may still hold them.
std::string unfolded(std::string_view value) {
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string_view rest = value.substr(i);
        if (rest.size() > 2 && rest.substr(0, 2) == "\r\n" && is_ows(rest[2])) {
            text += ' ';
            ++i;
            while (i + 1 < value.size() && is_ows(value[i + 1])) ++i;
        } else {
            text += value[i];
        }
    }
    return text;
}

void take(ChallengeList& list, Reader&& reader, std::span<const std::size_t> line_ends,
          std::size_t line) {
    list.empty_elements += reader.empty_elements;
    list.bad_whitespace |= reader.bad_whitespace;
    list.tab_after_scheme |= reader.tab_after_scheme;
    for (std::size_t i = 0; i < reader.challenges.size(); ++i) {
        while (line < line_ends.size() && reader.starts[i] >= line_ends[line]) ++line;
        reader.challenges[i].line = line;
        list.challenges.push_back(std::move(reader.challenges[i]));
    }
}

void count_by_line(ChallengeList& list) {
    std::size_t on_line = 0;
    for (std::size_t i = 0; i < list.challenges.size(); ++i) {
        const bool same = i > 0 && list.challenges[i].line == list.challenges[i - 1].line;
        on_line = same ? on_line + 1 : 1;
        list.most_on_one_line = std::max(list.most_on_one_line, on_line);
    }
}

// A parameter list may have been split between two field lines (RFC 9110, 5.3).
bool read_joined(std::span<const std::string_view> field_values, ChallengeList& list) {
    std::string text;
    std::vector<std::size_t> line_ends;
    for (const std::string_view value : field_values) {
        // An empty line is no empty element, and must not become one.
        if (!text.empty() && !trim(value).empty()) text += ", ";
        text += unfolded(value);
        line_ends.push_back(text.size() + 1);
    }
    Reader reader(text);
    if (!reader.read_list()) return false;
    const bool non_ascii = list.non_ascii;
    list = {.lines = field_values.size(), .joined = true, .non_ascii = non_ascii};
    take(list, std::move(reader), line_ends, 0);
    return true;
}

}  // namespace

bool Challenge::is(std::string_view scheme_name) const { return iequals(scheme, scheme_name); }

const Parameter* Challenge::parameter(std::string_view name) const {
    for (const Parameter& candidate : parameters)
        if (iequals(candidate.name, name)) return &candidate;
    return nullptr;
}

std::string_view Challenge::value_of(std::string_view name) const {
    const Parameter* found = parameter(name);
    return found ? std::string_view(found->value) : std::string_view();
}

bool ChallengeList::offers(std::string_view scheme_name) const { return find(scheme_name); }

const Challenge* ChallengeList::find(std::string_view scheme_name) const {
    for (const Challenge& challenge : challenges)
        if (challenge.is(scheme_name)) return &challenge;
    return nullptr;
}

ChallengeList parse_challenges(std::span<const std::string_view> field_values) {
    ChallengeList list;
    list.lines = field_values.size();
    for (std::size_t line = 0; line < field_values.size(); ++line) {
        std::string_view value = field_values[line];
        for (const char c : value) list.non_ascii |= static_cast<unsigned char>(c) >= 0x80;
        std::string without_folds;
        if (value.find('\r') != npos) value = without_folds = unfolded(value);
        Reader reader(value);
        if (reader.read_list()) {
            take(list, std::move(reader), {}, line);
        } else {
            list.flaws.push_back({line, reader.offset(), reader.expected()});
        }
    }
    if (!list.flaws.empty() && field_values.size() > 1) read_joined(field_values, list);
    count_by_line(list);
    return list;
}

}  // namespace whogoes::rules
