#include "proxy/tools/lint.hpp"

#include "proxy/report/escape.hpp"
#include "proxy/report/recorder.hpp"
#include "proxy/tools/fail_on.hpp"
#include "proxy/tools/words.hpp"
#include "rules/clients.hpp"
#include "rules/diagnosis.hpp"
#include "rules/history.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

namespace whogoes::tools {
namespace {

namespace json = boost::json;

// One exchange as it is shown: the event is redacted.
struct Judged {
    report::AuthEvent event;
    std::vector<std::string> clients;
    std::string_view remark;  // on an answer that was asked for just now
    int times = 1;            // the same findings on the same method, path and status

    bool silent() const {
        return !event.diagnosis.main && event.diagnosis.violations.empty() && clients.empty() &&
               remark.empty();
    }
};

struct Tally {
    std::size_t exchanges = 0, errors = 0, warnings = 0, notes = 0;
    std::map<int, std::size_t> statuses;
    bool failed = false;
};

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

std::string signature_of(const Judged& judged) {
    const report::AuthEvent& event = judged.event;
    std::string signature = std::to_string(event.status) + std::to_string(event.rpc.code) +
                            event.method + " " + event.path + " ";
    if (event.diagnosis.main) signature += event.diagnosis.main->cause->id;
    for (const rules::Violation& violation : event.diagnosis.violations)
        signature += "," + std::string(violation.rule->id);
    return signature;
}

bool hits(const rules::Diagnosis& diagnosis, const std::vector<std::string>& ids) {
    return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
        return diagnosis.has_cause(id) || diagnosis.has_rule(id);
    });
}

// What the request held is not known, so nothing can follow from it.
void forget_request(rules::Diagnosis& diagnosis) {
    diagnosis.main.reset();
    diagnosis.also.clear();
    diagnosis.verdict = rules::Verdict::unknown;
    diagnosis.verdict_reason = {};
}

void count(const rules::Diagnosis& diagnosis, Tally& tally) {
    for (const rules::Violation& violation : diagnosis.violations)
        ++(violation.rule->severity == rules::Severity::error     ? tally.errors
           : violation.rule->severity == rules::Severity::warning ? tally.warnings
                                                                  : tally.notes);
}

std::vector<Judged> judge(const std::vector<Recorded>& recording, const LintRequest& request,
                          rules::TimePoint now, const std::vector<std::string>& fail_on,
                          Tally& tally) {
    const rules::Expectations expected;
    rules::Fingerprinter fingerprinter(rules::FingerprintKey{});
    rules::History history;
    std::vector<Judged> judged;
    std::map<std::string, std::size_t> known;
    for (const Recorded& recorded : recording) {
        rules::Exchange exchange = recorded.exchange(now, expected);
        exchange.recollection = history.recall(exchange);
        rules::Diagnosis diagnosis = rules::diagnose(exchange);
        if (!recorded.request_known) forget_request(diagnosis);
        history.remember(exchange);
        ++tally.exchanges;
        ++tally.statuses[recorded.status];
        count(diagnosis, tally);
        tally.failed = tally.failed || hits(diagnosis, fail_on);
        if (recorded.fetched && is_beside_the_point(recorded.status) && !fail_on.empty())
            tally.failed = true;
        if (request.progress) request.progress(tally.exchanges, recording.size());

        Judged one;
        one.event = report::describe(exchange, diagnosis, {}, fingerprinter, {});
        one.event.status = recorded.status;
        one.clients = rules::client_warnings(exchange.challenges);
        if (recorded.fetched && one.silent()) one.remark = remark_on(recorded.status);
        if (one.silent()) continue;
        const auto [place, is_new] = known.emplace(signature_of(one), judged.size());
        if (is_new)
            judged.push_back(std::move(one));
        else
            ++judged[place->second].times;
    }
    return judged;
}

class Page {
public:
    explicit Page(bool utf8) : utf8_(utf8) {}

