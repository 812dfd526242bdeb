#pragma once

#include "rules/exchange.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Why an exchange was refused, and which duties its answer broke. The two tables are the product's
// table of contents: log, metrics, review page, `whogoes causes` and rules/CATALOGUE.md read the
// same rows.
namespace whogoes::rules {

enum class Party : std::uint8_t { client, upstream, operator_, nobody };
enum class Cure : std::uint8_t { none, refresh_token };
enum class Confidence : std::uint8_t { possible, likely, certain };

// What a finding stands on, the weakest first. Confidence follows from it, in diagnose() alone.
enum class Ground : std::uint8_t {
    habit,  // what usually happens
    shape,  // something looks unusual
    heard,  // the answer says it in words that any API may use
    told,   // … by a code, a challenge or the words of a system that was recognised
    proof,  // the bytes, a key or the configuration would make any correct server refuse
};
enum class Severity : std::uint8_t { info, warning, error };
enum class Verdict : std::uint8_t {
    unknown,
    unauthorized_correct,
    forbidden_correct,
    should_be_401,
    should_be_403,
};

// A named value of the evidence, for machines: {"expired_s", 7200}. Never a secret.
struct Fact {
    std::string_view name;
    std::variant<std::int64_t, std::string, bool, std::vector<std::string>> value;
};

struct Evidence {
    Confidence confidence = Confidence::possible;  // of a check: the most it can be
    std::string words;  // one sentence, complete without the facts; nothing secret
    std::vector<Fact> facts;
    Ground ground = Ground::habit;
};

using Check = std::optional<Evidence> (*)(const Exchange&);

enum class Due : std::uint8_t { neither, unauthorized, forbidden };

// What is special about a cause, as bits, so that nobody needs a list of ids.
enum class Trait : std::uint32_t {
    none = 0,
    of_status = 1U << 0U,           // a status of its own tells it: 429, 495
    asked_on_400 = 1U << 1U,        // the bytes show it, whatever a 400 is about
    handshake = 1U << 2U,           // a normal first leg
    changes_by_request = 1U << 3U,  // made anew for each request: having been accepted says nothing
    beside_times = 1U << 4U,        // tells something new beside an expired token
    last_resort = 1U << 5U,         // nothing else is wrong
    told_by_challenge = 1U << 6U,   // the challenge asks for it by a registered error code
    earns_401 = 1U << 7U,           // a 401 is right although the token is valid elsewhere
    not_about_caller = 1U << 8U,    // a 403 is right although nobody authenticated
    no_bearer_attempt = 1U << 9U,   // RFC 6750, 3.1: the challenge gets no error
    needs_answer = 1U << 10U,       // nothing that a credential alone could show
    ran_out = 1U << 11U,            // its fact expired_s: seconds since the token's end
    too_early = 1U << 12U,          // its fact ahead_s: seconds until the token begins
    no_secret = 1U << 13U,          // what came in a credential's place is none, and may be shown
    of_preflight = 1U << 14U,       // about preflights alone
    may_be_first_leg = 1U << 15U,   // a handshake, once the client comes back with a credential
    counts_refusals = 1U << 16U,    // its fact count: refusals of one credential in a row
    ends_session = 1U << 17U,       // the token endpoint refuses the refresh token
    refuses_client = 1U << 18U,     // … the client
    survives_renewal = 1U << 19U,   // the API refuses the renewed token as well
    throttled = 1U << 20U,
    by_firewall = 1U << 21U,
    asked_on_bare_400 = 1U << 22U,  // the bytes show it, where a 400 gives no reason of its own
    of_password_grant = 1U << 23U,  // a token endpoint may tell it by invalid_grant
    has_last_word = 1U << 24U,      // its check weighs what the answer says, and may not believe it
};
constexpr Trait operator|(Trait a, Trait b) noexcept {
    return static_cast<Trait>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

struct Cause {
    std::string_view id{};  // the same word in logs, metrics, configuration, tests, docs
    char tier = 'B';        // 'A' met all the time … 'C' now and then
    Party who_acts = Party::nobody;
    Cure cure = Cure::none;
    std::string_view bearer_error{};  // RFC 6750 code for a challenge that we add; may be empty
    std::string_view summary{};       // for a console line: "token expired"
    std::string_view advice{};        // what to tell the developer
    std::string_view example{};       // one line: what the request or the answer looks like
    std::string_view certain_when{};  // "Certain when …", or "Never more than …: why"
    std::string_view section{};       // the RFC it stands on, "RFC 6750, 3.1"; may be empty
    Due due = Due::neither;           // the status that says what happened
    std::uint16_t simulated_status = 401;
    Trait traits = Trait::none;

    constexpr bool has(Trait trait) const noexcept {
        return (static_cast<std::uint32_t>(traits) & static_cast<std::uint32_t>(trait)) != 0;
    }
};

// The steps of the decision, in order; what each of them means stands in rules/README.md.
enum class Step : std::uint8_t {
    preflight,
    token_endpoint,
    edge,
    several,
    absent,
    malformed,
    scheme,
    structure,
    kind,
    times,
    checks,
    flow,
    rest,
    beside,  // never the main cause
};

struct CauseRow {
    Step step;
    Cause cause;
    Check check;  // null: only what the answer says tells it
};

struct Rule {
    std::string_view id;
    Severity severity;
    std::string_view level;      // MUST, SHOULD, practice, …
    std::string_view section;    // "RFC 9110, 15.5.2, 11.6.1"
    std::string_view summary;    // the duty, in one sentence
    std::string_view advice;     // how to mend it
    std::string_view example;    // one line: what an answer that breaks it looks like
    bool reads_request = false;  // says nothing of an answer alone
};

struct RuleRow {
    Rule rule;
    Check check;
};

std::span<const CauseRow> catalogue() noexcept;  // decision order: the first that applies leads
std::span<const RuleRow> rulebook() noexcept;
const CauseRow* find_row(std::string_view cause_id) noexcept;
const Cause* find_cause(std::string_view id) noexcept;
const Cause& cause_with(Trait) noexcept;  // the first
const Rule* find_rule(std::string_view id) noexcept;

struct Finding {
    const Cause* cause = nullptr;
    Evidence evidence;
    std::string_view advice{};  // of the system that was recognised; empty: the cause's own

    std::string_view what_to_do() const { return advice.empty() ? cause->advice : advice; }
};

struct Violation {
    const Rule* rule = nullptr;
    Evidence evidence;
};

struct Diagnosis {
    std::optional<Finding> main;  // empty: not an authentication event
    std::vector<Finding> also;
    std::vector<Violation> violations;
    Verdict verdict = Verdict::unknown;
    std::string_view verdict_reason;  // a sentence; empty when the verdict is unknown
    bool handshake = false;           // a normal first leg: log at debug, count apart
    std::string_view system{};        // that answered, where its marks gave it away: "GitHub"

    bool has_cause(std::string_view id) const;
    bool has_cause(Trait) const;  // one with this trait
    bool has_rule(std::string_view id) const;
};

// Pure. `exchange.read()` must have been called.
Diagnosis diagnose(const Exchange&);

// A refusal for want of a credential, once the client has come back with one: it was the first leg
// of a handshake. Duties that the answer broke stay.
void relabel_as_first_leg(Diagnosis&);

std::string_view name(Party) noexcept;
std::string_view name(Confidence) noexcept;
std::string_view name(Severity) noexcept;
std::string_view name(Verdict) noexcept;  // "401-correct", "should-be-401", …

}  // namespace whogoes::rules
