#include "proxy/report/advice.hpp"
#include "proxy/report/console_text.hpp"
#include "proxy/report/escape.hpp"
#include "proxy/report/redact.hpp"
#include "proxy/tools/log_reading.hpp"
#include "proxy/tools/words.hpp"
#include "rules/credentials.hpp"

#include <algorithm>
#include <cmath>

namespace whogoes::tools {
namespace {

constexpr std::size_t label_width = 12;

class Card {
public:
    Card(const Entry& entry, const report::ConsoleStyle& style)
        : event_(entry.event), text_(style), local_(style.local_time) {}

    std::string text() {
        heading();
        why();
        duties();
        credential();
        sent();
        got();
        changed();
        return std::move(out_);
    }

private:
    std::string plain(std::string_view text) const { return text_.plain(text); }

    std::string list(const std::vector<std::string>& values) const {
        std::string words;
        for (const std::string& value : values) words += (words.empty() ? "" : " ") + plain(value);
        return words;
    }

    // A label once, the lines behind it folded and indented.
    void line(std::string_view label, const std::string& text) {
        const std::string indent(label_width, ' ');
        std::string name(label);
        name.append(label_width - std::min(label_width, name.size()), ' ');
        out_ += (label.empty() ? indent : text_.dim(name)) + folded(text, indent) + "\n";
    }
    void gap() { out_ += "\n"; }

    void heading() {
        const std::string time = report::record_time_text(record_time(event_.time), local_);
        std::string first;
        if (event_.status != 0) first += std::to_string(event_.status) + " ";
        first += plain(event_.method) + " " + plain(event_.path);
        if (!event_.query.empty()) first += "?" + plain(event_.query);
        if (event_.method.empty()) first = plain(event_.message);
        out_ += text_.coloured(first, "1") + "\n";
        std::string second = time.substr(0, 10) + " " + time.substr(11, 12) + " " +
                             (local_ ? report::zone_text(event_.time) : "UTC") + text_.dot() +
                             plain(event_.id) + text_.dot() +
                             std::string(report::name(event_.kind));
        if (!event_.trace_id.empty()) second += text_.dot() + "trace " + plain(event_.trace_id);
        out_ += text_.dim(second) + "\n";
    }

    void why() {
        const rules::Diagnosis& diagnosis = event_.diagnosis;
        if (!diagnosis.main && diagnosis.violations.empty()) return;
        gap();
        if (diagnosis.main) {
            line("cause", plain(report::reason(event_)) + " (" + plain(diagnosis.main->cause->id) +
                              ", " + std::string(rules::name(diagnosis.main->evidence.confidence)) +
                              ")");
            if (!diagnosis.main->evidence.words.empty())
                line("because", plain(diagnosis.main->evidence.words));
        }
        if (!diagnosis.system.empty()) line("system", plain(diagnosis.system));
        if (!event_.documented.empty()) line("documented", plain(event_.documented));
        for (const rules::Finding& finding : diagnosis.also)
            line("also", plain(finding.cause->id) + said(finding.evidence));
        const std::string advice = report::advice_of(event_);
        if (!advice.empty()) line("fix", plain(advice));
        if (diagnosis.verdict != rules::Verdict::unknown)
            line("verdict",
                 std::string(rules::name(diagnosis.verdict)) +
                     (diagnosis.verdict_reason.empty() ? std::string()
                                                       : ": " + plain(diagnosis.verdict_reason)));
        facts();
    }

    std::string said(const rules::Evidence& evidence) const {
        return evidence.words.empty() ? std::string() : ": " + plain(evidence.words);
    }

    void facts() {
        std::string all;
        const auto add = [&](const rules::Evidence& evidence) {
            for (const rules::Fact& fact : evidence.facts) {
                if (!all.empty()) all += ", ";
                all += plain(fact.name) + " ";
                if (const auto* number = std::get_if<std::int64_t>(&fact.value))
                    all += std::to_string(*number);
                else if (const auto* flag = std::get_if<bool>(&fact.value))
                    all += *flag ? "true" : "false";
                else if (const auto* words = std::get_if<std::string>(&fact.value))
                    all += plain(*words);
                else if (const auto* items = std::get_if<std::vector<std::string>>(&fact.value))
                    all += items->empty() ? "none" : list(*items);
            }
        };
        if (event_.diagnosis.main) add(event_.diagnosis.main->evidence);
        for (const rules::Violation& violation : event_.diagnosis.violations)
            add(violation.evidence);
        if (!all.empty()) line("facts", all);
    }

    void duties() {
        if (event_.diagnosis.violations.empty()) return;
        gap();
        bool first = true;
        for (const rules::Violation& violation : event_.diagnosis.violations) {
            const rules::Rule& rule = *violation.rule;
            std::string words = plain(rule.id);
            if (!rule.section.empty())
                words += " (" + std::string(rules::name(rule.severity)) + ", " +
                         plain(rule.section) + ")";
            line(std::exchange(first, false) ? "broken" : "", words + said(violation.evidence));
        }
    }