    void add(const Judged& judged) {
        const report::AuthEvent& event = judged.event;
        out_ += std::to_string(event.status) + " " + safe(event.method) + " " + safe(event.path);
        if (event.rpc.code > 0) out_ += ", " + safe(report::status_words(event.rpc));
        out_ += times(static_cast<std::size_t>(judged.times)) + "\n";
        if (const auto& main = event.diagnosis.main) {
            row("cause", std::string(main->cause->id) + " (" +
                             std::string(rules::name(main->evidence.confidence)) +
                             "): " + safe(main->evidence.words));
            row("", "fix: " + std::string(main->what_to_do()));
        }
        for (const rules::Violation& violation : event.diagnosis.violations) {
            row(rules::name(violation.rule->severity),
                std::string(violation.rule->id) + ": " + std::string(violation.rule->summary) +
                    " (" + std::string(violation.rule->section) + ")");
            row("", "seen: " + safe(violation.evidence.words));
            row("", "fix: " + std::string(violation.rule->advice));
        }
        for (const std::string& words : judged.clients) row("clients", safe(words));
        if (!judged.remark.empty()) row("seen", std::string(judged.remark));
    }

    std::string finish(const Tally& tally, bool all_seen) {
        if (!all_seen)
            out_ +=
                "The request is not in the input, so no cause is named: say with -H what was "
                "sent, or pipe in `curl -sv URL 2>&1`.\n";
        if (tally.errors + tally.warnings + tally.notes > 0)
            out_ += "`whogoes causes ID` tells all about a cause or a rule.\n";
        out_ += std::to_string(tally.exchanges) +
                (tally.exchanges == 1 ? " answer: " : " answers: ") +
                plural(tally.errors, "error") + ", " + plural(tally.warnings, "warning") + ", " +
                plural(tally.notes, "note") + "; " + statuses(tally) + "\n";
        return std::move(out_);
    }

private:
    std::string safe(std::string_view text) const { return report::visible(text, utf8_); }

    std::string times(std::size_t number) const {
        if (number < 2) return {};
        return (utf8_ ? " ×" : " x") + std::to_string(number);
    }

    std::string statuses(const Tally& tally) const {
        std::string words = "status";
        for (const auto& [status, number] : tally.statuses)
            words += (words.ends_with('s') ? " " : ", ") + std::to_string(status) + times(number);
        return words;
    }

    static std::string plural(std::size_t number, std::string_view what) {
        return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
    }

    void row(std::string_view label, const std::string& text) {
        std::string start = "  " + std::string(label);
        start.resize(11, ' ');
        out_ += start + folded(text, std::string(11, ' ')) + "\n";
    }

    bool utf8_;
    std::string out_;
};

json::object json_of_judged(const Judged& judged) {
    const report::AuthEvent& event = judged.event;
    json::object object{
        {"status", event.status}, {"method", event.method},
        {"path", event.path},     {"times", judged.times},
        {"cause", nullptr},       {"verdict", rules::name(event.diagnosis.verdict)}};
    if (event.diagnosis.main) object["cause"] = json_of(*event.diagnosis.main);
    json::array also, violations;
    for (const rules::Finding& finding : event.diagnosis.also) also.push_back(json_of(finding));
    for (const rules::Violation& violation : event.diagnosis.violations)
        violations.push_back(json_of(violation));
    object["also"] = std::move(also);
    object["violations"] = std::move(violations);
    object["clients"] = json::array(judged.clients.begin(), judged.clients.end());
    if (!judged.remark.empty()) object["remark"] = judged.remark;
    return object;
}

}  // namespace

Linted lint_recorded(const std::vector<Recorded>& recording, const LintRequest& request,
                     rules::TimePoint now) {
    std::vector<std::string> words = request.fail_on;
    if (words.empty()) words = {"error"};
    if (words == std::vector<std::string>{"none"}) words.clear();
    const auto fail_on = fail_on_ids(words);
    if (!fail_on.has_value()) return {"", "--fail-on: " + fail_on.error(), 2};

    Tally tally;
    const std::vector<Judged> judged = judge(recording, request, now, *fail_on, tally);
    const bool all_seen = std::all_of(recording.begin(), recording.end(),
                                      [](const Recorded& one) { return one.request_known; });
    Linted linted;
    linted.exit_code = tally.failed ? 1 : 0;
    if (request.json) {
        json::array exchanges;
        for (const Judged& one : judged) exchanges.push_back(json_of_judged(one));
        linted.text = json::serialize(json::object{{"answers", tally.exchanges},
                                                   {"errors", tally.errors},
                                                   {"warnings", tally.warnings},
                                                   {"notes", tally.notes},
                                                   {"failed", tally.failed},
                                                   {"requests_seen", all_seen},
                                                   {"exchanges", std::move(exchanges)}}) +
                      "\n";
        return linted;
    }
    Page page(request.utf8);
    for (const Judged& one : judged) page.add(one);
    linted.text = page.finish(tally, all_seen);
    return linted;
}

}  // namespace whogoes::tools
