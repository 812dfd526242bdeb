#include "proxy/tools/log_entry.hpp"

#include "proxy/report/escape.hpp"
#include "proxy/report/record_view.hpp"
#include "rules/text.hpp"

#include <cstdio>
#include <utility>

namespace whogoes::tools {
namespace {

namespace json = boost::json;
using report::RecordView;

std::string_view known_level(std::string_view level) {
    for (const std::string_view known : {"debug", "info", "warn", "error"})
        if (level == known) return known;
    return "info";
}

std::optional<report::EventKind> kind_named(std::string_view text) {
    using report::EventKind;
    for (const EventKind kind :
         {EventKind::auth_failure, EventKind::auth_compliance, EventKind::auth_refresh,
          EventKind::http_access, EventKind::proxy_error, EventKind::config_reload,
          EventKind::lifecycle})
        if (text == report::name(kind)) return kind;
    return std::nullopt;
}

rules::Confidence confidence_named(std::string_view text) {
    for (const auto confidence : {rules::Confidence::certain, rules::Confidence::likely})
        if (text == rules::name(confidence)) return confidence;
    return rules::Confidence::possible;
}

rules::Verdict verdict_named(std::string_view text) {
    using rules::Verdict;
    for (const Verdict verdict : {Verdict::unauthorized_correct, Verdict::forbidden_correct,
                                  Verdict::should_be_401, Verdict::should_be_403})
        if (text == rules::name(verdict)) return verdict;
    return Verdict::unknown;
}

std::vector<report::NamedValue> read_fields(const json::object* header) {
    std::vector<report::NamedValue> fields;
    if (header == nullptr) return fields;
    for (const auto& [name, value] : *header) {
        const json::string* const text = value.if_string();
        fields.push_back({std::string(name), text ? std::string(*text) : std::string()});
    }
    return fields;
}

std::vector<std::string> copies(const std::vector<std::string_view>& texts) {
    return {texts.begin(), texts.end()};
}

std::vector<rules::Fact> read_facts(const RecordView& record, Vocabulary& vocabulary) {
    std::vector<rules::Fact> facts;
    const json::object* const object = record.object("auth.facts");
    if (object == nullptr) return facts;
    for (const auto& [name, value] : *object) {
        rules::Fact fact{vocabulary.word(name), std::int64_t{0}};
        if (const auto* number = value.if_int64())
            fact.value = *number;
        else if (const auto* flag = value.if_bool())
            fact.value = *flag;
        else if (const auto* text = value.if_string())
            fact.value = std::string(*text);
        else if (value.is_array())
            fact.value = copies(record.texts("auth.facts." + std::string(name)));
        else
            continue;
        facts.push_back(std::move(fact));
    }
    return facts;
}

// The record has one list of sentences: the main cause's, then those of the rules, then those of
// the other causes. Where some had none, nobody can tell whose the others are.
void share_out(std::vector<std::string> sentences, rules::Diagnosis& diagnosis) {
    std::vector<rules::Evidence*> owners;
    if (diagnosis.main) owners.push_back(&diagnosis.main->evidence);
    for (rules::Violation& violation : diagnosis.violations) owners.push_back(&violation.evidence);
    for (rules::Finding& finding : diagnosis.also) owners.push_back(&finding.evidence);
    const bool cut = !sentences.empty() && sentences.back() == "…";
    if (cut) sentences.pop_back();
    if (sentences.size() == owners.size() || cut) {
        for (std::size_t i = 0; i < std::min(sentences.size(), owners.size()); ++i)
            owners[i]->words = std::move(sentences[i]);
    } else if (!owners.empty()) {
        std::string all;
        for (const std::string& sentence : sentences) all += (all.empty() ? "" : "; ") + sentence;
        owners.front()->words = std::move(all);
    }
}

void read_diagnosis(const RecordView& record, report::AuthEvent& event, Vocabulary& vocabulary) {
    rules::Diagnosis& diagnosis = event.diagnosis;
    if (const std::string_view cause = record.text("auth.cause"); !cause.empty()) {
        diagnosis.main = rules::Finding{vocabulary.cause(cause, record.text("auth.remedy")),
                                        {},
                                        vocabulary.word(record.text("auth.remedy"))};
        diagnosis.main->evidence.confidence = confidence_named(record.text("auth.confidence"));
        diagnosis.main->evidence.facts = read_facts(record, vocabulary);
    }
    for (const std::string_view id : record.texts("auth.also"))
        diagnosis.also.push_back({vocabulary.cause(id, ""), {}});
    for (const std::string_view id : record.texts("auth.rules"))
        diagnosis.violations.push_back({vocabulary.rule(id), {}});
    if (!diagnosis.main && !diagnosis.violations.empty())
        diagnosis.violations.front().evidence.facts = read_facts(record, vocabulary);
    share_out(copies(record.texts("auth.evidence")), diagnosis);
    diagnosis.system = vocabulary.word(record.text("auth.system"));
    diagnosis.verdict = verdict_named(record.text("auth.verdict"));
    diagnosis.verdict_reason = vocabulary.word(record.text("auth.verdict_reason"));
}

void read_auth(const RecordView& record, report::AuthEvent& event) {
    event.scheme = rules::lowered(record.text("auth.scheme"));
    event.source = record.text("auth.source");
    event.documented = record.text("auth.documented");
    event.token = record.text("auth.token");
    event.replaced_token = record.text("auth.replaced_token");
    event.user = record.text("auth.user");
    event.offered = copies(record.texts("auth.challenge.received"));
    event.injected = copies(record.texts("auth.challenge.injected"));
    event.would_send = copies(record.texts("auth.challenge.would_send"));
    if (const std::string_view refresh = record.text("auth.refresh"); !refresh.empty())
        event.refresh = refresh;
    event.changes = copies(record.texts("auth.changes"));
}

void read_jwt(const RecordView& record, report::AuthEvent& event) {
    if (record.object("jwt") == nullptr) return;
    event.has_jwt = true;
    event.jwt.alg = record.text("jwt.alg");
    event.jwt.kid = record.text("jwt.kid");
    event.jwt.typ = record.text("jwt.typ");
    event.jwt.iss = record.text("jwt.iss");
    event.jwt.azp = record.text("jwt.azp");
    event.jwt.acr = record.text("jwt.acr");
    event.jwt.aud = copies(record.texts("jwt.aud"));
    event.jwt.scope = copies(record.texts("jwt.scope"));
    event.jwt.exp = record.integer("jwt.exp").value_or(0);
    event.jwt.iat = record.integer("jwt.iat").value_or(0);
    event.jwt.nbf = record.integer("jwt.nbf").value_or(0);
    event.jwt.verified = record.flag("jwt.verified");
}

int status_at(const RecordView& record, std::string_view name) {
    const std::int64_t status = record.integer(name).value_or(0);
    return status >= 0 && status <= 999 ? static_cast<int>(status) : 0;
}

void read_exchange(const RecordView& record, report::AuthEvent& event) {
    event.method = record.text("http.request.method");
    event.request_fields = read_fields(record.object("http.request.header"));
    event.status = status_at(record, "http.response.status_code");
    event.response_fields = read_fields(record.object("http.response.header"));
    event.route = record.text("http.route");
    event.tls = record.text("url.scheme") == "https";
    event.authority = record.authority();
    event.path = record.text("url.path");
    event.query = record.text("url.query");
    event.client = record.text("client.address");
    event.upstream = record.text("upstream.address");
    event.upstream_status = status_at(record, "upstream.status_code");
    event.upstream_message = record.text("upstream.message");
    event.upstream_ms = record.number("upstream.duration_ms").value_or(0);
    event.user_agent = record.text("user_agent.original");
    event.protocol = record.text("network.protocol.version");
    event.mcp_method = record.text("mcp.method");
    event.mcp_tool = record.text("mcp.tool");
    event.duration_ms = record.number("duration_ms").value_or(0);
    event.rpc.system = record.text("rpc.system");
    event.rpc.service = record.text("rpc.service");
    event.rpc.method = record.text("rpc.method");
    if (const auto code = rules::rpc_code_named(record.text("rpc.connect_rpc.error_code")))
        event.rpc.code = *code;
    else
        event.rpc.code = record.integer("rpc.grpc.status_code").value_or(-1);
    if (const auto skew = record.integer("clock.skew_s")) {
        event.has_skew = true;
        event.skew_s = *skew;
    }
}

}  // namespace

const rules::Cause* Vocabulary::cause(std::string_view id, std::string_view advice) {
    if (const rules::Cause* known = rules::find_cause(id)) return known;
    const auto found = causes_.find(id);
    if (found != causes_.end()) return &found->second;
    const auto made = causes_.emplace(id, rules::Cause{}).first;
    made->second.id = made->second.summary = made->first;
    made->second.advice = word(advice);
    return &made->second;
}

const rules::Rule* Vocabulary::rule(std::string_view id) {
    if (const rules::Rule* known = rules::find_rule(id)) return known;
    const auto made = rules_.emplace(id, rules::Rule{}).first;
    made->second.id = made->second.summary = made->first;
    return &made->second;
}

std::string_view Vocabulary::word(std::string_view text) {
    const auto found = words_.find(text);
    return found != words_.end() ? *found : *words_.emplace(text).first;
}

std::optional<Entry> read_entry(std::string_view line, Vocabulary& vocabulary) {
    const RecordView record(line);
    const auto time = record.time();
    if (!time) return std::nullopt;
    Entry entry;
    entry.record = line;
    entry.event.kind = kind_named(record.text("event")).value_or(report::EventKind::lifecycle);
    entry.event.time = *time;
    entry.event.level = known_level(record.text("level"));
    entry.event.message = record.text("msg");
    entry.event.id = record.text("id");
    entry.event.trace_id = record.text("trace_id");
    read_exchange(record, entry.event);
    read_diagnosis(record, entry.event, vocabulary);
    read_auth(record, entry.event);
    read_jwt(record, entry.event);
    return entry;
}

std::string printable(std::string_view record) {
    std::string out;
    out.reserve(record.size());
    while (!record.empty()) {
        const report::CodePoint point = report::next_code_point(record);
        if (!point.valid) {
            out += "\\ufffd";
        } else if (point.value >= 0x7f && report::is_invisible(point.value)) {
            char text[16];
            std::uint32_t c = point.value;
            if (c >= 0x10000) {
                c -= 0x10000;
                std::snprintf(text, sizeof text, "\\u%04x\\u%04x", 0xd800 + (c >> 10),
                              0xdc00 + (c & 0x3ff));
            } else {
                std::snprintf(text, sizeof text, "\\u%04x", c);
            }
            out += text;
        } else if (point.value >= 0x20) {
            out += record.substr(0, point.octets);
        }
        record.remove_prefix(point.octets);
    }
    return out;
}

}  // namespace whogoes::tools
