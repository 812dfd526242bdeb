#include "proxy/report/record.hpp"

#include "proxy/report/advice.hpp"
#include "proxy/report/escape.hpp"
#include "proxy/report/json_writer.hpp"
#include "proxy/report/record_cut.hpp"
#include "rules/credentials.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace whogoes::report {
namespace {

constexpr std::size_t most_facts = 64;  // and items of one

class RecordWriter {
public:
    RecordWriter(std::string& out, const AuthEvent& event, const Cut& cut, TimeText& times)
        : out_(out), begin_(out.size()), json_(out), event_(event), cut_(cut), times_(times) {}

    const RecordHoles& holes() const noexcept { return holes_; }

    void write() {
        json_.open();
        write_envelope();
        write_http();
        write_network();
        if (!event_.user_agent.empty()) {
            json_.open("user_agent");
            json_.text("original", event_.user_agent, cut_.user_agent);
            json_.close();
        }
        if (event_.duration_ms > 0 || event_.status != 0) {
            json_.decimal("duration_ms", event_.duration_ms);
            holes_.duration_ms = behind("\"duration_ms\":");
        }
        if (!event_.rpc.system.empty()) write_rpc();
        write_auth();
        if (event_.has_jwt) write_jwt();
        write_mcp();
        if (event_.has_skew) {
            json_.open("clock");
            json_.number("skew_s", event_.skew_s);
            json_.close();
        }
        json_.close();
    }

private:
    void write_envelope() {
        json_.time("time", event_.time, times_);
        holes_.time = {out_.size() - begin_ - 25, out_.size() - begin_ - 1};
        json_.text("level", event_.level, all_octets);
        json_.text("schema", "whogoes/1", all_octets);
        json_.text("event", name(event_.kind), all_octets);
        json_.text("msg", event_.message, std::min<std::size_t>(cut_.text, 1024));
        optional("id", event_.id);
        if (!event_.id.empty())
            holes_.id = {out_.size() - begin_ - 1 - event_.id.size(), out_.size() - begin_ - 1};
        optional("trace_id", event_.trace_id);
    }

    void write_http() {
        const bool request = !event_.method.empty() || !event_.request_fields.empty();
        const bool response = event_.status != 0 || !event_.response_fields.empty();
        if (!request && !response) return;
        json_.open("http");
        if (request) {
            json_.open("request");
            optional("method", event_.method);
            write_fields(event_.request_fields);
            json_.close();
        }
        if (response) {
            json_.open("response");
            if (event_.status != 0) json_.number("status_code", event_.status);
            write_fields(event_.response_fields);
            json_.close();
        }
        optional("route", event_.route);
        json_.close();
    }

    // A name once: the values of repeated lines stand in one string.
    void write_fields(const std::vector<NamedValue>& fields) {
        if (fields.empty() || cut_.fields == 0) return;
        json_.open("header");
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const auto same = [&](const NamedValue& other) { return other.name == fields[i].name; };
            const auto here = fields.begin() + static_cast<std::ptrdiff_t>(i);
            if (std::any_of(fields.begin(), here, same)) continue;
            if (std::none_of(here + 1, fields.end(), same)) {
                json_.foreign_text(fields[i].name, fields[i].value, cut_.text);
                continue;
            }
            std::string joined;
            for (auto field = here; field != fields.end(); ++field) {
                if (!same(*field) || field->value.empty()) continue;
                if (!joined.empty()) joined += ", ";
                joined += field->value;
            }
            json_.foreign_text(fields[i].name, joined, cut_.text);
        }
        json_.close();
    }

    // ECS: url.domain keeps the brackets of an IPv6 address.
    void write_authority() {
        const std::string_view authority = event_.authority;
        const std::size_t bracket = authority.rfind(']');
        const std::size_t colon = authority.rfind(':');
        const bool has_port = colon != std::string_view::npos &&
                              (bracket == std::string_view::npos || colon > bracket);
        optional("domain", has_port ? authority.substr(0, colon) : authority);
        int port = 0;
        if (!has_port) return;
        const char* const end = authority.data() + authority.size();
        const auto read = std::from_chars(authority.data() + colon + 1, end, port);
        if (read.ec == std::errc{} && read.ptr == end) json_.number("port", port);
    }

