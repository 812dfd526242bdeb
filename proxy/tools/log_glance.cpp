#include "proxy/tools/log_glance.hpp"

#include "proxy/report/record.hpp"
#include "rules/text.hpp"

#include <charconv>
#include <cstdint>
#include <cstring>

namespace whogoes::tools {
namespace {

using rules::npos;
constexpr int deepest = 15;  // as RecordView

// Whether eight octets hold a quote, a backslash or a control character.
bool has_special(const char* octets) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t highs = 0x8080808080808080U;
    std::uint64_t x = 0;
    std::memcpy(&x, octets, sizeof x);
    const auto zero = [](std::uint64_t v) { return (v - ones) & ~v; };
    const std::uint64_t special =
        ((x - ones * 0x20) & ~x) | zero(x ^ (ones * '"')) | zero(x ^ (ones * '\\'));
    return (special & highs) != 0;
}

bool is_hex(char c) noexcept {
    return rules::is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

enum class Section { top, http, request, response, url, client, auth, other };

// The whole of JSON's grammar (RFC 8259), once from left to right.
class Scanner {
public:
    Scanner(std::string_view text, Glance& glance)
        : at_(text.data()), end_(text.data() + text.size()), glance_(glance) {}

    bool read() {
        blank();
        if (!take('{') || !object(Section::top, 0)) return false;
        blank();
        return at_ == end_;
    }

    std::string_view schema;

private:
    bool take(char c) {
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }
    void blank() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')) ++at_;
    }

    bool object(Section section, int depth) {
        if (depth > deepest) return false;
        blank();
        if (take('}')) return true;
        while (true) {
            std::string_view key;
            blank();
            if (!take('"') || !string(key)) return false;
            blank();
            if (!take(':')) return false;
            blank();
            if (!member(section, key, depth)) return false;
            blank();
            if (take(',')) continue;
            return take('}');
        }
    }

    bool list(int depth) {
        if (depth > deepest) return false;
        blank();
        if (take(']')) return true;
        while (true) {
            blank();
            if (!member(Section::other, {}, depth)) return false;
            blank();
            if (take(',')) continue;
            return take(']');
        }
    }

    bool member(Section section, std::string_view key, int depth) {
        if (at_ == end_) return false;
        switch (*at_) {
            case '"': {
                ++at_;
                std::string_view value;
                if (!string(value)) return false;
                keep(section, key, value);
                return true;
            }
            case '{':
                ++at_;
                return object(inner(section, key), depth + 1);
            case '[': {
                const char* const begin = ++at_;
                if (!list(depth + 1)) return false;
                if (section == Section::auth && key == "rules") {
                    glance_.rules =
                        std::string_view(begin, static_cast<std::size_t>(at_ - begin) - 1);
                }
                return true;
            }
            case 't':
                return word("true");
            case 'f':
                return word("false");
            case 'n':
                return word("null");
            default:
                return number(section == Section::response && key == "status_code");
        }
    }

    bool word(std::string_view text) {
        if (static_cast<std::size_t>(end_ - at_) < text.size()) return false;
        if (std::memcmp(at_, text.data(), text.size()) != 0) return false;
        at_ += text.size();
        return true;
    }

    std::size_t digits() {
        const char* const begin = at_;
        while (at_ != end_ && rules::is_digit(*at_)) ++at_;
        return static_cast<std::size_t>(at_ - begin);
    }

    bool number(bool is_status) {
        const char* const begin = at_;
        take('-');
        const bool zero = at_ != end_ && *at_ == '0';
        const std::size_t whole = digits();
        if (whole == 0 || (zero && whole > 1)) return false;
        if (take('.') && digits() == 0) return false;
        if (take('e') || take('E')) {
            if (!take('-')) take('+');
            if (digits() == 0) return false;
        }
        if (is_status) std::from_chars(begin, at_, glance_.status);
        return true;
    }

    // Behind the opening quote.
    bool string(std::string_view& raw) {
        const char* const begin = at_;
        while (true) {
            while (end_ - at_ >= 8 && !has_special(at_)) at_ += 8;
            if (at_ == end_) return false;
            const char c = *at_++;
            if (c == '"') break;
            if (static_cast<unsigned char>(c) < 0x20) return false;
            if (c == '\\' && !escape()) return false;
        }
        raw = std::string_view(begin, static_cast<std::size_t>(at_ - begin) - 1);
        return true;
    }

    bool escape() {
        if (at_ == end_) return false;
        const char c = *at_++;
        if (c != 'u') return std::strchr("\"\\/bfnrt", c) != nullptr && c != '\0';
        for (int i = 0; i < 4; ++i) {
            if (at_ == end_ || !is_hex(*at_++)) return false;
        }
        return true;
    }

    static Section inner(Section section, std::string_view key) {
        if (section == Section::top) {
            if (key == "http") return Section::http;
            if (key == "url") return Section::url;
            if (key == "client") return Section::client;
            if (key == "auth") return Section::auth;
        } else if (section == Section::http) {
            if (key == "request") return Section::request;
            if (key == "response") return Section::response;
        }
        return Section::other;
    }

    void keep(Section section, std::string_view key, std::string_view value) {
        switch (section) {
            case Section::top:
                if (key == "time") glance_.time = value;
                if (key == "schema") schema = value;
                if (key == "event") glance_.event = value;
                if (key == "id") glance_.id = value;
                return;
            case Section::http:
                if (key == "route") glance_.route = value;
                return;
            case Section::request:
                if (key == "method") glance_.method = value;
                return;
            case Section::url:
                if (key == "path") glance_.path = value;
                return;
            case Section::client:
                if (key == "address") glance_.client = value;
                return;
            case Section::auth:
                if (key == "cause") glance_.cause = value;
                if (key == "token") glance_.token = value;
                if (key == "replaced_token") glance_.replaced_token = value;
                if (key == "refresh") glance_.refresh = value;
                return;
            case Section::response:
            case Section::other:
                return;
        }
    }

    const char* at_;
    const char* const end_;
    Glance& glance_;
};

bool is_record_time(std::string_view text) noexcept {
    constexpr std::string_view form = "0000-00-00T00:00:00.000Z";
    if (text.size() != form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (form[i] == '0' ? !rules::is_digit(text[i]) : text[i] != form[i]) return false;
    }
    return true;
}

void append_utf8(std::string& out, std::uint32_t c) {
    const auto octet = [&](std::uint32_t value) { out += static_cast<char>(value); };
    if (c < 0x80) {
        octet(c);
    } else if (c < 0x800) {
        octet(0xc0 | c >> 6);
        octet(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        octet(0xe0 | c >> 12);
        octet(0x80 | (c >> 6 & 0x3f));
        octet(0x80 | (c & 0x3f));
    } else {
        octet(0xf0 | c >> 18);
        octet(0x80 | (c >> 12 & 0x3f));
        octet(0x80 | (c >> 6 & 0x3f));
        octet(0x80 | (c & 0x3f));
    }
}

std::uint32_t hex4(std::string_view text, std::size_t at) {
    std::uint32_t value = 0;
    if (at + 4 <= text.size()) std::from_chars(text.data() + at, text.data() + at + 4, value, 16);
    return value;
}

char meaning(char escape) noexcept {
    switch (escape) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return escape;
    }
}

}  // namespace