    void credential() {
        if (event_.scheme.empty() && event_.token.empty() && !event_.has_jwt) return;
        gap();
        std::string words = plain(event_.scheme);
        const std::string_view known = rules::registered_spelling(rules::scheme_of(event_.scheme));
        if (!known.empty()) words = known;
        if (!event_.source.empty()) words += " in " + plain(event_.source);
        if (!event_.token.empty()) words += ", " + plain(event_.token);
        if (!event_.replaced_token.empty()) words += text_.arrow() + plain(event_.replaced_token);
        if (!event_.user.empty()) words += ", user " + plain(event_.user);
        line("credential", words);
        if (event_.has_jwt) line("jwt", jwt());
    }

    std::string jwt() const {
        std::string out;
        const auto add = [&](const char* name, const std::string& value) {
            if (!value.empty()) out += (out.empty() ? "" : ", ") + std::string(name) + " " + value;
        };
        const auto moment = [&](std::int64_t at) {
            return at == 0 ? std::string()
                           : utc_words(static_cast<double>(at)) + " (" +
                                 relative_words(static_cast<double>(at), event_.time) + ")";
        };
        add("alg", plain(event_.jwt.alg));
        add("typ", plain(event_.jwt.typ));
        add("kid", plain(event_.jwt.kid));
        add("iss", plain(event_.jwt.iss));
        add("aud", list(event_.jwt.aud));
        add("azp", plain(event_.jwt.azp));
        add("scope", list(event_.jwt.scope));
        add("iat", moment(event_.jwt.iat));
        add("nbf", moment(event_.jwt.nbf));
        add("exp", moment(event_.jwt.exp));
        return out + (event_.jwt.verified ? ", signature verified" : ", signature not verified");
    }

    void fields(const std::vector<report::NamedValue>& lines) {
        for (const report::NamedValue& field : lines) {
            // Empty: masked by its nature, or not on the list of those that may be logged.
            const bool agent = field.name == "user-agent" && !event_.user_agent.empty();
            if (agent) {
                line("", "user-agent: " + plain(event_.user_agent));
                continue;
            }
            const bool masked = field.value.empty() && !report::is_logged_field(field.name);
            line("", plain(field.name) + ": " +
                         (masked ? text_.dim("(not logged)") : plain(field.value)));
        }
    }

    void sent() {
        if (event_.method.empty()) return;
        gap();
        std::string first = plain(event_.method) + " " + plain(event_.path);
        if (!event_.query.empty()) first += "?" + plain(event_.query);
        line("sent", first);
        if (!event_.mcp_method.empty())
            line("", "MCP " + plain(event_.mcp_method) +
                         (event_.mcp_tool.empty() ? "" : " of " + plain(event_.mcp_tool)));
        if (!event_.client.empty()) line("", "from " + plain(event_.client));
        if (!event_.rpc.service.empty())
            line("", "calls " + plain(event_.rpc.method) + " of " + plain(event_.rpc.service));
        fields(event_.request_fields);
    }

    void got() {
        if (event_.status == 0) return;
        gap();
        std::string first = std::to_string(event_.status);
        if (event_.upstream_status != 0 && event_.upstream_status != event_.status)
            first += " (the API said " + std::to_string(event_.upstream_status) + ")";
        first += " after " + std::to_string(std::lround(event_.duration_ms)) + " ms";
        if (!event_.upstream.empty()) first += " from " + plain(event_.upstream);
        line("got", first);
        if (const std::string words = report::status_words(event_.rpc); !words.empty())
            line("", plain(words));
        for (const std::string& challenge : event_.offered)
            line("", "www-authenticate: " + plain(challenge));
        for (const report::NamedValue& field : event_.response_fields)
            if (field.name != "www-authenticate") fields({field});
    }

    void changed() {
        if (event_.method.empty()) return;
        gap();
        std::vector<std::string> changes;
        for (const std::string& challenge : event_.injected)
            changes.push_back("added www-authenticate: " + plain(challenge));
        for (const std::string& change : event_.changes) changes.push_back(plain(change));
        if (event_.refresh != "off") changes.push_back("refresh: " + plain(event_.refresh));
        if (changes.empty()) changes.emplace_back("nothing");
        for (std::size_t i = 0; i < changes.size(); ++i) line(i == 0 ? "changed" : "", changes[i]);
        for (const std::string& challenge : event_.would_send)
            line("", "would add, if told to, www-authenticate: " + plain(challenge));
    }

    const report::AuthEvent& event_;
    report::ConsoleText text_;
    bool local_ = false;
    std::string out_;
};

}  // namespace

std::string why_card(const Entry& entry, const report::ConsoleStyle& style) {
    return Card(entry, style).text();
}

}  // namespace whogoes::tools
