#include "rules/wording.hpp"

#include "rules/exchange.hpp"
#include "rules/json_text.hpp"
#include "rules/phrases.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::rules {
namespace {

constexpr std::size_t longest_text = 200;
constexpr std::size_t widest_gap = 80;
// A phrase with a gap costs a search at each of its first words, so it is not looked for for ever.
constexpr std::size_t last_gap = 8 * 1024;

constexpr bool is_word_char(char c) { return is_alpha(c) || is_digit(c); }
constexpr bool is_gap_char(char c) {
    return c == ' ' || c == '_' || c == '-' || c == '\t' || c == '\r' || c == '\n';
}

bool starts_word(std::string_view text, std::size_t at) {
    return is_word_char(text[at]) && (at == 0 || !is_word_char(text[at - 1]));
}

// The offset behind the phrase that begins at `at`, or npos.
std::size_t match(std::string_view text, std::size_t at, std::string_view words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == '*') {
            const std::size_t end = std::min(text.size(), at + widest_gap);
            for (std::size_t next = at; next < end; ++next) {
                if (!starts_word(text, next)) continue;
                const std::size_t behind = match(text, next, words.substr(i + 1));
                if (behind != npos) return behind;
            }
            return npos;
        }
        if (at >= text.size()) return npos;
        if (words[i] == ' ') {
            if (!is_gap_char(text[at])) return npos;
            while (at < text.size() && is_gap_char(text[at])) ++at;
            continue;
        }
        if (lower(text[at]) != words[i]) return npos;
        ++at;
    }
    return at;
}

bool ends_word(std::string_view text, std::size_t at) {
    return at >= text.size() || !is_word_char(text[at]) || !is_word_char(text[at - 1]);
}

// Cloudflare's own refusals are numbered 1005 to 1020; `text` begins behind "10".
bool is_cloudflare_number(std::string_view text) {
    if (text.size() < 2 || !is_digit(text[0]) || !is_digit(text[1])) return false;
    if (text.size() > 2 && is_word_char(text[2])) return false;
    const int number = (text[0] - '0') * 10 + (text[1] - '0');
    return number >= 5 && number <= 20;
}

bool heard_in_json(Wording wording) { return wording < Wording::firewall; }

// At most 200 octets of a text, with the phrase in it.
std::string_view around(std::string_view text, std::size_t at, std::size_t end) {
    if (text.size() <= longest_text) return text;
    std::size_t first = at - std::min<std::size_t>(at, 60);
    std::size_t last = std::min(text.size(), std::max(first + longest_text, end));
    // Not through the middle of a word: it could be a part of a secret that nobody would know
    // again.
    if (first > 0) first = std::min(text.find(' ', first), at);
    if (last < text.size()) last = std::max(text.rfind(' ', last) + 1, end);
    return text.substr(first, std::min(last - first, longest_text));
}

}  // namespace

void listen_to(std::string_view text, Heard& heard) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!starts_word(text, at)) continue;
        for (const Phrase& phrase : phrases_beginning_with(lower(text[at]))) {
            if (heard.says(phrase.wording)) continue;
            if (heard.json && !heard_in_json(phrase.wording)) continue;
            if (at > last_gap && phrase.words.find('*') != npos) continue;
            const std::size_t end = match(text, at, phrase.words);
            if (end == npos) continue;
            const bool whole = phrase.wording == Wording::cloudflare_block
                                   ? is_cloudflare_number(text.substr(end))
                                   : ends_word(text, end);
            if (whole) heard.note(phrase.wording, around(text, at, end));
        }
    }
}

namespace {

// "Unauthorized" beside a 401 is no message.
bool repeats_status(std::string_view text) {
    for (const std::string_view words :
         {"401", "403", "unauthorized", "forbidden", "error", "fail"})
        if (iequals(text, words) || iequals(text, std::string("401 ").append(words)) ||
            iequals(text, std::string("403 ").append(words)))
            return true;
    return false;
}

// One line, without what surrounds it.
std::string message_in(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == npos) return {};
    text = text.substr(begin);
    text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    if (repeats_status(text.substr(0, text.find_last_not_of('.') + 1))) return {};
    text = around(text, 0, 0);
    return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
}

// A pass over JSON text that hears the members that carry words. Not a parser: it never fails, and
// reads what there is of a text that was cut.
class JsonWords {
public:
    JsonWords(std::string_view text, Heard& heard) : text_(text), heard_(heard) {}

    void run() {
        for (std::size_t at = 0; at < text_.size() && depth_ <= deepest;) at = step(at);
    }

private:
    static constexpr std::size_t deepest = 8;
    struct Level {
        bool object = false;
        bool audible = false;
    };

    std::size_t step(std::size_t at) {
        switch (text_[at]) {
            case '"':
                return string_at(at + 1);
            case ':':
                value_next_ = true;
                break;
            case ',':
                value_next_ = false;
                break;
            case '{':
            case '[':
                open(text_[at] == '{');
                break;
            case '}':
            case ']':
                if (depth_ > 0) --depth_;
                value_next_ = false;
                break;
            default:
                break;
        }
        return at + 1;
    }

