#pragma once

#include "proxy/dialects/read.hpp"
#include "rules/dialect.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

// Runs the cases of a dialect's file: plays what a case quotes through the engine, and tells
// whether the verdict is the one that the case wants. The tests do so with the built-in files,
// `whogoes dialects test` with a user's.
namespace whogoes::dialects {

enum class Outcome : std::uint8_t {
    right,
    accepted,  // another cause, and one of `accept`
    wrong,
    unusable,  // a message of the case cannot be read; `words` says why
};

struct CaseResult {
    Outcome outcome = Outcome::wrong;
    std::string cause{};                 // that came; empty: nothing was said
    std::string confidence{};            // "likely"
    std::string words{};                 // the evidence's, or the flaw
    std::vector<std::string> systems{};  // ids of all whose marks held
    bool holds() const noexcept { return outcome <= Outcome::accepted; }
};

// `more` are dialects beside the built-in ones, as a configuration brings them.
CaseResult run_case(const Case&, std::span<const rules::Dialect> more = {});

// "our-api.yaml:43: a token that ran out: wrong: permission-denied (likely) instead of
// token-expired: …", for people.
std::string line_of(const std::string& file_name, const Case&, const CaseResult&);

}  // namespace whogoes::dialects
