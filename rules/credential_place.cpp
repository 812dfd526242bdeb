#include "rules/credential_place.hpp"

#include "rules/cookies.hpp"
#include "rules/dialect.hpp"
#include "rules/exchange.hpp"
#include "rules/json_members.hpp"
#include "rules/jwt.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace whogoes::rules {
namespace {

constexpr std::size_t most_carried = 64;

// Below zero, zero, above zero: how `name`, without case, stands to a name in lower case.
int compare(std::string_view name, std::string_view lower_case) noexcept {
    const std::size_t common = std::min(name.size(), lower_case.size());
    for (std::size_t i = 0; i < common; ++i) {
        const char c = lower(name[i]);
        if (c != lower_case[i]) return c < lower_case[i] ? -1 : 1;
    }
    if (name.size() == lower_case.size()) return 0;
    return name.size() < lower_case.size() ? -1 : 1;
}

const CredentialPlace* find_builtin(Where where, std::string_view name) noexcept {
    const std::span<const CredentialPlace> all = known_places();
    const auto row = std::partition_point(all.begin(), all.end(), [&](const CredentialPlace& one) {
        return one.where != where ? one.where < where : compare(name, one.name) > 0;
    });
    return row != all.end() && row->where == where && compare(name, row->name) == 0 ? &*row
                                                                                    : nullptr;
}

bool is_pattern_of(std::string_view pattern, std::string_view name) noexcept {
    return pattern.ends_with('*') && istarts_with(name, pattern.substr(0, pattern.size() - 1));
}

// "wordpress_logged_in_*": the few rows with a star, which stand apart from the search.
const CredentialPlace* find_pattern(Where where, std::string_view name) noexcept {
    if (where != Where::cookie) return nullptr;
    static const std::vector<CredentialPlace> patterns = [] {
        std::vector<CredentialPlace> rows;
        for (const CredentialPlace& row : known_places())
            if (row.where == Where::cookie && row.name.ends_with('*')) rows.push_back(row);
        return rows;
    }();
    for (const CredentialPlace& row : patterns)
        if (is_pattern_of(row.name, name)) return &row;
    return nullptr;
}

const CredentialPlace* find_place(Where where, std::string_view name,
                                  std::span<const Dialect> more) noexcept {
    for (const Dialect& dialect : more)
        for (const CredentialPlace& row : dialect.places)
            if (row.where == where &&
                (compare(name, row.name) == 0 || is_pattern_of(row.name, name)))
                return &row;
    if (const CredentialPlace* const row = find_builtin(where, name)) return row;
    return find_pattern(where, name);
}

// Long, and of one piece: words and times are not.
bool looks_like_value(std::string_view value) noexcept {
    if (value.size() < 16) return false;
    bool digit = false, letter = false;
    for (const char c : value) {
        if (c <= ' ' || c == 0x7f) return false;
        digit = digit || is_digit(c);
        letter = letter || is_alpha(c);
    }
    return digit || (letter && value.size() >= 32);
}

// "key" and "code" are words of many an API; a short value is no credential there.
Holds meant(const CredentialPlace& row, std::string_view value) noexcept {
    const bool doubtful = row.where == Where::query && row.name.size() <= 5 && !value.empty();
    return doubtful && !looks_like_value(value) ? Holds::nothing : row.holds;
}

bool is_secret(Holds holds) noexcept { return holds != Holds::nothing && holds != Holds::identity; }

// Which letters stand in it, as bits: what lacks one of a word's lacks the word.
constexpr std::uint32_t letter_set(std::string_view text) noexcept {
    std::uint32_t set = 0;
    for (const char c : text)
        if (is_alpha(c)) set |= 1U << (static_cast<unsigned>(c | 0x20) - 'a');
    return set;
}

struct Part {
    consteval Part(const char* word) : text(word), letters(letter_set(text)) {}
    std::string_view text;
    std::uint32_t letters;
};

bool has_any(std::string_view name, std::initializer_list<Part> parts) noexcept {
    const std::uint32_t there = letter_set(name);
    for (const Part& part : parts)
        if ((part.letters & ~there) == 0 && icontains(name, part.text)) return true;
    return false;
}

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> ends) noexcept {
    for (const std::string_view end : ends)
        if (iends_with(name, end)) return true;
    return false;
}

bool is_csrf_name(std::string_view name) noexcept {
    return has_any(name, {"csrf", "xsrf", "crumb", "antiforgery", "requestverificationtoken"});
}

bool is_identifier(std::string_view name) noexcept {
    return has_any(name, {"request-id", "requestid", "trace", "correlation", "idempotency",
                          "websocket", "cache-key", "span", "installation-id"});
}

bool is_jwt_shaped(std::string_view value) {
    if (!value.starts_with("eyJ")) return false;
    const auto dots = std::count(value.begin(), value.end(), '.');
    return dots == 2 || dots == 4;
}

