#pragma once

#include "proxy/session/repeats.hpp"
#include "proxy/session/settings.hpp"
#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"
#include "rules/remedy.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Where bytes and sockets end: an exchange as plain data for the rules, and the record of it.
namespace whogoes::session {

struct Exchange;
struct Scratch;
struct Worker;

// An exchange that is worth a look, from the answer's head until its record is written. The rules'
// views point into the client's buffer, which stays as it came, and into `answer_head`, a copy,
// since the answer's own bytes are patched.
struct OpenEvent {
    rules::Exchange exchange;
    rules::Diagnosis diagnosis;
    rules::Remedy remedy;
    const Treatment* treatment = nullptr;     // lives in the exchange's settings
    std::optional<std::uint64_t> repeat_key;  // empty: always looked at afresh
    std::shared_ptr<Repeat> repeat;           // the exchange that this one repeats
    rules::Noted noted;                       // by the history
    std::string answer_head;
    std::string body;  // the first 64 KiB of the answer's body as it came
    std::string decoded_body;
    bool wants_body = false;
    bool body_whole = false;
    bool only_history = false;  // a success, remembered and not recorded
    bool simulated = false;     // recorded and not remembered
    bool remembered = false;    // the history has it already

    const rules::Remedy& prescribed() const { return repeat ? repeat->remedy : remedy; }
    void clear();  // keeps the memory
};

inline constexpr std::size_t body_evidence_octets = 64 * 1024;

// Fills exchange.event from the two heads, diagnoses and prescribes.
void observe(Exchange&);

// The same for a refusal of our own making: the API was not asked. exchange.status is set.
void observe_simulated(Exchange&, const rules::Cause&);

// The same, once the body has passed; writes the record and feeds the history. Also writes an
// access record of an exchange that was not worth a look, where the settings ask for it.
void conclude(Exchange&);

// Diagnoses and prescribes again, with the whole of the answer's body, which lies in
// exchange.answer_buffer.
void reconsider(Exchange&);

// Tells the history of the exchange, once.
void remember(Exchange&);

}  // namespace whogoes::session
