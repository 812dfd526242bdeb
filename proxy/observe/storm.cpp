#include "proxy/observe/storm.hpp"

#include "proxy/http/content_type.hpp"
#include "proxy/observe/observe.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/observe/sighting.hpp"
#include "proxy/report/redact.hpp"
#include "rules/compliance/readings.hpp"

#include <variant>

namespace whogoes::observe {
namespace {

constexpr int storm = 3, great_storm = 10;  // renewals within a minute
constexpr std::int64_t many_refusals = 20;

}  // namespace

bool renews_a_token(const Sighting& sighting) {
    if (sighting.request.method() != "POST" || !http::is_form(sighting.request)) return false;
    return sighting.request_text.find("grant_type=refresh_token") != std::string_view::npos;
}

int renewals_in_a_storm(Observer& observer, const Sighting& sighting) {
    const rules::Exchange& seen = sighting.event->exchange;
    if (!rules::compliance::is_refresh_call(seen)) return 0;
    const int count = observer.history.recall(seen).renewals_in_60s + 1;
    return count == storm || count % great_storm == 0 ? count : 0;
}

report::AuthEvent storm_record(const Observer& observer, const Sighting& sighting, int renewals) {
    report::AuthEvent record;
    record.kind = report::EventKind::auth_refresh;
    record.level = renewals < great_storm ? "warn" : "error";
    record.time = observer.clock();
    record.method = report::logged_method(sighting.request.method());
    record.path = report::redacted_path(sighting.event->exchange.request.path);
    mask_users(sighting, record.path);
    record.message = "renewal " + std::to_string(renewals) + " within 60 s by " +
                     std::string(sighting.client_address) + " at " + record.path +
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

}  // namespace whogoes::observe
