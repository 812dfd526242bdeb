#include "proxy/report/tally.hpp"

#include "proxy/report/exposition.hpp"
#include "rules/diagnosis.hpp"
#include "rules/rpc.hpp"
#include "rules/text.hpp"

#include <initializer_list>

namespace whogoes::report {
namespace {

rules::Scheme scheme_of_event(const AuthEvent& event) {
    return event.scheme.empty() ? rules::Scheme::none : rules::scheme_of(event.scheme);
}

rules::Scheme scheme_of_challenge(std::string_view challenge) {
    return rules::scheme_of(challenge.substr(0, challenge.find_first_of(" ,\t")));
}

std::string scheme_label(rules::Scheme scheme) {
    if (scheme == rules::Scheme::none) return "none";
    const std::string_view spelling = rules::registered_spelling(scheme);
    return spelling.empty() ? "other" : rules::lowered(spelling);
}

std::string code_label(int code) {
    return code >= 100 && code < 600 ? std::to_string(code) : "other";
}

std::string_view known_cause(const rules::Finding& finding) {
    return finding.cause == nullptr || finding.cause->id.empty() ? "other" : finding.cause->id;
}

// Calls to the token endpoint by their own events; what exchanges made of them by the exchanges'.
void count_refresh(Counts& counts, const AuthEvent& event) {
    if (!event.replay.empty()) ++counts.replays[event.replay];
    const std::string_view refresh = event.refresh;
    if (event.kind == EventKind::auth_refresh) {
        if (refresh == "renewed") ++counts.refreshes["renewed"];
        if (refresh == "failed") ++counts.refreshes["failed"];
    } else if (refresh == "replayed" || refresh == "joined") {
        if (refresh == "joined") ++counts.refreshes["joined"];
    } else if (refresh.starts_with("skipped")) {
        ++counts.refreshes["skipped"];
    }
}

// Of each a static string, whatever stands in the event.
std::string_view system_label(const RpcSummary& call) {
    return call.system == "grpc" ? "grpc" : "connect_rpc";
}
std::string_view status_label(const RpcSummary& call) {
    return rules::rpc_code_name(static_cast<int>(call.code));
}
bool refuses(const RpcSummary& call) {
    return !call.system.empty() && (call.code == rules::rpc_code::unauthenticated ||
                                    call.code == rules::rpc_code::permission_denied);
}

template <class Key>
void merge(std::map<Key, std::uint64_t>& into, const std::map<Key, std::uint64_t>& from) {
    for (const auto& [key, count] : from) into[key] += count;
}

}  // namespace

void Counts::add(const Counts& other) {
    merge(failures, other.failures);
    merge(violations, other.violations);
    merge(injected, other.injected);
    merge(handshakes, other.handshakes);
    merge(refreshes, other.refreshes);
    merge(replays, other.replays);
    merge(calls, other.calls);
    if (other.skew_s && (!skew_s || other.skew_at > skew_at)) {
        skew_s = other.skew_s;
        skew_at = other.skew_at;
    }
}

void Tally::count(const AuthEvent& event, Cells* cells) {
    const rules::Diagnosis& diagnosis = event.diagnosis;
    const std::lock_guard lock(mutex_);
    const auto add = [&](std::uint64_t& cell) {
        ++cell;
        if (cells != nullptr) cells->push_back(&cell);
    };
    if (diagnosis.main && diagnosis.handshake) {
        add(counts_.handshakes[scheme_of_event(event)]);
    } else if (diagnosis.main) {
        const int code = event.upstream_status != 0 ? event.upstream_status : event.status;
        add(counts_.failures[{known_cause(*diagnosis.main), scheme_of_event(event), code}]);
    }
    if (diagnosis.main && !diagnosis.handshake && refuses(event.rpc))
        add(counts_.calls[{system_label(event.rpc), status_label(event.rpc)}]);
    for (const rules::Violation& violation : diagnosis.violations) {
        if (violation.rule == nullptr) continue;
        add(counts_.violations[{violation.rule->id, violation.rule->severity}]);
    }
    for (const std::string& challenge : event.injected) {
        add(counts_.injected[scheme_of_challenge(challenge)]);
    }
    count_refresh(counts_, event);
    note_skew(event);
}

void Tally::count_again(const AuthEvent& event, const Cells& cells) {
    const std::lock_guard lock(mutex_);
    for (std::uint64_t* const cell : cells) ++*cell;
    note_skew(event);
}

void Tally::note_skew(const AuthEvent& event) {
    if (!event.has_skew) return;
    counts_.skew_s = event.skew_s;
    counts_.skew_at = event.time;
}

void Tally::add_to(Counts& counts) const {
    const std::lock_guard lock(mutex_);
    counts.add(counts_);
}

namespace {

// A counter that appears with its first event is born at 1, and increase() sees nothing of it: what
// is known beforehand stands at 0.
void append_causes(Exposition& text, const Counts& counts) {
    std::map<std::string_view, std::uint64_t> causes;
    for (const rules::CauseRow& row : rules::catalogue()) causes[row.cause.id] = 0;
    for (const auto& [key, count] : counts.failures) causes[std::get<0>(key)] += count;
    text.family("whogoes_auth_causes_total", "counter",
                "Refused exchanges by main cause; every known one from the start.");
    for (const auto& [cause, count] : causes) text.sample({{"cause", cause}}, count);
}

void append_violations(Exposition& text, const Counts& counts) {
    auto violations = counts.violations;
    for (const rules::RuleRow& row : rules::rulebook())
        violations.try_emplace({row.rule.id, row.rule.severity}, 0);
    text.family("whogoes_auth_violations_total", "counter",
                "Duties that answers broke, by rule and severity.");
    for (const auto& [key, count] : violations) {
        text.sample({{"rule", std::get<0>(key)}, {"severity", rules::name(std::get<1>(key))}},
                    count);
    }
}

void append_calls(Exposition& text, const Counts& counts) {
    auto calls = counts.calls;
    for (const std::string_view system : {"grpc", "connect_rpc"})
        for (const int code :
             {rules::rpc_code::unauthenticated, rules::rpc_code::permission_denied})
            calls.try_emplace({system, rules::rpc_code_name(code)}, 0);
    text.family("whogoes_rpc_refusals_total", "counter",
                "Calls of gRPC, gRPC-Web or Connect that the API refused, by status.");
    for (const auto& [key, count] : calls)
        text.sample({{"system", key.first}, {"status", key.second}}, count);
}

void append_results(Exposition& text, std::map<std::string_view, std::uint64_t> results,
                    std::initializer_list<std::string_view> known) {
    for (const std::string_view result : known) results.try_emplace(result, 0);
    for (const auto& [result, count] : results) text.sample({{"result", result}}, count);
}

}  // namespace

void append_auth_metrics(std::string& out, const Counts& counts, std::uint64_t dropped) {
    Exposition text(out);
    text.family("whogoes_auth_failures_total", "counter",
                "Refused exchanges by main cause, offered scheme and the API's status.");
    for (const auto& [key, count] : counts.failures) {
        const auto& [cause, scheme, code] = key;
        text.sample(
            {{"cause", cause}, {"scheme", scheme_label(scheme)}, {"code", code_label(code)}},
            count);
    }
    append_causes(text, counts);
    append_violations(text, counts);
    append_calls(text, counts);
    text.family("whogoes_auth_challenges_injected_total", "counter",
                "Challenges added to answers that had none, by scheme.");
    for (const auto& [scheme, count] : counts.injected) {
        text.sample({{"scheme", scheme_label(scheme)}}, count);
    }
    text.family("whogoes_auth_handshakes_total", "counter",
                "First legs of handshakes, which are no failures, by scheme.");
    for (const auto& [scheme, count] : counts.handshakes) {
        text.sample({{"scheme", scheme_label(scheme)}}, count);
    }
    text.family("whogoes_auth_refresh_total", "counter", "Token refreshes by result.");
    append_results(text, counts.refreshes, {"renewed", "joined", "failed", "skipped"});
    text.family("whogoes_auth_replays_total", "counter",
                "Requests sent once more with a fresh token, by result.");
    append_results(text, counts.replays, {"accepted", "refused", "failed"});
    text.family("whogoes_clock_skew_seconds", "gauge",
                "The upstream's clock minus ours, as last judged.");
    if (counts.skew_s) text.sample({}, static_cast<double>(*counts.skew_s));
    text.family("whogoes_log_events_dropped_total", "counter",
                "Log lines lost to a full queue or a full disk.");
    text.sample({}, dropped);
}

}  // namespace whogoes::report
