#include "proxy/report/escape.hpp"
#include "proxy/report/export.hpp"
#include "proxy/report/export_text.hpp"
#include "rules/diagnosis.hpp"

#include <algorithm>

namespace whogoes::report {
namespace {

std::size_t longest_run_of_ticks(std::string_view text) {
    std::size_t longest = 0, run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

// Text of unknown origin that stays text: no markup, no mention, no HTML.
std::string plain(std::string_view text) {
    constexpr std::string_view markup = "\\`*_{}[]()<>#|~!&";
    std::string out;
    for (const char c : visible(text, true)) {
        if (c == '@') {
            out += "&#64;";  // else it calls somebody
            continue;
        }
        if (markup.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

std::string code(std::string_view text) {
    const std::string shown = visible(text, true);
    if (shown.empty()) return {};
    const std::string fence(longest_run_of_ticks(shown) + 1, '`');
    const bool pad = shown.front() == '`' || shown.back() == '`';
    return fence + (pad ? " " : "") + shown + (pad ? " " : "") + fence;
}

std::string block(std::string_view language, const std::string& text) {
    const std::string fence(std::max<std::size_t>(3, longest_run_of_ticks(text) + 1), '`');
    return fence + std::string(language) + "\n" + text + fence + "\n";
}

std::string message(const std::string& first_line, const std::vector<FieldLine>& fields) {
    std::string text = first_line + "\n";
    for (const auto& [name, value] : fields) {
        text +=
            visible(name, true) + ":" + (value.empty() ? "" : " ") + visible(value, true) + "\n";
    }
    return block("http", text);
}

std::string heading(const RecordView& record) {
    const auto status = record.integer("http.response.status_code");
    std::string out = "### ";
    if (!record.is_exchange()) return out + plain(record.text("msg")) + "\n";
    if (status) out += std::to_string(*status) + " ";
    out += code(std::string(record.text("http.request.method")) + " " +
                std::string(record.text("url.path")));
    const rules::Cause* const cause = rules::find_cause(record.text("auth.cause"));
    if (cause != nullptr) out += ": " + std::string(cause->summary);
    return out + "\n";
}

std::string facts(const RecordView& record) {
    std::string out;
    const auto add = [&](std::string_view label, const std::string& value) {
        if (!value.empty()) out += std::string(out.empty() ? "" : ", ").append(label) + value;
    };
    add("", plain(record.text("time")));
    const std::string confidence = plain(record.text("auth.confidence"));
    const std::string cause = code(record.text("auth.cause"));
    add("cause ", cause.empty() || confidence.empty() ? cause : cause + " (" + confidence + ")");
    add("token ", code(record.text("auth.token")));
    add("record ", code(record.text("id")));
    return out + "\n";
}

std::string duties(const RecordView& record) {
    std::string out;
    for (const std::string_view id : record.texts("auth.rules")) {
        const rules::Rule* const rule = rules::find_rule(id);
        out += "- " + code(id);
        if (rule != nullptr) {
            out += " (" + std::string(rule->section) + "): " + std::string(rule->summary);
        }
        out += "\n";
    }
    return out;
}

std::string changes(const RecordView& record) {
    std::string out;
    for (const std::string_view challenge : record.texts("auth.challenge.injected"))
        out += "- added " + code("WWW-Authenticate: " + std::string(challenge)) + "\n";
    for (const std::string_view change : record.texts("auth.changes"))
        out += "- " + plain(change) + "\n";
    const std::string_view refresh = record.text("auth.refresh");
    if (!refresh.empty() && refresh != "off") out += "- refresh: " + plain(refresh) + "\n";
    return out.empty() ? "- nothing\n" : out;
}

}  // namespace

std::string markdown_card(std::string_view line, std::string_view origin) {
    const RecordView record(line);
    if (!record.readable()) return {};
    std::string out = heading(record) + "\n" + facts(record);
    std::string evidence;
    for (const std::string_view sentence : record.texts("auth.evidence"))
        evidence += "- " + plain(sentence) + "\n";
    if (!evidence.empty()) out += "\n" + evidence;
    const std::string rules = duties(record);
    if (!rules.empty()) out += "\n**Broken**\n\n" + rules;
    if (!record.is_exchange()) return out;
    const std::string method(record.text("http.request.method"));
    const std::string_view query = record.text("url.query");
    const std::string target =
        std::string(record.text("url.path")) + (query.empty() ? "" : "?" + std::string(query));
    out += "\n**Sent**\n\n" +
           message(visible(method, true) + " " + visible(target, true), sent_fields(record));
    if (const auto status = record.integer("http.response.status_code")) {
        out += "\n**Got**\n\n" +
               message(std::to_string(*status) + " " + std::string(status_phrase(*status)),
                       got_fields(record));
    }
    out += "\n**whogoes changed**\n\n" + changes(record);
    if (const std::string advice = plain(record.text("auth.remedy")); !advice.empty())
        out += "\n**Fix**: " + advice + "\n";
    if (const std::string curl = curl_command(line, origin); !curl.empty())
        out += "\n**Again**\n\n" + block("sh", curl + "\n");
    return out;
}

}  // namespace whogoes::report
