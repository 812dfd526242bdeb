#include "proxy/report/redact.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::report {
namespace {

using rules::npos;

bool is_word(char c) noexcept {
    return rules::is_alpha(c) || rules::is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}
bool is_local(char c) noexcept { return is_word(c) || std::string_view("._+-").find(c) != npos; }

// The sign itself, as it is or percent-encoded once or more ("%40", "%2540").
struct Sign {
    std::size_t begin = npos, end = npos;
};
Sign next_sign(std::string_view text, std::size_t from) noexcept {
    for (std::size_t at = text.find_first_of("@%", from); at != npos;
         at = text.find_first_of("@%", at + 1)) {
        if (text[at] == '@') return {at, at + 1};
        std::size_t digits = at + 1;
        while (text.substr(digits, 2) == "25") digits += 2;
        if (text.substr(digits, 2) == "40") return {at, digits + 2};
    }
    return {};
}

// Where the part before the sign begins. "%2B" is a plus that belongs to it.
std::size_t local_begin(std::string_view text, std::size_t end) noexcept {
    std::size_t begin = end;
    while (begin > 0) {
        const std::string_view coded = begin >= 3 ? text.substr(begin - 3, 3) : std::string_view();
        if (coded.starts_with('%')) {
            if (!rules::iequals(coded, "%2B")) break;
            begin -= 3;
        } else if (is_local(text[begin - 1])) {
            --begin;
        } else {
            break;
        }
    }
    return begin;
}

// Where the domain ends: labels with dots between, the last of which begins with a letter and has
// two octets or more. npos: none, as in "pkg@1.2.3" and "/@joe/posts".
std::size_t domain_end(std::string_view text, std::size_t begin) noexcept {
    std::size_t end = begin, last = begin;
    bool dotted = false;
    for (; end < text.size(); ++end) {
        if (is_word(text[end]) || (text[end] == '-' && end > last)) continue;
        const bool dot =
            text[end] == '.' && end > last && end + 1 < text.size() && is_word(text[end + 1]);
        if (!dot) break;
        dotted = true;
        last = end + 1;
    }
    const bool named = dotted && end - last >= 2 && !rules::is_digit(text[last]);
    return named ? end : npos;
}

}  // namespace

void mask_mail_addresses(std::string& text, std::span<const std::string_view> kept) {
    if (text.find('@') == npos && text.find('%') == npos) return;
    for (Sign sign = next_sign(text, 0); sign.begin != npos;) {
        const std::size_t begin = local_begin(text, sign.begin);
        const std::size_t end = domain_end(text, sign.end);
        std::size_t next = sign.end;
        if (begin < sign.begin && end != npos) {
            const std::string_view address = std::string_view(text).substr(begin, end - begin);
            const bool stays = std::any_of(kept.begin(), kept.end(), [&](std::string_view value) {
                return value.find(address) != npos;
            });
            if (!stays) {
                text.replace(begin, end - begin, redacted);
                next = begin + redacted.size();
            }
        }
        sign = next_sign(text, next);
    }
}

}  // namespace whogoes::report