LineKind read_glance(std::string_view line, Glance& glance) {
    glance = {};
    constexpr std::string_view beginning = "{\"time\":";
    // journalctl and docker compose put their own words in front of a line.
    std::size_t begin = line.starts_with('{') ? 0 : line.find(beginning);
    if (begin == npos) return LineKind::foreign;
    glance.record = line.substr(begin);
    if (glance.record.ends_with('\r')) glance.record.remove_suffix(1);
    Scanner scanner(glance.record, glance);
    const bool whole = scanner.read();
    if (whole && scanner.schema == "whogoes/1" && is_record_time(glance.time))
        return LineKind::record;
    const bool meant = glance.record.starts_with(beginning) &&
                       glance.record.find("\"schema\":\"whogoes/1\"") != npos;
    return meant ? LineKind::broken : LineKind::foreign;
}

std::string_view unescaped(std::string_view raw, std::string& scratch) {
    std::size_t slash = raw.find('\\');
    if (slash == npos) return raw;
    scratch.clear();
    while (slash != npos && slash + 1 < raw.size()) {
        scratch += raw.substr(0, slash);
        if (raw[slash + 1] != 'u') {
            scratch += meaning(raw[slash + 1]);
            raw.remove_prefix(slash + 2);
        } else {
            std::uint32_t c = hex4(raw, slash + 2);
            raw.remove_prefix(std::min(slash + 6, raw.size()));
            if (c >= 0xd800 && c < 0xdc00 && raw.starts_with("\\u")) {
                const std::uint32_t low = hex4(raw, 2);
                if (low >= 0xdc00 && low < 0xe000) {
                    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                    raw.remove_prefix(std::min<std::size_t>(6, raw.size()));
                }
            }
            append_utf8(scratch, c);
        }
        slash = raw.find('\\');
    }
    scratch += raw;
    return scratch;
}

std::string record_time(rules::TimePoint time) {
    std::string out;
    report::TimeText().append(out, time);
    return out;
}

}  // namespace whogoes::tools
