#pragma once

#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What of an exchange may be written down. Everything that leaves the process in words (log,
// console, metrics, review page, export) went through here first; nothing behind it redacts again.
// Works on lists, on shapes, and on the exchange's own secrets; it knows nothing of formats.
namespace whogoes::report {

inline constexpr std::string_view redacted = "REDACTED";

// A JWT, a publicly documented prefix, or 32 and more octets of token68 that are no words.
bool looks_like_credential(std::string_view value);
// A JWT anywhere in a text, or a documented prefix at its start: never an identifier.
bool holds_token(std::string_view text);

// Whether a query or form key, or a field name, stands before a secret.
bool names_a_secret(std::string_view key);
bool is_secret_field(std::string_view field_name);

// Whether a field's value may be logged as it is; of Location only the origin may.
bool is_logged_field(std::string_view field_name);

class Secrets;

// A method as it may be logged: a word of letters and dashes, or REDACTED.
std::string_view logged_method(std::string_view method);

// Keys stay, the values of secret ones become REDACTED; so do values (and keys) by their shape.
// What was taken out is added to `found`, where given.
std::string redacted_query(std::string_view query, Secrets* found = nullptr);
std::string redacted_path(std::string_view path, Secrets* found = nullptr);
// The same for every URL within a text; white space, quotes and brackets end one.
void mask_urls(std::string& text);
std::string origin_of(std::string_view url);  // empty: relative, or not http(s)

// A WWW-Authenticate value: tokens of handshakes and what looks like a credential are masked.
std::string redacted_challenge(std::string_view value);

// Masks what looks like a credential within a text. `kept` are values that may be logged whatever
// they look like (a kid, an audience).
void mask_shapes(std::string& text, std::span<const std::string_view> kept);

// Masks every e-mail address, within a longer word or percent-encoded, too: it names a user as a
// user name does. `kept` as above: an issuer may be called so.
void mask_mail_addresses(std::string& text, std::span<const std::string_view> kept);

// The secrets of one exchange. A text that shares a run of seven or more octets with one of them
// has that run masked, escaped in whatever way, so that a server which echoes a token does not put
// it into our log.
// Holds views: the exchange must outlive it.
class Secrets {
public:
    void add(std::string_view secret);
    void add_owned(std::string secret);
    void add_found(std::string_view value);  // unless it is a path, a URL or a plain word
    void mask(std::string& text) const;
    bool empty() const { return secrets_.empty(); }

private:
    struct Run {
        std::size_t begin = 0, end = 0;
    };
    Run longest_run(std::string_view text, std::size_t at) const;
    bool find_runs(std::string_view text, std::vector<Run>&) const;  // false: a search without end
    static void replace_runs(std::string& text, std::vector<Run>&);

    std::vector<std::string_view> secrets_;
    std::deque<std::string> owned_;
    std::array<std::uint64_t, 256> samples_{};  // a Bloom filter over every fourth four-octet group
};

// Whether an unknown scheme reads like a scheme's name and not like a secret without one.
bool is_scheme_like(const rules::Credentials&);

struct SecretsPolicy {
    bool user_names_plain = false;
};
// All but those of path and query, which redacted_path() and redacted_query() find.
void collect_secrets(const rules::Exchange&, const rules::Diagnosis&, const SecretsPolicy&,
                     Secrets&);
// Their share of it: what a form, JSON, multipart/form-data or XML says under a name that tells a
// secret, or a user unless their names may be told.
void collect_body_secrets(const rules::Request&, const SecretsPolicy&, Secrets&);

}  // namespace whogoes::report
