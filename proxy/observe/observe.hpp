#pragma once

#include "proxy/http/rpc_end.hpp"
#include "proxy/observe/repeats.hpp"
#include "proxy/settings/settings.hpp"
#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"
#include "rules/remedy.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Where bytes and sockets end: an exchange as plain data for the rules, and the record of it. Knows
// who serves it by what a Sighting shows, and nothing else of it.
namespace whogoes::observe {

struct Observer;
struct Sighting;

// An exchange that is worth a look, from the answer's head until its record is written. The rules'
// views point into the request as it came, which stays, and into `answer_head`, a copy, since the
// answer's own bytes are patched.
struct OpenEvent {
    rules::Exchange exchange;
    rules::Diagnosis diagnosis;
    rules::Remedy remedy;
    const settings::Treatment* treatment = nullptr;  // lives in the exchange's settings
    std::optional<std::uint64_t> repeat_key;         // empty: always looked at afresh
    std::shared_ptr<Repeat> repeat;                  // the exchange that this one repeats
    rules::Noted noted;                              // by the history
    std::string answer_head;
    std::string body;  // the first 64 KiB of the answer's body as it came
    std::string decoded_body;
    // Of a call, whose messages are no evidence: what came behind them.
    http::RpcEnd rpc_end;
    std::string trailers;  // lines of HTTP's own
    std::string rpc_text;  // those of the last frame, unpacked
    // Of a call that was sent once more: how the second answer ends, while the record is about the
    // first.
    struct End {
        http::RpcEnd frames;
        std::string trailers;
    };
    std::unique_ptr<End> second_end;
    bool coded = false;       // its frames show once a coding of the whole body is undone
    bool awaits_end = false;  // nothing is looked at before the call's status has come
    bool wants_body = false;
    bool body_whole = false;
    bool body_at_head = false;  // all of it was there when the remedy was prescribed
    bool only_history = false;  // a success, remembered and not recorded
    bool simulated = false;     // recorded and not remembered
    bool remembered = false;    // the history has it already
    bool cors_told = false;     // --dev mended it, and has told so of this route before

    std::int64_t second() const;  // of the Unix clock, in which it was answered
    // Whether more of the answer's payload would be kept, and keeps what is evidence of it.
    bool wants_payload() const noexcept;
    void pass(std::string_view payload);
    std::string& passing_trailers() noexcept {
        return second_end ? second_end->trailers : trailers;
    }
    bool is_call() const noexcept { return rpc_end.framing() != http::RpcFraming::none; }
    const rules::Remedy& prescribed() const { return repeat ? repeat->remedy : remedy; }
    void clear();  // keeps the memory
};

inline constexpr std::size_t body_evidence_octets = 64 * 1024;

// Each is one step, in the order of an exchange's life. `sighting` shows how it stands by then.

// The answer's head is there: opens the event where it is worth a look, diagnoses and prescribes.
void at_head(Observer&, const Sighting& sighting);

// The same for a refusal of our own making: the API was not asked. sighting.status is set.
void simulated(Observer&, const Sighting&, const rules::Cause&);

// All of the answer's body lies in sighting.answer_octets: diagnoses and prescribes again. What
// comes of a replay follows in second_answer.hpp.
void at_whole_body(const Sighting&);

// Tells the history of the exchange, once.
void remember(Observer&, const Sighting&);

// The body has passed: writes the record and feeds the history, and the event is over. Also writes
// an access record of an exchange that was not worth a look, where the settings ask for it.
void conclude(Observer&, const Sighting&);

}  // namespace whogoes::observe
