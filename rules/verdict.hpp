#pragma once

#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"

#include <string_view>

// Whether the status fits the cause (RFC 9110, 15.5.2 and 15.5.4): 401 where other credentials
// would change the answer, 403 where none would.
namespace whogoes::rules {

struct Judgement {
    Verdict verdict = Verdict::unknown;
    std::string_view reason{};  // a sentence; empty when unknown
};

Judgement judge_status(const CauseRow& main, Confidence, const Exchange&);

}  // namespace whogoes::rules
