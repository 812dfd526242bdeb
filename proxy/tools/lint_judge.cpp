#include "proxy/tools/lint_judge.hpp"

#include "proxy/report/recorder.hpp"
#include "proxy/report/route_shape.hpp"
#include "proxy/tools/fail_on.hpp"
#include "rules/clients.hpp"
#include "rules/history.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::tools {
namespace {

// Nothing about a login can be seen in these; "0 errors" would pass for praise.
bool is_beside_the_point(int status) {
    return status == 404 || status == 405 || status == 410 || status >= 500;
}

std::string_view remark_on(int status) {
    if (status == 404 || status == 410)
        return "there is nothing at this path, so no login was judged: is the URL right?";
    if (status == 405) return "this method is not for this path, so no login was judged: see -X";
    if (status >= 500) return "the server failed, so no login was judged";
    if (status >= 300 && status < 400)
        return "sent elsewhere, where lint does not follow: give it the URL in Location";
    if (status < 300) return "let in: send no credential, or a bad one, to see it refuse";
    return "an answer that asks for no login, or asks rightly";
}

// One of many, of which nothing has to be said.
bool is_as_described(const Recorded& recorded) {
    return recorded.described && (recorded.status == 401 || recorded.status < 300);
}

std::string signature_of(const Judged& judged) {
    const report::AuthEvent& event = judged.event;
    std::string signature = std::to_string(event.status) + std::to_string(event.rpc.code) +
                            event.method + " " + event.path + " ";
    if (event.diagnosis.main) signature += event.diagnosis.main->cause->id;
    for (const rules::Violation& violation : event.diagnosis.violations)
        signature += "," + std::string(violation.rule->id);
    return signature;
}

// What the request held is not known, so nothing can follow from it.
void forget_request(rules::Diagnosis& diagnosis) {
    diagnosis.main.reset();
    diagnosis.also.clear();
    diagnosis.verdict = rules::Verdict::unknown;
    diagnosis.verdict_reason = {};
}

void count(const rules::Diagnosis& diagnosis, LintTally& tally) {
    for (const rules::Violation& violation : diagnosis.violations)
        ++(violation.rule->severity == rules::Severity::error     ? tally.errors
           : violation.rule->severity == rules::Severity::warning ? tally.warnings
                                                                  : tally.notes);
}

// "whogoes: ignore cors-missing, token-expired" within the comment of a HAR entry.
std::vector<std::string> ignored_by(std::string_view comment) {
    constexpr std::string_view mark = "whogoes: ignore ";
    const auto at = comment.find(mark);
    if (at == comment.npos) return {};
    const std::string_view rest = comment.substr(at + mark.size());
    return split_commas(std::string(rest.substr(0, rest.find_first_of(".;\n"))));
}

// Takes out what is not reported, and counts it.
class Sieve {
public:
    Sieve(const LintChoice& choice, const std::set<std::string>& known, LintTally& tally)
        : choice_(choice), known_(known), tally_(tally) {}

    void pass(const Recorded& recorded, report::AuthEvent& event) const {
        const auto ignored = ignored_by(recorded.comment);
        rules::Diagnosis& diagnosis = event.diagnosis;
        if (diagnosis.main && !stays(*diagnosis.main, diagnosis.main->cause->id, event, ignored))
            diagnosis.main.reset();
        std::erase_if(diagnosis.also,
                      [&](const rules::Finding& finding) { return !choice_.wants(finding); });
        std::erase_if(diagnosis.violations, [&](const rules::Violation& violation) {
            return !stays(violation, violation.rule->id, event, ignored);
        });
    }

private:
    template <class Found>
    bool stays(const Found& found, std::string_view id, const report::AuthEvent& event,
               const std::vector<std::string>& ignored) const {
        const bool by_comment = std::find(ignored.begin(), ignored.end(), id) != ignored.end();
        if (!choice_.wants(found) || by_comment) {
            ++tally_.ignored;
            return false;
        }
        const bool is_known = !known_.empty() && known_.contains(finding_key(id, event));
        tally_.known += is_known ? 1 : 0;
        return !is_known;
    }

