#include "rules/diagnosis.hpp"

#include "rules/causes/reading.hpp"
#include "rules/compliance/login_page.hpp"
#include "rules/compliance/readings.hpp"
#include "rules/exchange.hpp"
#include "rules/verdict.hpp"

#include <utility>

namespace whogoes::rules {
namespace {

constexpr std::string_view handshake_id = "handshake-challenge";

enum class Event : std::uint8_t {
    none,
    throttle_only,     // 429: nothing but rate-limited
    certificate_only,  // 495, 496: nothing but client-certificate-required
    precise_only,      // 400 without a word of authentication: only what the bytes show
    any,
};

// A browser that is sent to log in with nothing in its hands is not refused, and logging in and out
// leads to the login page by nature.
bool is_refusing_redirect(const Exchange& exchange, const Diagnosis& diagnosis) {
    const std::string_view path = exchange.request.path;
    if (compliance::is_login_url(path, {}) || path.find("logout") != std::string_view::npos)
        return false;
    if (diagnosis.has_rule("login-redirect-for-api")) return true;
    return compliance::redirects_to_login(exchange) &&
           (exchange.request.fields.has("Cookie") || !exchange.credentials.empty());
}

bool is_authentication_400(const Exchange& exchange) {
    return compliance::is_token_endpoint(exchange) || !exchange.challenges.absent() ||
           exchange.heard.refuses(!causes::sole_token(exchange).empty());
}

Event event_of(const Exchange& exchange, const Diagnosis& diagnosis) {
    switch (const int status = exchange.response.status) {
        case 401:
        case 403:
        case 407:
        case 419:
            return Event::any;
        case 400:
            return is_authentication_400(exchange) ? Event::any : Event::precise_only;
        case 429:
            return Event::throttle_only;
        case 495:
        case 496:
            return Event::certificate_only;
        default:
            if (status >= 300 && status < 400)
                return is_refusing_redirect(exchange, diagnosis) ? Event::any : Event::none;
            return diagnosis.has_rule("soft-unauthorized") ? Event::any : Event::none;
    }
}

bool is_asked(const CauseRow& row, Event event) {
    switch (event) {
        case Event::none:
            return false;
        case Event::throttle_only:
            return row.cause.id == "rate-limited";
        case Event::certificate_only:
            return row.cause.id == "client-certificate-required";
        case Event::precise_only:
            return row.step == Step::edge || row.step == Step::several ||
                   row.step == Step::malformed || row.cause.id == "empty-authorization";
        case Event::any:
            return true;
    }
    return false;
}

// The request of a token endpoint carries its credentials elsewhere: nothing of the usual ladder
// is about it.
bool ends_the_search(Step step) {
    return step == Step::preflight || step == Step::token_endpoint || step == Step::several ||
           step == Step::absent || step == Step::malformed;
}

bool is_told_by_challenge(std::string_view id) {
    return id == "insufficient-scope" || id == "step-up-required" || id == "dpop-nonce-required";
}

// Whether a later match tells something that the main cause does not say already.
bool adds_to(const CauseRow& main, const CauseRow& row, const Evidence& evidence) {
    if (row.step == Step::beside) return true;
    if (row.cause.id == "stale-token-race") return main.step == Step::times;
    const bool certain = evidence.confidence == Confidence::certain;
    switch (row.step) {
        case Step::edge:
            return certain && main.step == Step::edge;
        case Step::structure:
            return main.step == Step::structure ? row.cause.id != "digest-wrong-credentials"
                                                : certain;
        case Step::kind:
        case Step::times:
            return certain;
        case Step::checks:
            // A token of the wrong kind has another audience, typ and scope by nature, and one that
            // is damaged no valid signature; what the challenge itself says stands beside both.
            return certain && ((main.step != Step::kind && main.step != Step::structure) ||
                               is_told_by_challenge(row.cause.id));
        default:
            return false;
    }
}

// Among the checks of step 12 what is certain leads: a configured key tells more than a word in the
// body.
bool leads_over(const CauseRow& row, const Evidence& evidence, const CauseRow& main,
                const Evidence& main_evidence) {
    return row.step == Step::checks && main.step == Step::checks &&
           evidence.confidence == Confidence::certain &&
           main_evidence.confidence != Confidence::certain;
}

const CauseRow* find_causes(const Exchange& exchange, Event event, Diagnosis& diagnosis) {
    const CauseRow* main = nullptr;
    const bool token_endpoint = compliance::is_token_endpoint(exchange);
    for (const CauseRow& row : catalogue()) {
        if (!is_asked(row, event)) continue;
        if (token_endpoint && row.step > Step::edge) break;
        if (main && ends_the_search(main->step) && row.step != Step::beside) continue;
        if (main && (row.step == Step::rest || row.step == Step::absent)) continue;
        if (!main && row.step == Step::beside) continue;
        std::optional<Evidence> evidence = row.check(exchange);
        if (!evidence) continue;
        // A raw token may be what this API wants; without a word of it a 400 is about the body.
        if (event == Event::precise_only && row.step == Step::malformed &&
            evidence->confidence != Confidence::certain)
            continue;
        if (!main) {
            main = &row;
            diagnosis.main = Finding{&row.cause, std::move(*evidence)};
        } else if (leads_over(row, *evidence, *main, diagnosis.main->evidence)) {
            main = &row;
            diagnosis.main = Finding{&row.cause, std::move(*evidence)};
        } else if (adds_to(*main, row, *evidence)) {
            diagnosis.also.push_back(Finding{&row.cause, std::move(*evidence)});
        }
    }
    return main;
}

}  // namespace

Diagnosis diagnose(const Exchange& exchange) {
    Diagnosis diagnosis;
    for (const RuleRow& row : rulebook())
        if (std::optional<Evidence> evidence = row.check(exchange))
            diagnosis.violations.push_back(Violation{&row.rule, std::move(*evidence)});

    const Event event = event_of(exchange, diagnosis);
    if (event == Event::none) return diagnosis;
    const CauseRow* const main = find_causes(exchange, event, diagnosis);
    if (!main) return diagnosis;
    diagnosis.handshake = main->cause.id == handshake_id;
    const Judgement judgement = judge_status(*main, diagnosis.main->evidence.confidence, exchange);
    diagnosis.verdict = judgement.verdict;
    diagnosis.verdict_reason = judgement.reason;
    return diagnosis;
}

void relabel_as_first_leg(Diagnosis& diagnosis) {
    Evidence evidence;
    evidence.confidence = Confidence::certain;
    evidence.words = "the client came back with a credential for an offered scheme";
    for (Fact& known : diagnosis.main->evidence.facts)
        if (known.name == "challenge_schemes") evidence.facts.push_back(std::move(known));
    diagnosis.main = Finding{find_cause(handshake_id), std::move(evidence)};
    diagnosis.also.clear();
    diagnosis.handshake = true;
}

bool Diagnosis::has_cause(std::string_view id) const {
    if (main && main->cause->id == id) return true;
    for (const Finding& finding : also)
        if (finding.cause->id == id) return true;
    return false;
}

bool Diagnosis::has_rule(std::string_view id) const {
    for (const Violation& violation : violations)
        if (violation.rule->id == id) return true;
    return false;
}

std::string_view name(Party party) noexcept {
    switch (party) {
        case Party::client:
            return "client";
        case Party::upstream:
            return "upstream";
        case Party::operator_:
            return "operator";
        case Party::nobody:
            break;
    }
    return "nobody";
}

std::string_view name(Confidence confidence) noexcept {
    switch (confidence) {
        case Confidence::certain:
            return "certain";
        case Confidence::likely:
            return "likely";
        case Confidence::possible:
            break;
    }
    return "possible";
}

std::string_view name(Severity severity) noexcept {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::info:
            break;
    }
    return "info";
}

std::string_view name(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::unauthorized_correct:
            return "401-correct";
        case Verdict::forbidden_correct:
            return "403-correct";
        case Verdict::should_be_401:
            return "should-be-401";
        case Verdict::should_be_403:
            return "should-be-403";
        case Verdict::unknown:
            break;
    }
    return "unknown";
}

}  // namespace whogoes::rules
