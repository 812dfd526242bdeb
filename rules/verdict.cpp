#include "rules/verdict.hpp"

#include <algorithm>
#include <array>

namespace whogoes::rules {
namespace {

enum class Due : std::uint8_t { neither, unauthorized, forbidden };

bool is_one_of(std::string_view id, std::initializer_list<std::string_view> ids) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Due due_for(const CauseRow& row) {
    const std::string_view id = row.cause.id;
    switch (row.step) {
        case Step::preflight:
            return Due::neither;  // a preflight wants a 2xx
        case Step::token_endpoint:
            return id == "refresh-client-rejected" ? Due::unauthorized : Due::neither;
        case Step::edge:
            // 404, 429 or a page of somebody else's: neither status says what happened.
            return is_one_of(id, {"host-rejected", "cors-origin-rejected", "ip-not-allowed",
                                  "csrf-failed"})
                       ? Due::forbidden
                       : Due::neither;
        case Step::flow:
            return id == "replay-still-unauthorized" ? Due::forbidden : Due::unauthorized;
        default:
            return is_one_of(id, {"permission-denied", "insufficient-scope"}) ? Due::forbidden
                                                                              : Due::unauthorized;
    }
}

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

std::string_view reason_for_403(const CauseRow& row) {
    if (row.step == Step::edge)
        return "The request itself is refused, whoever sends it; a login would change nothing.";
    return "The caller is known and may not do this; the same credential again changes nothing.";
}

}  // namespace

Judgement judge_status(const CauseRow& main, Confidence confidence, const Exchange& exchange) {
    const int status = exchange.response.status;
    const Due due = due_for(main);
    if (due == Due::neither || confidence == Confidence::possible) return {};
    if (due == Due::unauthorized) {
        // Refused though it was accepted a moment ago: 401 and 403 are both thinkable.
        if (main.cause.id == "revoked-or-logged-out" &&
            exchange.recollection.credential_accepted_elsewhere_ago)
            return {};
        return {status == 401 ? Verdict::unauthorized_correct : Verdict::should_be_401,
                reason_for_401(main)};
    }
    return {status == 403 ? Verdict::forbidden_correct : Verdict::should_be_403,
            reason_for_403(main)};
}

}  // namespace whogoes::rules