    const LintChoice& choice_;
    const std::set<std::string>& known_;
    LintTally& tally_;
};

// What of this exchange makes lint fail.
bool note_failures(const Judged& judged, const LintChoice& choice, LintTally& tally) {
    bool failed = false;
    const auto note = [&](std::string_view id) {
        if (!choice.fails_on(id)) return;
        failed = true;
        tally.failing.emplace(id);
    };
    const rules::Diagnosis& diagnosis = judged.event.diagnosis;
    if (diagnosis.main) note(diagnosis.main->cause->id);
    for (const rules::Finding& finding : diagnosis.also) note(finding.cause->id);
    for (const rules::Violation& violation : diagnosis.violations) note(violation.rule->id);
    return failed;
}

}  // namespace

std::string finding_key(std::string_view id, int status, std::string_view method,
                        std::string_view path) {
    std::string key =
        std::string(id) + " " + std::to_string(status) + " " + std::string(method) + " ";
    report::append_route_shape(key, path);
    return key;
}

std::string finding_key(std::string_view id, const report::AuthEvent& event) {
    return finding_key(id, event.status, event.method, event.path);
}

namespace {

std::span<const rules::Dialect> own_dialects(const LintRequest& request) {
    return request.dialects ? std::span<const rules::Dialect>(*request.dialects)
                            : std::span<const rules::Dialect>();
}

}  // namespace

LintResult judge(const std::vector<Recorded>& recording, const LintRequest& request,
                 rules::TimePoint now, const LintChoice& choice,
                 const std::set<std::string>& known) {
    LintResult result;
    LintTally& tally = result.tally;
    const Sieve sieve(choice, known, tally);
    rules::Fingerprinter fingerprinter(rules::FingerprintKey{});
    rules::History history;
    std::map<std::string, std::size_t> places;
    for (const Recorded& recorded : recording) {
        rules::Exchange exchange =
            recorded.exchange(now, {request.expected, request.keys.get(), own_dialects(request)});
        if (request.openapi)
            exchange.documented =
                request.openapi->find(exchange.request.method, exchange.request.path);
        exchange.recollection = history.recall(exchange);
        rules::Diagnosis diagnosis = rules::diagnose(exchange);
        // Of a description's operations nothing was sent on purpose.
        if (!recorded.request_known || recorded.masked ||
            (recorded.described && request.headers.empty()))
            forget_request(diagnosis);
        history.remember(exchange);
        ++tally.exchanges;
        ++tally.statuses[recorded.status];
        tally.all_seen = tally.all_seen && recorded.request_known;
        tally.masked = tally.masked || recorded.masked;
        if (request.progress) request.progress(tally.exchanges, recording.size());

        Judged one;
        one.event = report::describe(exchange, diagnosis, {}, fingerprinter, {});
        one.event.status = recorded.status;
        const bool sound = one.silent();  // and not merely known, or ignored
        sieve.pass(recorded, one.event);
        count(one.event.diagnosis, tally);
        one.input = recorded.input;
        one.from_file = !recorded.fetched;
        one.request_known = recorded.request_known;
        one.failed = note_failures(one, choice, tally) ||
                     (recorded.fetched && !recorded.described &&
                      is_beside_the_point(recorded.status) && choice.fails_at_all());
        tally.failed = tally.failed || one.failed;
        if (choice.wants_clients()) one.clients = rules::client_warnings(exchange.challenges);
        if (recorded.fetched && sound && one.silent() && !is_as_described(recorded))
            one.remark = remark_on(recorded.status);
        if (one.silent()) continue;
        const auto [place, is_new] = places.emplace(signature_of(one), result.judged.size());
        if (is_new)
            result.judged.push_back(std::move(one));
        else
            ++result.judged[place->second].times;
    }
    return result;
}

}  // namespace whogoes::tools
