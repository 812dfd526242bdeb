#include "proxy/report/console.hpp"

#include "proxy/report/console_text.hpp"
#include "proxy/report/escape.hpp"
#include "proxy/report/record.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace whogoes::report {
namespace {

constexpr std::chrono::seconds fold_window{10};
constexpr std::size_t most_folds = 256;
constexpr std::size_t narrowest_path = 18;
constexpr std::size_t reason_width = 35;  // its mark included
constexpr std::size_t fingerprint_width = 11;
constexpr std::size_t beside_path = 73;  // columns of a row that the path does not use
constexpr std::size_t most_rules = 3;    // lines of a tree

bool was_renewed(const AuthEvent& event) {
    return event.refresh == "replayed" || event.refresh == "joined";
}

std::string_view status_colour(const AuthEvent& event) {
    if (event.status == 401) return "1;33";
    if (event.status == 403) return "1;35";
    if (event.status >= 500) return "31";
    return was_renewed(event) && event.status < 400 ? "32" : "";
}

std::string milliseconds(double value) {
    if (value >= 10000) return std::to_string(std::lround(value / 1000)) + "s";
    return std::to_string(std::lround(value)) + "ms";
}

// "✗ token expired 14m 12s ago", "↻ expired → refreshed → replayed once"
std::string marked_reason(const AuthEvent& event, const ConsoleText& text) {
    if (was_renewed(event)) {
        std::string why = reason(event);
        if (event.diagnosis.has_cause(rules::Trait::ran_out)) why = "expired";
        const std::string_view end = event.status < 400 ? "replayed once" : "replayed in vain";
        return text.renewed() + " " + text.plain(why) + text.arrow() +
               (event.refresh == "joined" ? "joined a refresh" : "refreshed") + text.arrow() +
               std::string(end);
    }
    const std::string why = reason(event);
    if (event.kind == EventKind::auth_failure) return text.failed() + " " + text.plain(why);
    if (event.kind == EventKind::auth_compliance) return "! " + text.plain(why);
    return text.plain(why.empty() && event.status == 0 ? event.message : why);
}

std::string token_column(const AuthEvent& event, const ConsoleText& text) {
    std::string out = text.token(event.token);
    if (!event.replaced_token.empty()) out += text.arrow() + text.token(event.replaced_token);
    return out;
}

std::string row(const AuthEvent& event, const ConsoleText& text, const ConsoleStyle& style,
                const std::string& count) {
    const std::size_t wide = static_cast<std::size_t>(std::max(style.columns, 40));
    const std::size_t room = wide > beside_path ? wide - beside_path : 0;
    const std::string path = text.plain(event.path);
    const std::size_t width = std::max(narrowest_path, std::min(code_points(path), room));
    std::string out = text.dim(clock_text(event.time, style.local_time)) + " ";
    out += text.coloured(event.status == 0 ? "---" : std::to_string(event.status),
                         status_colour(event));
    out += " " + padded(text.plain(event.method), 4) + " ";
    out += padded(cut_middle(path, width, text.ellipsis()), width) + " ";
    const std::string last = count.empty() ? milliseconds(event.duration_ms) : count;
    const std::size_t last_columns = code_points(last);
    out += std::string(last_columns < 6 ? 6 - last_columns : 0, ' ') + last + "  ";
    const std::size_t begin_of_reason = columns_of(out);
    const std::string why = marked_reason(event, text);
    const std::string token = token_column(event, text);
    out += padded(why, reason_width);
    if (!token.empty()) out += (columns_of(why) < reason_width ? "" : "   ") + token;
    while (out.ends_with(' ')) out.pop_back();
    if (style.ids && !event.id.empty()) {
        out = padded(out, begin_of_reason + reason_width + fingerprint_width);
        out += "  " + text.dim(text.plain(event.id));
    }
    return out += '\n';
}

// "RFC 9110, 15.5.2, 11.6.1" is cited by its first section.
std::string cited(std::string_view section, const ConsoleText& text) {
    if (section.empty()) return {};
    const std::size_t comma = section.find(',');
    if (comma == std::string_view::npos) return " (" + std::string(section) + ")";
    std::string_view number = section.substr(comma + 1);
    number = number.substr(0, number.find(','));
    const std::size_t begin = number.find_first_not_of(' ');
    if (begin == std::string_view::npos) return " (" + std::string(section.substr(0, comma)) + ")";
    return " (" + std::string(section.substr(0, comma)) + " " + text.section() +
           std::string(number.substr(begin)) + ")";
}

std::string jwt_line(const AuthEvent& event, const ConsoleText& text, bool local) {
    const JwtSummary& jwt = event.jwt;
    std::string out;
    const auto add = [&](const std::string& part) {
        if (!out.empty()) out += text.dot();
        out += part;
    };
    if (jwt.exp != 0) add("exp " + moment_text(jwt.exp, event.time, local));
    if (jwt.iat != 0) {
        std::string issued = "issued " + moment_text(jwt.iat, event.time, local);
        if (jwt.exp > jwt.iat) issued += ", lived " + duration_words(jwt.exp - jwt.iat);
        add(issued);
    }
    if (!jwt.iss.empty()) add("iss " + text.plain(host_of(jwt.iss)));
    return out;
}

std::string rule_line(const AuthEvent& event, const rules::Violation& violation,
                      const ConsoleText& text) {
    const std::string_view words = violation.evidence.words.empty()
                                       ? violation.rule->summary
                                       : std::string_view(violation.evidence.words);
    std::string out = "rule  " + text.plain(words) + cited(violation.rule->section, text);
    if (violation.rule->id != "unauthorized-without-challenge") return out;
    const std::vector<std::string>& sent =
        event.injected.empty() ? event.would_send : event.injected;
    if (sent.empty()) return out;
    out += event.injected.empty() ? "; would send: " : "; added: ";
    for (std::size_t i = 0; i < sent.size(); ++i) out += (i == 0 ? "" : ", ") + text.plain(sent[i]);
    return out;
}

bool quotes(const std::vector<std::string>& lines, std::string_view message) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(message) != std::string::npos;
    });
}

