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
// table of contents: log, metrics, review page, `whogoes causes` and the README read the same rows.
namespace whogoes::rules {

enum class Party : std::uint8_t { client, upstream, operator_, nobody };
enum class Cure : std::uint8_t { none, refresh_token };
enum class Confidence : std::uint8_t { possible, likely, certain };
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
    Confidence confidence = Confidence::possible;
    std::string words;  // one sentence, complete without the facts; nothing secret
    std::vector<Fact> facts;
};

using Check = std::optional<Evidence> (*)(const Exchange&);

struct Cause {
    std::string_view id;  // the same word in logs, metrics, configuration, tests, docs
    char tier;            // 'A' met all the time … 'C' now and then
    Party who_acts;
    Cure cure;
    std::string_view bearer_error;  // RFC 6750 code for a challenge that we add; may be empty
    std::string_view summary;       // for a console line: "token expired"
    std::string_view advice;        // what to tell the developer
    std::string_view section;       // the RFC it stands on, "RFC 6750, 3.1"; may be empty
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
    Check check;
};

struct Rule {
    std::string_view id;
    Severity severity;
    std::string_view level;    // MUST, SHOULD, practice, …
    std::string_view section;  // "RFC 9110, 15.5.2, 11.6.1"
    std::string_view summary;  // the duty, in one sentence
    std::string_view advice;   // how to mend it
};

struct RuleRow {
    Rule rule;
    Check check;
};

std::span<const CauseRow> catalogue() noexcept;  // decision order: the first that applies leads
std::span<const RuleRow> rulebook() noexcept;
const Cause* find_cause(std::string_view id) noexcept;
const Rule* find_rule(std::string_view id) noexcept;

struct Finding {
    const Cause* cause = nullptr;
    Evidence evidence;
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

    bool has_cause(std::string_view id) const;
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