    void write_network() {
        if (!event_.path.empty() || !event_.query.empty()) {
            json_.open("url");
            if (event_.tls) json_.text("scheme", "https", all_octets);
            write_authority();
            json_.text("path", event_.path, cut_.path);
            if (!event_.query.empty()) json_.text("query", event_.query, cut_.query);
            json_.close();
        }
        if (event_.protocol == "2") json_.raw("network", R"({"protocol":{"version":"2"}})");
        if (!event_.client.empty()) {
            json_.open("client");
            json_.text("address", event_.client, cut_.text);
            json_.close();
        }
        if (event_.upstream.empty() && event_.upstream_status == 0) return;
        json_.open("upstream");
        optional("address", event_.upstream);
        if (event_.upstream_status != 0) json_.number("status_code", event_.upstream_status);
        optional("message", event_.upstream_message);
        if (event_.upstream_ms > 0) {
            json_.decimal("duration_ms", event_.upstream_ms);
            holes_.upstream_ms = behind("\"duration_ms\":");
        }
        json_.close();
    }

    // OpenTelemetry's attributes for calls.
    void write_rpc() {
        const RpcSummary& rpc = event_.rpc;
        json_.open("rpc");
        optional("system", rpc.system);
        optional("service", rpc.service);
        optional("method", rpc.method);
        if (rpc.code >= 0 && rpc.system == "grpc") {
            json_.open("grpc");
            json_.number("status_code", rpc.code);
            json_.close();
        } else if (rpc.code > 0 && rpc.code < 100) {
            json_.open("connect_rpc");
            optional("error_code", rules::rpc_code_name(static_cast<int>(rpc.code)));
            json_.close();
        }
        json_.close();
    }

    void write_auth() {
        const bool judged = event_.kind == EventKind::auth_failure ||
                            event_.kind == EventKind::auth_compliance ||
                            event_.kind == EventKind::auth_refresh;
        if (!judged && event_.scheme.empty() && event_.source.empty() && event_.changes.empty())
            return;
        json_.open("auth");
        write_diagnosis();
        if (judged) optional("system", event_.diagnosis.system);
        if (judged) optional("documented", event_.documented);
        optional("scheme", spelled(event_.scheme));
        optional("source", event_.source);
        optional("token", event_.token);
        optional("replaced_token", event_.replaced_token);
        optional("user", event_.user);
        if (judged) {
            write_challenges();
            json_.open_list("rules");
            for (const rules::Violation& violation : event_.diagnosis.violations) {
                if (violation.rule != nullptr) json_.item(violation.rule->id, all_octets);
            }
            json_.close_list();
            json_.text("verdict", rules::name(event_.diagnosis.verdict), all_octets);
            optional("verdict_reason", event_.diagnosis.verdict_reason);
            json_.text("refresh", event_.refresh, cut_.text);
        }
        if (!event_.changes.empty()) json_.list("changes", event_.changes, cut_.list, cut_.text);
        json_.close();
    }

    void write_diagnosis() {
        const rules::Diagnosis& diagnosis = event_.diagnosis;
        if (!diagnosis.main && diagnosis.violations.empty()) return;
        const rules::Cause* cause = diagnosis.main ? diagnosis.main->cause : nullptr;
        if (cause != nullptr) {
            json_.text("cause", cause->id, all_octets);
            json_.text("confidence", rules::name(diagnosis.main->evidence.confidence), all_octets);
            json_.open_list("also");
            for (const rules::Finding& finding : diagnosis.also) {
                if (finding.cause != nullptr) json_.item(finding.cause->id, all_octets);
            }
            json_.close_list();
        }
        write_evidence();
        write_facts();
        optional("remedy", advice_of(event_));
    }

    void write_evidence() {
        std::size_t written = 0;
        json_.open_list("evidence");
        const auto sentence = [&](const rules::Evidence& evidence) {
            if (evidence.words.empty()) return;
            if (written < cut_.sentences) json_.item(evidence.words, cut_.text);
            if (written == cut_.sentences) json_.item("…", all_octets);
            ++written;
        };
        if (event_.diagnosis.main) sentence(event_.diagnosis.main->evidence);
        for (const rules::Violation& violation : event_.diagnosis.violations)
            sentence(violation.evidence);
        for (const rules::Finding& finding : event_.diagnosis.also) sentence(finding.evidence);
        json_.close_list();
    }

