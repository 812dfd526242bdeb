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
    int times = 1;  // the same findings on the same method, path and status

    bool silent() const {
        return !event.diagnosis.main && event.diagnosis.violations.empty() && clients.empty();
    }
};

struct Tally {
    std::size_t exchanges = 0, errors = 0, warnings = 0, notes = 0;
    bool failed = false;
};

std::string signature_of(const Judged& judged) {
    const report::AuthEvent& event = judged.event;
    std::string signature = std::to_string(event.status) + event.method + " " + event.path + " ";
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

void count(const rules::Diagnosis& diagnosis, Tally& tally) {
    for (const rules::Violation& violation : diagnosis.violations)
        ++(violation.rule->severity == rules::Severity::error     ? tally.errors
           : violation.rule->severity == rules::Severity::warning ? tally.warnings
                                                                  : tally.notes);
}

std::vector<Judged> judge(const std::vector<Recorded>& recording, rules::TimePoint now,
                          const std::vector<std::string>& fail_on, Tally& tally) {
    const rules::Expectations expected;
    rules::Fingerprinter fingerprinter(rules::FingerprintKey{});
    rules::History history;
    std::vector<Judged> judged;
    std::map<std::string, std::size_t> known;
    for (const Recorded& recorded : recording) {
        rules::Exchange exchange = recorded.exchange(now, expected);
        exchange.recollection = history.recall(exchange);
        const rules::Diagnosis diagnosis = rules::diagnose(exchange);
        history.remember(exchange);
        ++tally.exchanges;
        count(diagnosis, tally);
        tally.failed = tally.failed || hits(diagnosis, fail_on);

        Judged one;
        one.event = report::describe(exchange, diagnosis, {}, fingerprinter, {});
        one.event.status = recorded.status;
        one.clients = rules::client_warnings(exchange.challenges);
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
        if (judged.times > 1)
            out_ +=
                utf8_ ? " ×" + std::to_string(judged.times) : " x" + std::to_string(judged.times);
        out_ += "\n";
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
    }

    std::string finish(const Tally& tally, bool assumed) {
        if (assumed)
            out_ +=
                "The request is not in the input and was taken for a GET without credentials; "
                "say with -H what was sent.\n";
        if (tally.errors + tally.warnings + tally.notes > 0)
            out_ += "`whogoes causes ID` tells all about a cause or a rule.\n";
        out_ += std::to_string(tally.exchanges) +
                (tally.exchanges == 1 ? " answer: " : " answers: ") +
                plural(tally.errors, "error") + ", " + plural(tally.warnings, "warning") + ", " +
                plural(tally.notes, "note") + "\n";
        return std::move(out_);
    }

private:
    std::string safe(std::string_view text) const { return report::visible(text, utf8_); }

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
    const std::vector<Judged> judged = judge(recording, now, *fail_on, tally);
    const bool assumed = std::any_of(recording.begin(), recording.end(),
                                     [](const Recorded& one) { return !one.request_known; });
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
                                                   {"request_assumed", assumed},
                                                   {"exchanges", std::move(exchanges)}}) +
                      "\n";
        return linted;
    }
    Page page(request.utf8);
    for (const Judged& one : judged) page.add(one);
    linted.text = page.finish(tally, assumed);
    return linted;
}

}  // namespace whogoes::tools
