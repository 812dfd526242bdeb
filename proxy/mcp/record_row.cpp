#include "proxy/mcp/record_row.hpp"

#include "proxy/mcp/quoted.hpp"
#include "proxy/tools/causes.hpp"
#include "proxy/tools/words.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::mcp {
namespace {

constexpr std::size_t longest_record = 64 * 1024;  // ours have 8 KiB

bool is_id(const std::string& text) {
    return !text.empty() && text.size() <= 12 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    });
}

// A cause that this version does not know has its name from the log.
bool is_ours(const rules::Cause* cause) { return rules::find_cause(cause->id) == cause; }
bool is_ours(const rules::Rule* rule) { return rules::find_rule(rule->id) == rule; }

json::object cause_row(const rules::Finding& finding) {
    const rules::Cause& cause = *finding.cause;
    return {{"id", cause.id},
            {"summary", cause.summary},
            {"confidence", rules::name(finding.evidence.confidence)},
            {"fix", cause.advice},
            {"who_acts", rules::name(cause.who_acts)},
            {"certain_when", cause.certain_when},
            {"docs", tools::docs_of(cause.id)}};
}

json::object rule_row(const rules::Rule& rule) {
    return {{"id", rule.id},
            {"severity", rules::name(rule.severity)},
            {"summary", rule.summary},
            {"fix", rule.advice},
            {"section", rule.section}};
}

void add_fields(const Quoter& quoter, json::object& into, std::string_view name,
                const std::vector<report::NamedValue>& fields) {
    constexpr std::size_t most_fields = 30;
    json::object out;
    for (const report::NamedValue& field : fields) {
        if (out.size() == most_fields) break;
        out[quoter.text(field.name, 60)] =
            field.value.empty() ? json::string("(not logged)") : quoter.text(field.value, 150);
    }
    if (!out.empty()) into[name] = std::move(out);
}

json::object jwt_row(const Quoter& quoter, const report::JwtSummary& jwt) {
    json::object out;
    quoter.add(out, "alg", jwt.alg, 60);
    quoter.add(out, "typ", jwt.typ, 60);
    quoter.add(out, "kid", jwt.kid);
    quoter.add(out, "iss", jwt.iss);
    quoter.add(out, "azp", jwt.azp);
    quoter.add(out, "aud", jwt.aud);
    quoter.add(out, "scope", jwt.scope, 20);
    for (const auto& [name, at] : {std::pair{"iat", jwt.iat}, {"nbf", jwt.nbf}, {"exp", jwt.exp}})
        if (at != 0) out[name] = at;
    return out;
}

// The sentences and facts that the causes and rules stand on. They quote.
void add_evidence(const Quoter& quoter, const report::AuthEvent& event, json::object& quoted) {
    constexpr std::size_t most_sentences = 8;
    json::array sentences;
    json::object facts;
    const auto take = [&](const rules::Evidence& evidence) {
        if (!evidence.words.empty() && sentences.size() < most_sentences)
            sentences.emplace_back(quoter.text(evidence.words));
        for (const rules::Fact& fact : evidence.facts)
            if (facts.size() < 20)
                facts[quoter.text(fact.name, 60)] = quoter.all_of(tools::json_of(fact));
    };
    if (event.diagnosis.main) take(event.diagnosis.main->evidence);
    for (const rules::Violation& violation : event.diagnosis.violations) take(violation.evidence);
    for (const rules::Finding& finding : event.diagnosis.also) take(finding.evidence);
    if (!sentences.empty()) quoted["evidence"] = std::move(sentences);
    if (!facts.empty()) quoted["facts"] = std::move(facts);
}

void add_diagnosis(const Quoter& quoter, const report::AuthEvent& event, json::object& row,
                   json::object& quoted) {
    const rules::Diagnosis& diagnosis = event.diagnosis;
    row["cause"] = nullptr;
    if (diagnosis.main && is_ours(diagnosis.main->cause))
        row["cause"] = cause_row(*diagnosis.main);
    else if (diagnosis.main)
        quoter.add(quoted, "cause", diagnosis.main->cause->id, 80);
    if (diagnosis.main && diagnosis.main->what_to_do() != diagnosis.main->cause->advice)
        quoter.add(quoted, "fix", diagnosis.main->what_to_do());
    json::array also, rows;
    for (const rules::Finding& finding : diagnosis.also)
        if (is_ours(finding.cause)) also.push_back(cause_row(finding));
    for (const rules::Violation& violation : diagnosis.violations)
        if (is_ours(violation.rule)) rows.push_back(rule_row(*violation.rule));
    row["also"] = std::move(also);
    row["rules"] = std::move(rows);
    row["verdict"] = rules::name(diagnosis.verdict);
    quoter.add(quoted, "system", diagnosis.system, 80);
    add_evidence(quoter, event, quoted);
}