// Names of fields, parameters and members alike.
Holds guess_by_name(std::string_view name) noexcept {
    if (is_csrf_name(name)) return Holds::csrf;
    if (is_identifier(name)) return Holds::nothing;
    if (has_any(name, {"refresh"}) && has_any(name, {"token"})) return Holds::refresh_token;
    if (ends_with_any(name, {"password", "passwd", "passphrase"})) return Holds::password;
    if (ends_with_any(name, {"api-key", "apikey", "api_key", "access_key", "accesskey",
                             "subscription-key", "accesskeyid"}))
        return Holds::api_key;
    if (ends_with_any(name, {"signature", "hmac"})) return Holds::signature;
    return Holds::perhaps;
}

bool sounds_secret(std::string_view name) noexcept {
    return has_any(name, {"token", "secret", "auth", "session", "signature", "credential", "jwt",
                          "passw", "apikey", "bearer"}) ||
           ends_with_any(name, {"key", "-sig", "_sig", "-assertion"});
}

Holds guess_field(std::string_view name, std::string_view value) noexcept {
    if (!sounds_secret(name)) return Holds::nothing;
    const Holds guess = guess_by_name(name);
    if (guess != Holds::perhaps || value.empty()) return guess;
    if (is_jwt_shaped(value)) return Holds::token;
    const std::size_t blank = find_ows(value);
    if (blank != npos) {
        const Scheme scheme = scheme_of(value.substr(0, blank));
        return scheme != Scheme::unknown ? Holds::token : Holds::nothing;
    }
    if (looks_like_value(value)) return Holds::perhaps;
    // A shared secret that somebody chose is short.
    const bool plain = ends_with_any(name, {"-token", "-secret", "-password"});
    return plain && value.size() >= 4 ? Holds::perhaps : Holds::nothing;
}

Holds guess_cookie(std::string_view name, std::string_view value) noexcept {
    if (is_csrf_name(name)) return Holds::csrf;
    if (has_any(name, {"refresh"})) return Holds::refresh_token;
    if (is_jwt_shaped(value)) return Holds::token;
    if (has_any(name, {"sess", "auth", "login", "remember", "jwt", "token", "identity"}) ||
        iequals(name, "sid") || iends_with(name, ".sid") || iends_with(name, "_sid") ||
        iends_with(name, "-sid") || iends_with(name, "sessid") || iequals(name, "id"))
        return Holds::session;
    return looks_like_value(value) ? Holds::perhaps : Holds::nothing;
}

Holds guess_member(std::string_view name, std::string_view value) noexcept {
    if (is_csrf_name(name)) return Holds::csrf;
    if (is_jwt_shaped(value)) return Holds::token;
    const Holds guess = sounds_secret(name) ? guess_by_name(name) : Holds::nothing;
    // A body is full of keys and tokens of its own business.
    return guess == Holds::perhaps ? Holds::secret : guess;
}

// A body is full of tokens of its own business; a long one in a URL is the caller's, but for those
// that say where in a list it was, or what was sent by mail.
Holds guess_query(std::string_view name, std::string_view value) noexcept {
    const Holds guess = guess_member(name, value);
    if (guess != Holds::secret || !iends_with(name, "token") || !looks_like_value(value))
        return guess;
    return has_any(name, {"page",    "next",    "continu", "sync",   "cursor", "resume",
                          "skip",    "delta",   "pagin",   "scroll", "offset", "bookmark",
                          "client",  "request", "idempot", "device", "push",   "captcha",
                          "confirm", "reset",   "verif",   "invit"})
               ? guess
               : Holds::perhaps;
}

// "user[password]", with its brackets as they are or encoded: what is within the last of them.
std::string_view inner_name(std::string_view name) noexcept {
    for (const auto& [open, close] :
         {std::pair{std::string_view("["), std::string_view("]")},
          std::pair{std::string_view("%5B"), std::string_view("%5D")}}) {
        if (!iends_with(name, close)) continue;
        const std::string_view inside = name.substr(0, name.size() - close.size());
        for (std::size_t at = inside.size(); at-- > 0;)
            if (istarts_with(inside.substr(at), open)) return inside.substr(at + open.size());
    }
    return name;
}

// "u=ann"; an address or another URL is no user.
bool names_a_user(std::string_view query) noexcept {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        if (pair.size() > 2 && istarts_with(pair, "u=") && !has_any(pair, {"/", ":", "%3a", "%2f"}))
            return true;
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
    }
    return false;
}

class Collector {
public:
    Collector(const Request& request, std::span<const Dialect> more)
        : request_(request), more_(more) {}