    // The main cause's first: a name that a lesser finding uses again keeps its first value.
    void write_facts() {
        std::vector<std::string_view> seen;
        json_.open("facts");
        const auto add = [&](const rules::Evidence& evidence) {
            for (const rules::Fact& fact : evidence.facts) {
                if (seen.size() >= std::min(cut_.list, most_facts)) return;
                if (std::find(seen.begin(), seen.end(), fact.name) != seen.end()) continue;
                seen.push_back(fact.name);
                json_.fact(fact, std::min(cut_.list, most_facts), cut_.text);
            }
        };
        if (event_.diagnosis.main) add(event_.diagnosis.main->evidence);
        for (const rules::Finding& finding : event_.diagnosis.also) add(finding.evidence);
        for (const rules::Violation& violation : event_.diagnosis.violations)
            add(violation.evidence);
        json_.close();
    }

    void write_challenges() {
        json_.open("challenge");
        json_.list("received", event_.offered, cut_.challenges, cut_.challenge);
        json_.list("injected", event_.injected, cut_.challenges, cut_.challenge);
        if (!event_.would_send.empty()) {
            json_.list("would_send", event_.would_send, cut_.challenges, cut_.challenge);
        }
        json_.close();
    }

    void write_jwt() {
        const JwtSummary& jwt = event_.jwt;
        json_.open("jwt");
        optional("alg", jwt.alg);
        optional("kid", jwt.kid);
        optional("typ", jwt.typ);
        optional("iss", jwt.iss);
        if (!jwt.aud.empty()) json_.list("aud", jwt.aud, cut_.list, cut_.text);
        optional("azp", jwt.azp);
        optional("acr", jwt.acr);
        if (!jwt.scope.empty()) json_.list("scope", jwt.scope, cut_.list, cut_.text);
        if (jwt.exp != 0) json_.number("exp", jwt.exp);
        if (jwt.iat != 0) json_.number("iat", jwt.iat);
        if (jwt.nbf != 0) json_.number("nbf", jwt.nbf);
        json_.boolean("verified", jwt.verified);
        json_.close();
    }

    void write_mcp() {
        if (event_.mcp_method.empty()) return;
        json_.open("mcp");
        json_.text("method", event_.mcp_method, cut_.text);
        optional("tool", event_.mcp_tool);
        json_.close();
    }

    void optional(std::string_view key, std::string_view value) {
        if (!value.empty()) json_.text(key, value, cut_.text);
    }

    static std::string_view spelled(std::string_view scheme) {
        const std::string_view registered = rules::registered_spelling(rules::scheme_of(scheme));
        return registered.empty() ? scheme : registered;
    }

    // The value that was written last, whose key is `key`.
    RecordHoles::Hole behind(std::string_view key) const {
        return {out_.rfind(key) + key.size() - begin_, out_.size() - begin_};
    }

    std::string& out_;
    std::size_t begin_;
    RecordHoles holes_{};
    JsonWriter json_;
    const AuthEvent& event_;
    const Cut& cut_;
    TimeText& times_;
};

}  // namespace

void append_record(std::string& out, const AuthEvent& event, TimeText& times, RecordHoles* holes) {
    const std::size_t begin = out.size();
    for (const Cut& cut : cuts) {
        out.resize(begin);
        RecordWriter writer(out, event, cut, times);
        writer.write();
        if (holes != nullptr) *holes = writer.holes();
        if (out.size() - begin < longest_record) break;
    }
    out += '\n';
}

void append_again(std::string& out, std::string_view record, const RecordHoles& holes,
                  const AuthEvent& event, TimeText& times) {
    std::size_t at = 0;
    const auto up_to = [&](RecordHoles::Hole hole) {
        out.append(record, at, hole.begin - at);
        at = hole.end;
    };
    up_to(holes.time);
    times.append(out, event.time);
    up_to(holes.id);
    out += event.id;
    if (holes.upstream_ms.end > 0) {
        up_to(holes.upstream_ms);
        append_decimal(out, event.upstream_ms);
    }
    up_to(holes.duration_ms);
    append_decimal(out, event.duration_ms);
    out.append(record, at);
}

}  // namespace whogoes::report
