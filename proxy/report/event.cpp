#include "proxy/report/event.hpp"

#include "proxy/report/escape.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace whogoes::report {
namespace {

constexpr std::size_t headline_path = 200;
constexpr std::string_view connect_system = "connect_rpc";

std::optional<std::int64_t> number(const rules::Evidence& evidence, std::string_view name) {
    for (const rules::Fact& fact : evidence.facts) {
        if (fact.name != name) continue;
        if (const auto* value = std::get_if<std::int64_t>(&fact.value)) return *value;
    }
    return std::nullopt;
}

// The one figure that a reader wants beside the cause's summary.
void append_age(std::string& out, const rules::Finding& finding) {
    if (finding.cause->has(rules::Trait::ran_out)) {
        const auto age = number(finding.evidence, "expired_s");
        if (age && *age > 0) out.append(" ").append(duration_words(*age)).append(" ago");
    } else if (finding.cause->has(rules::Trait::too_early)) {
        const auto ahead = number(finding.evidence, "ahead_s");
        if (ahead && *ahead > 0) out.append(" for ").append(duration_words(*ahead));
    }
}

std::string_view verdict_words(rules::Verdict verdict, int upstream_status) noexcept {
    if (verdict == rules::Verdict::should_be_401 && upstream_status == 403) {
        return ": 401 would be right";
    }
    if (verdict == rules::Verdict::should_be_403 && upstream_status == 401) {
        return ": 403 would be right";
    }
    return {};
}

std::string_view verdict_words(rules::Verdict verdict, const RpcSummary& rpc) noexcept {
    if (verdict == rules::Verdict::should_be_401 && rpc.code == rules::rpc_code::permission_denied)
        return ": unauthenticated would be right";
    if (verdict == rules::Verdict::should_be_403 && rpc.code == rules::rpc_code::unauthenticated)
        return ": permission_denied would be right";
    return {};
}

}  // namespace

std::string_view name(EventKind kind) noexcept {
    switch (kind) {
        case EventKind::auth_failure:
            return "auth.failure";
        case EventKind::auth_compliance:
            return "auth.compliance";
        case EventKind::auth_refresh:
            return "auth.refresh";
        case EventKind::http_access:
            return "http.access";
        case EventKind::proxy_error:
            return "proxy.error";
        case EventKind::config_reload:
            return "config.reload";
        case EventKind::lifecycle:
            return "lifecycle";
    }
    return "http.access";
}

std::string duration_words(std::int64_t seconds) {
    struct Unit {
        std::int64_t seconds;
        char letter;
    };
    constexpr Unit units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    if (seconds < 0) seconds = 0;
    for (std::size_t i = 0; i < std::size(units); ++i) {
        if (seconds < units[i].seconds) continue;
        std::string out = std::to_string(seconds / units[i].seconds) + units[i].letter;
        if (i + 1 < std::size(units)) {
            const std::int64_t rest = seconds % units[i].seconds / units[i + 1].seconds;
            if (rest > 0) out.append(" ").append(std::to_string(rest)) += units[i + 1].letter;
        }
        return out;
    }
    return "0s";
}

std::string reason(const AuthEvent& event) {
    std::string out = reason(event.diagnosis, event.upstream_status);
    if (event.upstream_status < 300) out += verdict_words(event.diagnosis.verdict, event.rpc);
    return out;
}

std::string status_words(const RpcSummary& rpc) {
    if (rpc.code < 0) return {};
    const std::string_view name =
        rpc.code < 100 ? rules::rpc_code_name(static_cast<int>(rpc.code)) : std::string_view();
    if (rpc.system == connect_system) return "Connect: " + std::string(name);
    std::string out = "gRPC status " + std::to_string(rpc.code);
    return name.empty() ? out : out.append(" (").append(name).append(")");
}

RpcSummary summary_of(rules::RpcSystem system, const std::optional<rules::RpcStatus>& status,
                      std::string_view path) {
    RpcSummary summary;
    if (system == rules::RpcSystem::none) return summary;
    summary.system = system == rules::RpcSystem::connect ? connect_system : "grpc";
    const rules::RpcCall call = rules::rpc_call_of(path);
    summary.service = call.service;
    summary.method = call.method;
    if (status) summary.code = status->code;
    return summary;
}

std::string reason(const rules::Diagnosis& diagnosis, int upstream_status) {
    std::string out;
    if (diagnosis.main && diagnosis.main->cause != nullptr) {
        out.append(diagnosis.main->cause->summary);
        append_age(out, *diagnosis.main);
        out.append(verdict_words(diagnosis.verdict, upstream_status));
    } else if (!diagnosis.violations.empty() && diagnosis.violations.front().rule != nullptr) {
        const rules::Violation& violation = diagnosis.violations.front();
        out = violation.evidence.words.empty() ? std::string(violation.rule->summary)
                                               : violation.evidence.words;
    }
    return out;
}

std::string headline(const AuthEvent& event) {
    std::string out;
    if (event.status != 0) out.append(std::to_string(event.status)).append(" ");
    out.append(event.method).append(" ").append(cut_middle(event.path, headline_path, "…"));
    if (const std::string why = reason(event); !why.empty()) {
        out.append(" - ").append(cut_end(why, headline_path * 2));
    }
    if (event.rpc.code > 0) out.append(", ").append(status_words(event.rpc));
    if (event.refresh == "replayed" || event.refresh == "joined") {
        out.append(event.status < 400 ? ", refreshed and replayed" : ", replayed in vain");
    }
    return out;
}

std::string event_id(rules::TimePoint time, std::uint32_t salt) {
    constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const auto milliseconds = static_cast<std::uint64_t>(time.time_since_epoch().count());
    std::uint64_t bits = (milliseconds << 18) | (salt & 0x3ffffU);
    std::string out(12, '0');
    for (std::size_t i = out.size(); i-- > 0; bits >>= 5) out[i] = alphabet[bits & 31];
    return out;
}

}  // namespace whogoes::report