    void open(bool object) {
        const Level above = depth_ == 0 ? Level{false, true} : levels_[depth_ - 1];
        if (depth_ < deepest)
            levels_[depth_] = {object, above.audible && (!above.object || nests_words())};
        ++depth_;
        value_next_ = false;
    }

    bool nests_words() const {
        for (const std::string_view name :
             {"error", "errors", "detail", "details", "messages", "fault"})
            if (iequals(key_, name)) return true;
        return false;
    }

    // The members that carry words, those that speak to people first.
    static constexpr auto speaking =
        std::to_array<std::string_view>({"error_description", "message", "msg", "errorMessage",
                                         "detail", "reason", "description", "title", "error"});

    std::size_t rank() const {
        const auto found = std::find_if(speaking.begin(), speaking.end(),
                                        [&](std::string_view name) { return iequals(key_, name); });
        return static_cast<std::size_t>(found - speaking.begin());
    }

    bool carries_words() const { return rank() < speaking.size(); }

    std::size_t string_at(std::size_t begin) {
        std::size_t end = begin;
        while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
        end = std::min(end, text_.size());
        const std::string_view raw = text_.substr(begin, end - begin);
        const bool in_object = depth_ > 0 && depth_ <= deepest && levels_[depth_ - 1].object;
        if (in_object && !value_next_)
            key_ = raw;
        else if (depth_ > 0 && depth_ <= deepest && levels_[depth_ - 1].audible &&
                 (!in_object || carries_words()))
            hear(raw);
        return end + 1;
    }

    void hear(std::string_view raw) {
        if (depth_ == 1 && key_ == "error" && raw.size() <= 64 && is_token(raw))
            heard_.error_code = raw;
        if (raw.find('\\') == npos) return take(raw);
        take(unescaped_json(raw));
    }

    void take(std::string_view words) {
        listen_to(words, heard_);
        if (rank() >= best_) return;
        std::string message = message_in(words);
        if (message.empty()) return;
        best_ = rank();
        heard_.message = std::move(message);
    }

    std::string_view text_;
    Heard& heard_;
    std::array<Level, deepest> levels_{};
    std::size_t depth_ = 0;
    std::string_view key_{};
    bool value_next_ = false;
    std::size_t best_ = npos;  // rank of the message that was kept
};

// What a browser would show of an HTML page, roughly.
std::string visible_text(std::string_view html) {
    std::string text;
    for (std::size_t at = 0; at < html.size();) {
        if (html[at] != '<') {
            text += html[at++];
            continue;
        }
        const std::string_view rest = html.substr(at);
        std::size_t end = rest.find('>');
        for (const std::string_view silent : {"script", "style"}) {
            if (!istarts_with(rest.substr(1), silent)) continue;
            const std::size_t close = ifind(rest, std::string("</") + std::string(silent));
            end = close == npos ? npos : rest.find('>', close);
        }
        if (end == npos) break;
        at += end + 1;
        text += ' ';
    }
    return text;
}

void hear_plain(std::string_view body, const Response& response, Heard& heard) {
    listen_to(body, heard);
    const std::string_view type = response.fields.first("content-type").value_or("text/plain");
    if (!istarts_with(type, "text/plain")) return;
    std::string message = message_in(body.substr(0, body.find('\n')));
    if (!message.empty()) heard.message = std::move(message);
}

}  // namespace

bool Heard::refuses(bool token_came) const noexcept {
    for (const Wording wording :
         {Wording::nothing_arrived, Wording::token_expired, Wording::structure, Wording::csrf,
          Wording::cors_origin, Wording::host})
        if (says(wording)) return true;
    for (const Wording wording : {Wording::signature, Wording::key_id, Wording::algorithm,
                                  Wording::audience, Wording::issuer, Wording::scope})
        if (token_came && says(wording)) return true;
    return says(Wording::account) && says(Wording::whose_account);
}

std::string_view Heard::text(Wording wording) const noexcept {
    if (!says(wording)) return {};
    return texts_[where_[index(wording)]];
}

void Heard::note(Wording wording, std::string_view around_it) {
    if (texts_.empty() || texts_.back() != around_it) texts_.emplace_back(around_it);
    where_[index(wording)] = static_cast<std::uint8_t>(texts_.size() - 1);
    said_ |= 1U << index(wording);
}

Heard listen(const Response& response, const ChallengeList& challenges) {
    Heard heard;
    for (const Challenge& challenge : challenges.challenges) {
        const std::string_view description = challenge.value_of("error_description");
        if (description.empty()) continue;
        listen_to(description, heard);
        if (heard.message.empty()) heard.message = message_in(description);
    }
    const bool seen = response.body_evidence == BodyEvidence::partial ||
                      response.body_evidence == BodyEvidence::whole;
    const std::size_t start = response.body.find_first_not_of(" \t\r\n");
    if (!seen || start == npos) return heard;

    const std::string_view body = response.body.substr(start);
    heard.json = body[0] == '{' || body[0] == '[';
    if (heard.json)
        JsonWords(body, heard).run();
    else if (body.find('<') == npos)
        hear_plain(body, response, heard);
    else
        listen_to(visible_text(body), heard);
    return heard;
}

}  // namespace whogoes::rules
