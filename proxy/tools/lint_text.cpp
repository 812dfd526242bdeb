#include "proxy/report/escape.hpp"
#include "proxy/tools/lint_judge.hpp"
#include "proxy/tools/words.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::tools {
namespace {

class Page {
public:
    Page(bool utf8, bool colour) : utf8_(utf8), colour_(colour) {}

    void add(const Judged& judged) {
        const report::AuthEvent& event = judged.event;
        std::string line = std::to_string(event.status);
        line += judged.request_known ? " " + safe(event.method) + " " + safe(event.path)
                                     : ", its request unseen";
        if (event.rpc.code > 0) line += ", " + safe(report::status_words(event.rpc));
        out_ += colour_ ? "\x1b[1m" + line + "\x1b[0m" : line;
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

    std::string finish(const LintTally& tally) {
        if (!tally.all_seen)
            out_ +=
                "The request is not in the input, so no cause is named: say with -H what was "
                "sent, or pipe in `curl -sv URL 2>&1`.\n";
        if (tally.masked)
            out_ +=
                "The recording holds no credentials, so no cause is named where one was sent: the "
                "log that it was made of has them.\n";
        if (tally.errors + tally.warnings + tally.notes > 0)
            out_ += "`whogoes causes ID` tells all about a cause or a rule.\n";
        out_ += std::to_string(tally.exchanges) +
                (tally.exchanges == 1 ? " answer: " : " answers: ") +
                plural(tally.errors, "error") + ", " + plural(tally.warnings, "warning") + ", " +
                plural(tally.notes, "note") + left_out(tally) + failing(tally) + "; " +
                statuses(tally) + "\n";
        return std::move(out_);
    }

private:
    std::string safe(std::string_view text) const { return report::visible(text, utf8_); }

    std::string times(std::size_t number) const {
        if (number < 2) return {};
        return (utf8_ ? " ×" : " x") + std::to_string(number);
    }

    // What was found and is not reported.
    static std::string left_out(const LintTally& tally) {
        std::string words;
        if (tally.known > 0) words += std::to_string(tally.known) + " known";
        if (tally.ignored > 0)
            words += (words.empty() ? "" : ", ") + std::to_string(tally.ignored) + " ignored";
        return words.empty() ? words : " (" + words + ")";
    }

    // With the default everybody knows what fails: errors.
    static std::string failing(const LintTally& tally) {
        constexpr std::size_t most = 3;
        std::string words;
        std::size_t named = 0;
        for (const std::string& id : tally.failing) {
            if (named++ == most) break;
            words += (words.empty() ? "; failed on " : ", ") + id;
        }
        if (tally.failing.size() > most)
            words += " and " + std::to_string(tally.failing.size() - most) + " more";
        return words;
    }

    std::string statuses(const LintTally& tally) const {
        std::string words = "status";
        for (const auto& [status, number] : tally.statuses)
            words += (words.ends_with('s') ? " " : ", ") + std::to_string(status) + times(number);
        return words;
    }

    static std::string plural(std::size_t number, std::string_view what) {
        return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
    }

    void row(std::string_view label, const std::string& text) {
        const std::string gap(9 - std::min<std::size_t>(label.size(), 8), ' ');
        out_ += "  " + painted(label) + gap + folded(text, std::string(11, ' ')) + "\n";
    }

    std::string painted(std::string_view label) const {
        const char* const paint = label == "error"     ? "31"
                                  : label == "warning" ? "33"
                                  : label == "cause"   ? "1"
                                                       : "";
        if (!colour_ || *paint == '\0') return std::string(label);
        return std::string("\x1b[") + paint + "m" + std::string(label) + "\x1b[0m";
    }

    bool utf8_, colour_;
    std::string out_;
};

}  // namespace

std::string lint_text(const LintResult& result, const LintRequest& request) {
    Page page(request.utf8, request.colour);
    for (const Judged& one : result.judged) page.add(one);
    return page.finish(result.tally);
}

}  // namespace whogoes::tools
