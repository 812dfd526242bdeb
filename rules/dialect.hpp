#pragma once

#include "rules/credential_place.hpp"
#include "rules/text.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

// What is known of a system, as plain tables: how its answers are recognised, where it takes
// credentials, what its codes and words mean, what looks wrong and is right there. The format that
// people write stands in rules/dialects/README.md; reading it is not done here. Views: whoever
// made a dialect (the build, a reader of a user's file) keeps what they look at alive.
namespace whogoes::rules {

struct Exchange;
struct Statement;

enum class Asks : std::uint8_t {
    code,           // words: a code that the answer names; letters and digits count
    text,           // words stand in what the answer says
    unless,         // words do not stand there
    field,          // the answer has field `name`, with `words` in it
    member,         // the answer's body has member `name`, with `words` in it
    body,           // words stand in the body, read as text
    status,         // the status is one of `statuses`
    request_field,  // the request has field `name`, with `words` in it
    sent,           // the request carried what `sent` says
    path,           // the request's path begins with `words`
    method,
    host,  // the upstream's host is `words`, or ends with "." and them
};

// What a request carried, as bits: several may hold.
enum class Sent : std::uint16_t {
    nothing = 1U << 0U,     // no credential at all
    credential = 1U << 1U,  // any
    basic = 1U << 2U,
    bearer = 1U << 3U,
    jwt = 1U << 4U,
    opaque = 1U << 5U,  // a token that is no JWT
    api_key = 1U << 6U,
    cookie = 1U << 7U,  // one that may stand for a session
    signature = 1U << 8U,
    password = 1U << 9U,        // a login or password in a form or JSON body
    authorization = 1U << 10U,  // whatever else: the field of this name
};

struct Term {
    Asks asks = Asks::text;
    std::string_view name{};
    std::string_view words{};  // in lower case; of a code: its letters and digits alone
    // name_mark_of a field's name, or of the last part of a member's; of a code, the hash of its
    // letters and digits.
    std::uint64_t name_mark = 0;
    std::array<std::uint16_t, 6> statuses{};
    Sent sent = Sent::nothing;
};

using Condition = std::span<const Term>;  // all of them must hold

struct Saying {
    Condition when{};
    std::string_view cause{};
    std::string_view advice{};  // empty: the catalogue's own
    bool weak = false;          // a guess: never more than possible
};

// Where a system stands among those whose marks one answer bears; what comes first is named.
enum class Layer : std::uint8_t {
    own,   // an API or product by itself
    base,  // what others are made of: a framework, a protocol, what all APIs of a cloud share
    edge,  // what stands before others: a CDN, a firewall, a gateway, a web server
};

struct Dialect {
    std::string_view id{};               // "github"
    std::string_view name{};             // "GitHub"
    std::span<const Condition> marks{};  // none: it is everybody's
    std::span<const CredentialPlace> places{};
    std::span<const Saying> sayings{};
    std::span<const std::string_view> quirks{};       // causes and rules that are not named there
    std::span<const std::string_view> empty_words{};  // of these alone a text says nothing
    bool in_successes = false;                        // it tells of refusals with a 2xx as well
    Layer layer = Layer::own;
};

// Those that the build made of rules/dialects/.
std::span<const Dialect> builtin_dialects() noexcept;

// Two bits of 64 by a name without case: whether a name may be among others is asked of the bits
// first. All of a name's bits are there, or it is not.
constexpr std::uint64_t name_mark_of(std::string_view name) noexcept {
    std::uint32_t hash = 2166136261U;
    for (char c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return std::uint64_t{1} << (hash >> 26U) | std::uint64_t{1} << (hash >> 20U & 63U);
}
constexpr bool may_be_among(std::uint64_t mark, std::uint64_t names) noexcept {
    return (names & mark) == mark;
}

// The hash of a text's letters and digits without case, all else passed over: one for
// "token_expired" and "tokenExpired". 0: it has none.
std::uint64_t letters_of(std::string_view text) noexcept;

// Where words stand in a text: whole words, a blank is any run of white space, "_" and "-", "*" at
// most 80 octets up to the start of a word. `begin` is npos where they do not.
struct Match {
    std::size_t begin = std::string_view::npos, end = 0;
    explicit operator bool() const noexcept { return begin != std::string_view::npos; }
};
Match find_words(std::string_view text, std::string_view words) noexcept;
bool has_any_words(std::string_view text, std::initializer_list<std::string_view> those) noexcept;
// The same, at the text's very beginning, which must be the start of a word.
Match match_words_here(std::string_view text, std::string_view words) noexcept;
inline Match find_words_here(std::string_view text, std::string_view words) noexcept {
    // Who looks through an index has the first letter right, and seldom the second.
    if (words.size() > 1 && is_alpha(words[1]) && (text.size() < 2 || lower(text[1]) != words[1]))
        return {};
    return match_words_here(text, words);
}

}  // namespace whogoes::rules