std::vector<std::string> tree(const AuthEvent& event, const ConsoleText& text, bool local) {
    std::vector<std::string> lines;
    const rules::Diagnosis& diagnosis = event.diagnosis;
    const std::string jwt = event.has_jwt ? jwt_line(event, text, local) : std::string();
    const bool said =
        diagnosis.main && diagnosis.main->cause->has(rules::Trait::ran_out) && !jwt.empty();
    if (diagnosis.main && !said && !diagnosis.main->evidence.words.empty()) {
        lines.push_back(text.plain(diagnosis.main->evidence.words));
    }
    if (!jwt.empty()) lines.push_back(jwt);
    if (!event.upstream_message.empty() && !quotes(lines, event.upstream_message))
        lines.push_back("api   \"" + text.plain(event.upstream_message) + "\"");
    std::size_t rules = 0;
    for (const rules::Violation& violation : diagnosis.violations) {
        if (violation.rule == nullptr || ++rules > most_rules) continue;
        lines.push_back(rule_line(event, violation, text));
    }
    if (rules > most_rules) {
        lines.push_back("rule  and " + std::to_string(rules - most_rules) + " more");
    }
    for (const std::string& change : event.changes) lines.push_back("did   " + text.plain(change));
    std::string_view advice;
    if (diagnosis.main) {
        advice = diagnosis.main->what_to_do();
    } else if (!diagnosis.violations.empty() && diagnosis.violations.front().rule != nullptr) {
        advice = diagnosis.violations.front().rule->advice;
    }
    if (!advice.empty()) lines.push_back("fix   " + text.plain(advice));
    return lines;
}

std::string fold_key(const AuthEvent& event) {
    std::string key = std::to_string(event.status) + " " + event.method + " " + event.path + " ";
    if (event.diagnosis.main) key.append(event.diagnosis.main->cause->id);
    return key + " " + event.token + " " + event.refresh;
}

}  // namespace

std::string start_line(const StartLine& start, const ConsoleStyle& style) {
    const ConsoleText text(style);
    std::string out = "whogoes " + text.plain(start.version) + "  " + text.plain(start.listen) +
                      text.arrow() + text.plain(start.upstream) + "   " + text.plain(start.mode);
    if (!start.zone.empty()) out += "   times: " + text.plain(start.zone);
    if (!start.review.empty()) out += "   review: " + text.plain(start.review);
    return out += '\n';
}

std::string console_lines(const AuthEvent& event, const ConsoleStyle& style) {
    const ConsoleText text(style);
    const bool exchange = event.kind != EventKind::lifecycle &&
                          event.kind != EventKind::config_reload && !event.method.empty();
    if (!exchange)
        return text.dim(clock_text(event.time, style.local_time)) + " " +
               text.plain(event.message) + "\n";
    std::string out = row(event, text, style, {});
    if (event.kind == EventKind::proxy_error && !event.message.empty()) {
        return out + text.branch(true) + text.plain(event.message) + "\n";
    }
    if (was_renewed(event) && event.status < 400) return out;
    const std::vector<std::string> lines = tree(event, text, style.local_time);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out += text.branch(i + 1 == lines.size()) + lines[i] + "\n";
    }
    return out;
}

bool Console::shown(const AuthEvent& event) const {
    if (event.kind == EventKind::proxy_error) return true;
    if (style_.quiet) return false;
    if (!event.changes.empty()) return true;  // what an answer did not say must be told here
    if (event.kind == EventKind::auth_compliance || event.kind == EventKind::http_access) {
        return style_.verbose || was_renewed(event);
    }
    return true;
}

std::string Console::show(const AuthEvent& event) {
    if (!shown(event)) return {};
    if (event.kind != EventKind::auth_failure) return console_lines(event, style_);
    std::string out = tick(event.time);
    std::string key = fold_key(event);
    const auto fold = std::find_if(folds_.begin(), folds_.end(),
                                   [&](const Fold& other) { return other.key == key; });
    if (fold != folds_.end()) {
        ++fold->folded;
        fold->event = event;
        return out;
    }
    if (folds_.size() >= most_folds) {
        out += folded_row(folds_.front());
        folds_.erase(folds_.begin());
    }
    folds_.push_back({std::move(key), event, event.time, 0, 1});
    return out + console_lines(event, style_);
}

std::string Console::folded_row(const Fold& fold) const {
    if (fold.folded == 0) return {};
    const ConsoleText text(style_);
    const std::uint64_t count = fold.folded + fold.in_full;
    const std::string words = text.times() + std::to_string(count) + " in 10 s";
    return row(fold.event, text, style_, count > 1 ? words : std::string());
}

std::string Console::tick(rules::TimePoint now) {
    std::string out;
    std::erase_if(folds_, [&](Fold& fold) {
        if (now - fold.begun < fold_window) return false;
        if (fold.folded == 0) return true;
        out += folded_row(fold);
        fold.begun = now;  // still going on: nothing is shown in full again
        fold.folded = 0;
        fold.in_full = 0;
        return false;
    });
    return out;
}

std::string Console::finish() {
    std::string out;
    for (const Fold& fold : folds_) out += folded_row(fold);
    folds_.clear();
    return out;
}

}  // namespace whogoes::report
