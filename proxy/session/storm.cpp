#include "proxy/session/storm.hpp"

#include "proxy/report/redact.hpp"
#include "proxy/session/evidence.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/history.hpp"
#include "proxy/session/recording.hpp"
#include "rules/compliance/readings.hpp"

#include <variant>

namespace whogoes::session {
namespace {

constexpr int storm = 3, great_storm = 10;  // renewals within a minute
constexpr std::int64_t many_refusals = 20;

}  // namespace

bool renews_a_token(const Exchange& exchange) {
    if (exchange.method != net::Method::post) return false;
    if (!is_form(exchange.request())) return false;
    return text_of(exchange.body).find("grant_type=refresh_token") != std::string_view::npos;
}

int renewals_in_a_storm(const Exchange& exchange) {
    const rules::Exchange& seen = exchange.event->exchange;
    if (!rules::compliance::is_refresh_call(seen)) return 0;
    const int count = exchange.worker.history.recall(seen).renewals_in_60s + 1;
    return count == storm || count % great_storm == 0 ? count : 0;
}

report::AuthEvent storm_record(const Exchange& exchange, int renewals) {
    report::AuthEvent record;
    record.kind = report::EventKind::auth_refresh;
    record.level = renewals < great_storm ? "warn" : "error";
    record.time = exchange.worker.clock();
    record.method = report::logged_method(exchange.request().method());
    record.path = report::redacted_path(exchange.event->exchange.request.path);
    mask_users(exchange, record.path);
    record.message = "renewal " + std::to_string(renewals) + " within 60 s by " +
                     std::string(client_address(exchange)) + " at " + record.path +
                     ": let requests and tabs share one renewal, and stop at the second 401";
    return record;
}

bool is_great_storm(const rules::Diagnosis& diagnosis) {
    for (const rules::Finding& finding : diagnosis.also) {
        if (!finding.cause->has(rules::Trait::counts_refusals)) continue;
        for (const rules::Fact& fact : finding.evidence.facts)
            if (const auto* count = std::get_if<std::int64_t>(&fact.value);
                count != nullptr && fact.name == "count")
                return *count >= many_refusals;
    }
    return false;
}

}  // namespace whogoes::session
