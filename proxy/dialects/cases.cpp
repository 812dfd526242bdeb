#include "proxy/dialects/cases.hpp"

#include "proxy/dialects/staged.hpp"
#include "rules/diagnosis.hpp"
#include "rules/history.hpp"

#include <algorithm>

namespace whogoes::dialects {

using namespace rules;

namespace {

std::string or_nothing(const std::string& cause) { return cause.empty() ? "nothing" : cause; }

bool is_in(const std::vector<std::string>& list, const std::string& cause) {
    return std::find(list.begin(), list.end(), or_nothing(cause)) != list.end();
}

// What the client had before goes by one second apart, the last a second ago.
void remember_earlier(const Case& one, std::span<const Dialect> more, History& history) {
    auto ago = std::chrono::seconds(one.earlier.size());
    for (const Case::Earlier& before : one.earlier) {
        Staged staged(before.request, before.response, one.upstream, case_time - ago);
        staged.exchange.dialects = more;
        staged.exchange.read();
        staged.exchange.recollection = history.recall(staged.exchange);
        history.remember(staged.exchange);
        ago -= std::chrono::seconds(1);
    }
}

CaseResult play(const Case& one, std::span<const Dialect> more) {
    History history;
    remember_earlier(one, more, history);
    Staged staged(one.request, one.response, one.upstream);
    staged.exchange.dialects = more;
    staged.exchange.read();
    staged.exchange.recollection = history.recall(staged.exchange);
    const Diagnosis diagnosis = diagnose(staged.exchange);

    CaseResult result;
    for (const Dialect* const system : staged.exchange.heard.systems)
        result.systems.emplace_back(system->id);
    if (diagnosis.main) {
        result.cause = diagnosis.main->cause->id;
        result.confidence = name(diagnosis.main->evidence.confidence);
        result.words = diagnosis.main->evidence.words;
    }
    return result;
}

}  // namespace

CaseResult run_case(const Case& one, std::span<const Dialect> more) {
    CaseResult result;
    try {
        result = play(one, more);
    } catch (const MessageError& error) {
        result.outcome = Outcome::unusable;
        result.words = error.what();
        return result;
    }
    if (is_in(one.never, result.cause))
        result.outcome = Outcome::wrong;
    else if (result.cause == one.cause)
        result.outcome = Outcome::right;
    else
        result.outcome = is_in(one.accept, result.cause) ? Outcome::accepted : Outcome::wrong;
    return result;
}

std::string line_of(const std::string& file_name, const Case& one, const CaseResult& result) {
    std::string line = file_name + ":" + std::to_string(one.line) + ": " + one.title + ": ";
    std::string came = or_nothing(result.cause);
    if (!result.confidence.empty()) came += " (" + result.confidence + ")";
    switch (result.outcome) {
        case Outcome::right:
            return line + "right: " + came;
        case Outcome::accepted:
            return line + "accepted: " + came + " beside " + or_nothing(one.cause);
        case Outcome::unusable:
            return line + "unusable: " + result.words;
        case Outcome::wrong:
            break;
    }
    line += "wrong: " + came + " instead of " + or_nothing(one.cause);
    return result.words.empty() ? line : line + ": " + result.words;
}

}  // namespace whogoes::dialects
