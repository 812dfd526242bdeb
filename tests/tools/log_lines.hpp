#pragma once

#include "proxy/report/record.hpp"
#include "report/given.hpp"
#include "rules/diagnosis.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

// Records of a log as the product itself writes them, from a few words.
namespace whogoes::tools {

struct Logged {
    std::string cause = "token-expired";
    std::string rule = "unauthorized-without-challenge";
    std::string method = "GET";
    std::string path = "/v1/orders";
    int status = 401;
    std::string client = "127.0.0.1";
    std::string token = "tk_7f3a91c2d04e";
    std::int64_t at_s = 0;  // after noon
    std::string id{};
    std::string route{};
    report::EventKind kind = report::EventKind::auth_failure;
};

inline report::AuthEvent event_of(const Logged& logged) {
    report::AuthEvent event;
    event.kind = logged.kind;
    event.level = "warn";
    event.time = report::Given::noon + std::chrono::seconds(logged.at_s);
    event.id = logged.id.empty()
                   ? report::event_id(event.time, static_cast<std::uint32_t>(logged.at_s))
                   : logged.id;
    event.method = logged.method;
    event.path = logged.path;
    event.status = event.upstream_status = logged.status;
    event.client = logged.client;
    event.upstream = "127.0.0.1:3000";
    event.token = logged.token;
    event.route = logged.route;
    event.duration_ms = 14.2;
    event.scheme = logged.token.empty() ? "" : "bearer";
    event.source = logged.token.empty() ? "" : "header";
    if (!logged.cause.empty()) {
        event.diagnosis.main = rules::Finding{
            rules::find_cause(logged.cause),
            {rules::Confidence::certain, "it was so", {{"expired_s", std::int64_t{852}}}}};
    }
    if (!logged.rule.empty()) {
        event.diagnosis.violations.push_back(
            {rules::find_rule(logged.rule), {{}, "upstream sent no WWW-Authenticate", {}}});
    }
    event.message = report::headline(event);
    return event;
}

inline std::string line_of(const report::AuthEvent& event) {
    std::string out;
    report::TimeText times;
    report::append_record(out, event, times);
    return out;
}

inline std::string line_of(const Logged& logged) { return line_of(event_of(logged)); }

}  // namespace whogoes::tools