    std::vector<Carried> run() {
        for (const Field& line : request_.fields.lines()) field(line);
        pairs(request_.query, Where::query);
        pairs(request_.form_body, Where::member);
        json(request_.json_body);
        if (names_a_user_) promote_codes();
        return std::move(found_);
    }

private:
    // {"email":"…","code":"123456"}: what was sent to a user proves who it is, as a password does.
    void promote_codes() {
        for (Carried& one : found_)
            if (one.where == Where::member && one.holds == Holds::secret &&
                (iequals(one.name, "code") || iequals(one.name, "otp") || iequals(one.name, "pin")))
                one.holds = Holds::password;
    }

    void add(Where where, std::string_view name, std::string_view value) {
        if (where == Where::member && !value.empty() &&
            (iequals(name, "email") || iequals(name, "phone") || iequals(name, "username")))
            names_a_user_ = true;
        if (value.empty() || found_.size() >= most_carried) return;
        const Holds holds = where == Where::query
                                ? holds_in_query(request_.query, name, value, more_)
                                : holds_at(where, name, value, more_);
        if (holds != Holds::nothing) found_.push_back({where, holds, name, value});
    }

    void field(const Field& line) {
        if (iequals(line.name, "Authorization") || iequals(line.name, "Proxy-Authorization"))
            return;
        if (iequals(line.name, "Cookie")) return cookies(line.value);
        if (iequals(line.name, "Sec-WebSocket-Protocol")) return subprotocols(line.value);
        add(Where::field, line.name, line.value);
    }

    void cookies(std::string_view value) {
        while (!value.empty()) {
            const std::string_view pair = trim(value.substr(0, value.find(';')));
            const std::size_t equals = pair.find('=');
            if (equals != npos)
                add(Where::cookie, pair.substr(0, equals), pair.substr(equals + 1));
            else if (pair.size() >= 16 &&
                     pair.find(' ') == npos)  // RFC 6265bis, 5.6: a value without a name
                found_.push_back({Where::cookie, Holds::session, {}, pair});
            value.remove_prefix(std::min(value.find(';'), value.size() - 1) + 1);
        }
    }

    // "bearer, TOKEN", "base64url.bearer.authorization.k8s.io.TOKEN": what a browser can send.
    void subprotocols(std::string_view value) {
        for (const std::string_view part : parts_of(value, ',')) {
            const bool kubernetes = istarts_with(part, "base64url.bearer.");
            if (!kubernetes && !looks_like_value(part)) continue;
            const std::string_view token =
                kubernetes ? part.substr(part.rfind('.') + 1)
                           : part.substr(part.find("eyJ") == npos ? 0 : part.find("eyJ"));
            found_.push_back({Where::subprotocol, Holds::token, "Sec-WebSocket-Protocol", token});
        }
    }

    void pairs(std::string_view text, Where where) {
        while (!text.empty()) {
            const std::string_view pair = text.substr(0, text.find('&'));
            const std::size_t equals = pair.find('=');
            if (equals != npos)
                add(where, inner_name(pair.substr(0, equals)), pair.substr(equals + 1));
            text.remove_prefix(std::min(pair.size() + 1, text.size()));
        }
    }

    void json(std::string_view text) {
        JsonMembers members(text);
        JsonMembers::Value value;
        while (members.next(value))
            if (value.is_string) add(Where::member, members.name(), value.raw);
    }

    const Request& request_;
    std::span<const Dialect> more_;
    std::vector<Carried> found_;
    bool names_a_user_ = false;
};

}  // namespace

Holds holds_at(Where where, std::string_view name, std::string_view value,
               std::span<const Dialect> more) noexcept {
    if (const CredentialPlace* const row = find_place(where, name, more)) return meant(*row, value);
    switch (where) {
        case Where::field:
            return guess_field(name, value);
        case Where::cookie:
            return guess_cookie(name, value);
        case Where::query:
            return guess_query(name, value);
        case Where::member:
            return guess_member(name, value);
        default:
            return Holds::nothing;
    }
}

Holds holds_in_query(std::string_view query, std::string_view name, std::string_view value,
                     std::span<const Dialect> more) noexcept {
    if (!iequals(name, "p")) return holds_at(Where::query, name, value, more);
    // A number is a page's, or a post's.
    const bool word = value.find_first_not_of("0123456789") != npos;
    return word && names_a_user(query) ? Holds::password : Holds::nothing;
}

bool is_secret_at(Where where, std::string_view name) noexcept {
    if (const CredentialPlace* const row = find_place(where, name, {}))
        return is_secret(row->holds);
    if (where == Where::cookie) return true;
    if (!sounds_secret(name) && !is_csrf_name(name)) return false;
    return guess_by_name(name) != Holds::nothing;
}

bool is_known_secret(Where where, std::string_view name, std::string_view value) noexcept {
    const CredentialPlace* const row = find_place(where, name, {});
    return row && is_secret(meant(*row, value));
}

std::vector<Carried> carried_by(const Request& request, std::span<const Dialect> more) {
    return Collector(request, more).run();
}

}  // namespace whogoes::rules
