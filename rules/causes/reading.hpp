#pragma once

#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What several checks read from an exchange, and the making of evidence. Nothing here judges. A
// check is asked only about an exchange that diagnose() holds to be an authentication event.
namespace whogoes::rules::causes {

// A finding by its ground; diagnose() weighs it against the others.
Evidence proof(std::string words, std::vector<Fact> facts = {});
Evidence shape(std::string words, std::vector<Fact> facts = {});
Evidence habit(std::string words, std::vector<Fact> facts = {});
Evidence guess(std::string words, std::vector<Fact> facts = {});  // a habit, worded "may"
// What the answer says of this cause, in its own words; empty: nothing.
std::optional<Evidence> told(const Exchange&, std::string_view cause, std::vector<Fact> facts = {});
// Words of a check's own about what the answer says.
Evidence told_in(std::string words, std::vector<Fact> facts = {});

Fact fact(std::string_view name, std::string_view text);
Fact fact(std::string_view name, const char* text);
Fact fact(std::string_view name, std::int64_t number);
Fact fact(std::string_view name, std::size_t number);
Fact fact(std::string_view name, int number);
Fact fact(std::string_view name, bool yes);
Fact fact(std::string_view name, std::vector<std::string> list);
// Adds a fact unless there is nothing to tell.
void add(std::vector<Fact>&, std::string_view name, std::string_view text);

// The status, but 401 or 403 for what says the same in other words: 407, 440 and 498, and a
// redirect to a login page or a 2xx with an error inside that diagnose() let pass.
int acts_as(const Exchange&);
inline bool is_forbidden(const Exchange& exchange) { return acts_as(exchange) == 403; }

// No Authorization line at all (Proxy-Authorization for a 407); an empty one is not absent.
bool credential_absent(const Exchange&);
// The only Authorization line, with something in it; null: none or several.
const Credentials* sole_credentials(const Exchange&);
inline bool sent_as(const Credentials* credentials, Scheme kind) {
    return credentials && credentials->kind == kind;
}
// Bearer, DPoP, Token, JWT, ApiKey and unknown schemes carry one token; Basic, Digest and their
// like have bad octets of their own kind.
bool carries_one_token(Scheme);
// The credential of such a scheme, or the whole value where the scheme was forgotten; empty: none.
std::string_view sole_token(const Exchange&);
// The JWT of such a scheme, whatever its flaw; null: none.
const Jwt* sole_jwt(const Exchange&);
const Jwt* readable_jwt(const Exchange&);
bool has_opaque_token(const Exchange&);

// "Bearer" as registered, or as sent where that is surely a name; "unknown" else.
std::string scheme_name(const Credentials&);
std::vector<std::string> offered_schemes(const Exchange&);
std::vector<std::string> offered_schemes(const ChallengeList&);
// The first challenge with this error code; null: none.
const Challenge* challenge_with_error(const Exchange&, std::string_view error);

// A cookie that may stand for a session: not a theme, a language, an analytics id, a refresh token.
bool has_session_cookie(const Exchange&);
bool has_cookie_named(const Exchange&, std::string_view name);

// The first thing carried that holds this, outside cookies; null: none.
const Carried* carried(const Exchange&, Holds);
inline const Carried* api_key(const Exchange& exchange) {
    return carried(exchange, Holds::api_key);
}
// A token or key outside Authorization, Cookie and the body, known or not; null: none.
const Carried* credential_elsewhere(const Exchange&);
// Where it stands, for a sentence: "the field X-API-Key".
std::string place_name(const Carried&);
// The browser brings back what an authorization server answered (RFC 6749, 4.1.2): a code or an
// error in the URL. It carries no credential of its own.
bool is_authorization_response(const Exchange&);
// The call that logs in: a password in a form or JSON body.
bool is_login_call(const Exchange&);

// The answer is HTML: a web server's, or a page for people.
bool is_web_page(const Exchange&);
// Whether the answer says that nothing came, and not that what came is "missing or invalid".
bool says_none_came(const Exchange&);
bool is_safe_method(std::string_view method);  // RFC 9110, 9.2.1

// A credential in a field whose name is nearly Authorization.
std::optional<Field> misnamed_credential(const Exchange&);
// A token in the URL: the name of its parameter; empty: none.
std::string_view token_parameter(const Exchange&);

// A header field of the request or of the answer; empty: absent.
std::string_view request_field(const Exchange&, std::string_view name);
std::string_view response_field(const Exchange&, std::string_view name);

std::int64_t unix_seconds(TimePoint);
std::string instant(std::int64_t unix_seconds);  // "2026-11-23T12:37:12Z"
std::string host_of(std::string_view url);       // in lower case, without port; empty: no URL
// What the upstream said of a cause, in quotes and scrubbed, ready for a sentence.
std::string saying(const Exchange&, std::string_view cause);
std::string quoted(const Exchange&, std::string_view text);

}  // namespace whogoes::rules::causes
