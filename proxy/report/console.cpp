#include "proxy/report/console.hpp"

#include "proxy/report/console_text.hpp"
#include "proxy/report/console_tree.hpp"
#include "proxy/report/escape.hpp"
#include "proxy/report/record.hpp"
#include "proxy/report/route_shape.hpp"

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
constexpr std::chrono::seconds rule_window{60};
constexpr std::size_t most_said = 1024;  // rules on routes

bool was_renewed(const AuthEvent& event) {
    return event.refresh == "replayed" || event.refresh == "joined";
}

std::string_view status_colour(const AuthEvent& event) {
    const bool call = event.status < 300;
    if (event.status == 401 || (call && event.rpc.code == rules::rpc_code::unauthenticated))
        return "1;33";
    if (event.status == 403 || (call && event.rpc.code == rules::rpc_code::permission_denied))
        return "1;35";
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
    // Its words stand in the tree; the id is what `whogoes causes` tells all about.
    if (event.kind == EventKind::auth_compliance && !why.empty()) {
        const std::vector<rules::Violation>& broken = event.diagnosis.violations;
        const bool by_rule =
            !event.diagnosis.main && !broken.empty() && broken.front().rule != nullptr;
        return "! " + text.plain(by_rule ? broken.front().rule->id : std::string_view(why));
    }
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
    const std::string gap = columns_of(why) < reason_width ? "" : "   ";
    const bool fits = columns_of(out) + gap.size() + columns_of(token) <= wide;
    if (!token.empty() && (fits || !style.dev)) out += gap + token;
    while (out.ends_with(' ')) out.pop_back();
    if (style.ids && !event.id.empty()) {
        out = padded(out, begin_of_reason + reason_width + fingerprint_width);
        out += "  " + text.dim(text.plain(event.id));
    }
    return out += '\n';
}

// The browser keeps this success from the page that asked: all that it shows is a network error.
bool hides_answer(const AuthEvent& event) {
    return event.diagnosis.has_rule("cors-missing-on-success");
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
    // Its newline takes no column.
    const std::vector<std::string> lines = console_tree(event, style, columns_of(out) - 1);
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
        return style_.verbose || was_renewed(event) || (!style_.dev && hides_answer(event));
    }
    return true;
}

bool Console::is_news(const AuthEvent& event, const rules::Rule& rule) {
    std::string key = std::string(rule.id) + " " + event.method + " ";
    append_route_shape(key, event.path);
    if (said_.size() >= most_said)
        std::erase_if(said_,
                      [&](const auto& one) { return event.time - one.second >= rule_window; });
    if (said_.size() >= most_said) said_.clear();
    const auto [said, fresh] = said_.try_emplace(std::move(key), event.time);
    if (!fresh && event.time - said->second < rule_window) return false;
    said->second = event.time;
    return true;
}

// Less the rules that were said of its route within this minute.
std::string Console::news_of(const AuthEvent& event) {
    if (style_.every_rule || event.diagnosis.violations.empty())
        return console_lines(event, style_);
    AuthEvent news = event;
    std::erase_if(news.diagnosis.violations, [&](const rules::Violation& violation) {
        return violation.rule != nullptr && !is_news(event, *violation.rule);
    });
    const bool nothing = news.kind == EventKind::auth_compliance &&
                         news.diagnosis.violations.empty() && news.changes.empty();
    return nothing && !style_.verbose ? std::string() : console_lines(news, style_);
}

std::string Console::show(const AuthEvent& event) {
    if (!shown(event)) return {};
    // What was counted so far happened before whogoes stopped, or took another configuration.
    if (event.kind == EventKind::lifecycle) {
        const std::string before = finish();
        return before + news_of(event);
    }
    if (event.kind != EventKind::auth_failure) return news_of(event);
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
    return out + news_of(event);
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
