#include "rules/diagnosis.hpp"

#include "rules/causes/reading.hpp"
#include "rules/choice.hpp"
#include "rules/compliance/login_page.hpp"
#include "rules/compliance/readings.hpp"
#include "rules/exchange.hpp"
#include "rules/verdict.hpp"

#include <utility>

namespace whogoes::rules {
namespace {

enum class Event : std::uint8_t {
    none,
    by_status,  // 429, 495, 496: nothing but the causes that such a status has
    told_only,  // a status of something else: nothing but what a recognised system told
    precise,    // a 400 without a word of authentication: only what the bytes show
    told_400,   // a 400 of which a recognised system said more: that, and what the bytes show
    any,
};

// A browser that is sent to log in with nothing in its hands is not refused, and logging in and out
// leads to the login page by nature, unless the way back names an error.
bool is_refusing_redirect(const Exchange& exchange, const Diagnosis& diagnosis) {
    if (causes::is_login_call(exchange) && compliance::error_of_login(exchange)) return true;
    const std::string_view path = exchange.request.path;
    if (compliance::is_login_url(path, {}) || path.find("logout") != std::string_view::npos)
        return false;
    if (diagnosis.has_rule("login-redirect-for-api")) return true;
    // A browser that was given a session for this path, and comes without it, has lost it; not
    // where somebody typed the address, which may be in a new window.
    const auto site = exchange.request.fields.first("Sec-Fetch-Site");
    const bool lost_session =
        site && !iequals(*site, "none") && !exchange.recollection.cookies_set.empty();
    return compliance::redirects_to_login(exchange) &&
           (exchange.request.fields.has("Cookie") || !exchange.credentials.empty() || lost_session);
}

bool is_authentication_400(const Exchange& exchange) {
    return compliance::is_token_endpoint(exchange) || !exchange.challenges.absent() ||
           exchange.heard.refuses(exchange.carries(Sent::credential));
}

bool told_by_system(const Exchange& exchange) {
    const bool success = exchange.response.status < 300;
    for (const Told& told : exchange.heard.told)
        if (told.by_system() && !told.saying->weak && (!success || told.by->in_successes))
            return true;
    return false;
}

// A 5xx that hides a refusal: a token came, and the answer names what is wrong with one, or why it
// could not be judged.
bool hides_refusal(const Exchange& exchange) {
    if (!exchange.carries(Sent::jwt) && !exchange.carries(Sent::opaque)) return false;
    for (const Told& told : exchange.heard.told) {
        const CauseRow* const row = find_row(told.saying->cause);
        if (!row) continue;
        if (row->step >= Step::structure && row->step <= Step::checks) return true;
        if (row->step == Step::edge && !row->cause.has(Trait::not_about_caller)) return true;
    }
    return false;
}

// What the bytes of Authorization prove to be no credential, where the answer gives no reason that
// is another: an API may well take what is none to the standard.
bool explains_bare_400(const CauseRow& row, const Exchange& exchange) {
    return row.cause.has(Trait::asked_on_bare_400) && !exchange.credentials.empty() &&
           exchange.heard.unheard().empty();
}

bool is_precise(const CauseRow& row, const Exchange& exchange) {
    return row.step == Step::edge || row.step == Step::several || row.step == Step::malformed ||
           row.cause.has(Trait::asked_on_400) || explains_bare_400(row, exchange);
}

// Whether the answer says that nothing came, or not the right thing.
bool is_absence_told(const Exchange& exchange) {
    for (const Told& told : exchange.heard.told) {
        const CauseRow* const row = find_row(told.saying->cause);
        if (row && row->step == Step::absent) return true;
    }
    return false;
}

// Who opens a page without a token or key is sent to log in by nature.
bool is_visit(const Exchange& exchange) {
    return iequals(exchange.request.fields.first("Sec-Fetch-Mode").value_or(""), "navigate") &&
           exchange.credentials.empty() && !exchange.carries(Sent::api_key);
}

Event event_of(const Exchange& exchange, const Diagnosis& diagnosis) {
    const int status = exchange.response.status;
    switch (status) {
        case 401:
        case 403:
        case 407:
        case 419:
        case 440:
        case 498:
            return Event::any;
        case 400:
            if (told_by_system(exchange) && !compliance::is_token_endpoint(exchange))
                return Event::told_400;
            return is_authentication_400(exchange) ? Event::any : Event::precise;
        case 429:
        case 495:
        case 496:
            return Event::by_status;
        default:
            break;
    }
    if (status >= 300 && status < 400) {
        if (is_refusing_redirect(exchange, diagnosis)) return Event::any;
        return told_by_system(exchange) && !is_visit(exchange) ? Event::told_only : Event::none;
    }
    if (status < 300 && exchange.rpc.status)
        return exchange.rpc.refuses() ? Event::any : Event::none;
    if (diagnosis.has_rule("soft-unauthorized")) return Event::any;
    if (told_by_system(exchange) || (status >= 500 && hides_refusal(exchange)) ||
        diagnosis.has_rule("auth-failure-as-server-error"))
        return Event::told_only;
    return Event::none;
}

// Somebody who says no more than that the token is not taken: its times may say why.
bool is_token_refused(const Exchange& exchange) {
    return std::any_of(
        exchange.heard.told.begin(), exchange.heard.told.end(), [](const Told& told) {
            const CauseRow* const row = find_row(told.saying->cause);
            return row && row->step == Step::rest && row->cause.due == Due::unauthorized;
        });
}

bool is_asked(const CauseRow& row, Event event, const Exchange& exchange) {
    switch (event) {
        case Event::none:
            return false;
        case Event::by_status:
            return row.cause.has(Trait::of_status) || exchange.heard.says(row.cause.id);
        case Event::told_only:
            return exchange.heard.says(row.cause.id) ||
                   (row.step == Step::times && is_token_refused(exchange));
        case Event::precise:
            return is_precise(row, exchange);
        case Event::told_400:
            return is_precise(row, exchange) || exchange.heard.says(row.cause.id) ||
                   (row.step == Step::absent && is_absence_told(exchange));
        case Event::any:
            return true;
    }
    return false;
}

// Words about a credential mean nothing where none came, and that none came where one did.
bool may_be_told(const CauseRow& row, const Exchange& exchange) {
    switch (row.step) {
        case Step::absent:
            return !row.cause.has(Trait::no_bearer_attempt) || exchange.credentials.empty();
        case Step::several:
        case Step::malformed:
        case Step::scheme:
        case Step::structure:
        case Step::kind:
        case Step::times:
        case Step::checks:
        case Step::flow:
            return exchange.carries(Sent::credential) || !exchange.credentials.empty() ||
                   compliance::is_token_endpoint(exchange);
        case Step::preflight:
        case Step::beside:
            return false;
        default:
            return true;
    }
}

std::optional<Evidence> evidence_of(const CauseRow& row, const Exchange& exchange) {
    std::optional<Evidence> found = row.check ? row.check(exchange) : std::nullopt;
    const Told* const told = exchange.heard.told_of(row.cause.id);
    if (!told || !may_be_told(row, exchange) || row.cause.has(Trait::has_last_word)) return found;
    if (found && (found->ground >= Ground::heard || told->saying->weak)) return found;
    // A check of the credential's own bytes may find nothing where the answer says it; one that
    // weighs what came has its reasons, which words of a system that was recognised outweigh.
    const bool bytes_alone = row.step >= Step::structure && row.step <= Step::checks;
    if (row.check && !told->by_system() && (found || !bytes_alone)) return found;
    std::optional<Evidence> said = causes::told(exchange, row.cause.id);
    if (found) said->facts = std::move(found->facts);
    return said;
}

// What looks wrong and is right there, unless the system says by itself that it is not.
bool is_quirk(const CauseRow& row, const Exchange& exchange) {
    if (!exchange.heard.is_usual_there(row.cause.id)) return false;
    const Told* const told = exchange.heard.told_of(row.cause.id);
    return !told || !told->by_system();
}

// A token endpoint's call carries its credentials elsewhere: nothing of the usual ladder is about
// it, but what its answer says, and the password that a grant may hold.
bool is_about_token_call(const CauseRow& row, const Exchange& exchange) {
    return row.step <= Step::edge || exchange.heard.says(row.cause.id) ||
           (row.cause.has(Trait::of_password_grant) && exchange.carries(Sent::password));
}

std::vector<Candidate> find_candidates(const Exchange& exchange, Event event) {
    std::vector<Candidate> found;
    const bool token_endpoint = compliance::is_token_endpoint(exchange);
    for (const CauseRow& row : catalogue()) {
        if (!is_asked(row, event, exchange)) continue;
        if (is_quirk(row, exchange)) continue;
        if (token_endpoint && !is_about_token_call(row, exchange)) continue;
        std::optional<Evidence> evidence = evidence_of(row, exchange);
        if (!evidence) continue;
        if (token_endpoint && row.step > Step::edge && evidence->ground < Ground::heard) continue;
        // A raw token may be what this API wants; without a word of it a 400 is about the body.
        if ((row.step == Step::malformed || row.cause.has(Trait::asked_on_bare_400)) &&
            event == Event::precise && evidence->ground != Ground::proof)
            continue;
        if (row.step == Step::malformed && event == Event::told_400 &&
            evidence->ground < Ground::told)
            continue;
        found.push_back({&row, std::move(*evidence)});
        // Browsers put nothing on a preflight that any other check could be about.
        if (row.step == Step::preflight) break;
    }
    return found;
}

}  // namespace

Diagnosis diagnose(const Exchange& exchange) {
    Diagnosis diagnosis;
    for (const RuleRow& row : rulebook()) {
        if (exchange.heard.is_usual_there(row.rule.id)) continue;
        if (!exchange.request_seen && row.rule.reads_request) continue;
        if (std::optional<Evidence> evidence = row.check(exchange))
            diagnosis.violations.push_back(Violation{&row.rule, std::move(*evidence)});
    }
    if (const Dialect* const system = exchange.heard.system()) diagnosis.system = system->name;

    const Event event = exchange.request_seen ? event_of(exchange, diagnosis) : Event::none;
    if (event == Event::none) return diagnosis;
    const CauseRow* const main = choose(find_candidates(exchange, event), exchange, diagnosis);
    if (!main) return diagnosis;
    diagnosis.handshake = main->cause.has(Trait::handshake);
    const Judgement judgement = judge_status(*main, diagnosis.main->evidence.confidence, exchange);
    diagnosis.verdict = judgement.verdict;
    diagnosis.verdict_reason = judgement.reason;
    return diagnosis;
}

void relabel_as_first_leg(Diagnosis& diagnosis) {
    Evidence evidence;
    evidence.ground = Ground::proof;
    evidence.confidence = Confidence::certain;
    evidence.words = "the client came back with a credential for an offered scheme";
    for (Fact& known : diagnosis.main->evidence.facts)
        if (known.name == "challenge_schemes") evidence.facts.push_back(std::move(known));
    diagnosis.main = Finding{&cause_with(Trait::handshake), std::move(evidence)};
    diagnosis.also.clear();
    diagnosis.handshake = true;
}

bool Diagnosis::has_cause(std::string_view id) const {
    if (main && main->cause->id == id) return true;
    for (const Finding& finding : also)
        if (finding.cause->id == id) return true;
    return false;
}

bool Diagnosis::has_cause(Trait trait) const {
    if (main && main->cause->has(trait)) return true;
    for (const Finding& finding : also)
        if (finding.cause->has(trait)) return true;
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