// What every form of a row begins with.
json::object head_of(const report::AuthEvent& event) {
    json::object row;
    if (is_id(event.id)) row["id"] = event.id;
    row["time"] = tools::record_time(event.time);
    row["event"] = report::name(event.kind);
    if (event.status != 0) row["status"] = event.status;
    if (const auto token = as_fingerprint(event.token); !token.empty()) row["token"] = token;
    return row;
}

void add_message(const Quoter& quoter, const report::AuthEvent& event, json::object& quoted) {
    if (event.method.empty()) quoter.add(quoted, "message", event.message);
}

}  // namespace

json::object row_of(const tools::Entry& entry) {
    const report::AuthEvent& event = entry.event;
    const Quoter quoter(event);
    json::object row = head_of(event), quoted;
    quoter.add(quoted, "method", event.method, 30);
    quoter.add(quoted, "path", event.path, 150);
    quoter.add(quoted, "mcp_tool", event.mcp_tool, 150);
    if (const auto& main = event.diagnosis.main; main && is_ours(main->cause)) {
        row["cause"] = main->cause->id;
        row["summary"] = main->cause->summary;
        row["confidence"] = rules::name(main->evidence.confidence);
    } else if (main) {
        quoter.add(quoted, "cause", main->cause->id, 80);
    }
    json::array ids;
    for (const rules::Violation& violation : event.diagnosis.violations)
        if (is_ours(violation.rule)) ids.emplace_back(violation.rule->id);
    row["rules"] = std::move(ids);
    if (event.refresh != "off") quoter.add(quoted, "refresh", event.refresh, 80);
    quoter.add(quoted, "client", event.client, 60);
    add_message(quoter, event, quoted);
    row["quoted"] = std::move(quoted);
    return row;
}

json::object card_of(const tools::Entry& entry) {
    const report::AuthEvent& event = entry.event;
    const Quoter quoter(event);
    json::object row = head_of(event), quoted;
    if (event.upstream_status != 0) row["upstream_status"] = event.upstream_status;
    if (const auto token = as_fingerprint(event.replaced_token); !token.empty())
        row["replaced_token"] = token;
    row["duration_ms"] = event.duration_ms;
    if (event.has_jwt) row["signature_verified"] = event.jwt.verified;
    add_diagnosis(quoter, event, row, quoted);
    quoter.add(quoted, "method", event.method, 30);
    quoter.add(quoted, "path", event.path);
    quoter.add(quoted, "query", event.query);
    quoter.add(quoted, "mcp_method", event.mcp_method, 60);
    quoter.add(quoted, "mcp_tool", event.mcp_tool, 150);
    quoter.add(quoted, "route", event.route);
    quoter.add(quoted, "client", event.client, 60);
    quoter.add(quoted, "upstream", event.upstream, 80);
    quoter.add(quoted, "user_agent", event.user_agent);
    quoter.add(quoted, "api_says", event.upstream_message);
    quoter.add(quoted, "scheme", event.scheme, 60);
    quoter.add(quoted, "source", event.source, 60);
    quoter.add(quoted, "documented", event.documented);
    quoter.add(quoted, "refresh", event.refresh == "off" ? "" : event.refresh, 80);
    quoter.add(quoted, "challenges_received", event.offered);
    quoter.add(quoted, "challenges_added", event.injected);
    quoter.add(quoted, "challenges_it_would_add", event.would_send);
    quoter.add(quoted, "changes", event.changes);
    if (event.has_jwt) quoted["jwt"] = jwt_row(quoter, event.jwt);
    add_fields(quoter, quoted, "request_fields", event.request_fields);
    add_fields(quoter, quoted, "response_fields", event.response_fields);
    add_message(quoter, event, quoted);
    row["quoted"] = std::move(quoted);
    return row;
}

Picked pick(tools::LogFilter filter, const Sources& sources, std::size_t most) {
    Picked picked;
    picked.flaw = visit(filter, sources, [&](const tools::Glance& glance) {
        if (glance.record.size() > longest_record) {
            ++picked.no_records;
            return;
        }
        ++picked.total;
        if (picked.records.size() == most) picked.records.pop_front();
        picked.records.emplace_back(glance.record);
    });
    return picked;
}

std::string visit(tools::LogFilter& filter, const Sources& sources,
                  const std::function<void(const tools::Glance&)>& take) {
    if (!sources.records) return "no log is there";
    return sources.records([&](std::string_view line) {
        tools::Glance glance;
        if (tools::read_glance(line, glance) == tools::LineKind::record && filter.fits(glance) &&
            filter.shows(glance))
            take(glance);
        return true;
    });
}

}  // namespace whogoes::mcp
