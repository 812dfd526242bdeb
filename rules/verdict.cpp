#include "rules/verdict.hpp"

#include "rules/text.hpp"

namespace whogoes::rules {
namespace {

std::string_view reason_for_401(const CauseRow& row) {
    switch (row.step) {
        case Step::absent:
            return "No usable credential came, and a 401 asks for one.";
        case Step::token_endpoint:
            return "The client did not authenticate, which is a 401 (RFC 6749, 5.2).";
        case Step::checks:
            return "Another credential would change the answer, which is what a 401 says.";
        default:
            return "The credential that came is not usable, and a 401 asks for another.";
    }
}

// The same in a call's own words.
std::string_view reason_for_unauthenticated(const CauseRow& row) {
    switch (row.step) {
        case Step::absent:
            return "No usable credential came, and UNAUTHENTICATED (16) asks for one.";
        case Step::checks:
            return "Another credential would change the answer, which is what UNAUTHENTICATED (16) "
                   "says.";
        default:
            return "The credential that came is not usable, and UNAUTHENTICATED (16) asks for "
                   "another.";
    }
}

std::string_view reason_for_403(const CauseRow& row) {
    if (row.step == Step::edge)
        return "The request itself is refused, whoever sends it; a login would change nothing.";
    return "The caller is known and may not do this; the same credential again changes nothing.";
}

// A browser that navigates follows a redirect, which a 401 with a page in it would only imitate.
bool is_page_sent_elsewhere(const Exchange& exchange) {
    const int status = exchange.response.status;
    return status >= 300 && status < 400 &&
           iequals(exchange.request.fields.first("Sec-Fetch-Mode").value_or(""), "navigate");
}

}  // namespace

Judgement judge_status(const CauseRow& main, Confidence confidence, const Exchange& exchange) {
    const int status = outcome_of(exchange);
    const Due due = main.cause.due;
    if (due == Due::neither || confidence == Confidence::possible) return {};
    if (is_page_sent_elsewhere(exchange)) return {};
    if (due == Due::unauthorized) {
        // Refused though it was accepted a moment ago: 401 and 403 are both thinkable.
        if (main.step == Step::rest && exchange.recollection.credential_accepted_elsewhere_ago)
            return {};
        const bool call = status != exchange.response.status;
        return {status == 401 ? Verdict::unauthorized_correct : Verdict::should_be_401,
                call ? reason_for_unauthenticated(main) : reason_for_401(main)};
    }
    return {status == 403 ? Verdict::forbidden_correct : Verdict::should_be_403,
            reason_for_403(main)};
}

}  // namespace whogoes::rules
