#include "proxy/report/metrics.hpp"

#include "proxy/report/exposition.hpp"
#include "proxy/report/tally.hpp"
#include "report/given.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace whogoes::report {
namespace {

using std::chrono::microseconds;

// The checks of `promtool check metrics` that can fail here, and the format's own.
void check_exposition(const std::string& text) {
    std::istringstream lines(text);
    std::string line, family, type;
    std::set<std::string> families, samples;
    std::map<std::string, std::uint64_t> last_bucket;
    REQUIRE(text.ends_with('\n'));
    while (std::getline(lines, line)) {
        CAPTURE(line);
        if (line.starts_with("# HELP ")) {
            family = line.substr(7, line.find(' ', 7) - 7);
            CHECK(families.insert(family).second);
            CHECK(line.size() > 8 + family.size());
            REQUIRE(std::getline(lines, line));
            REQUIRE(line.starts_with("# TYPE " + family + " "));
            type = line.substr(8 + family.size());
            CHECK((type == "counter" || type == "gauge" || type == "histogram"));
            CHECK((type == "counter") == family.ends_with("_total"));
            continue;
        }
        const std::size_t name_end = line.find_first_of("{ ");
        const std::string name = line.substr(0, name_end);
        const std::string suffix = name.substr(std::min(family.size(), name.size()));
        REQUIRE(name.starts_with(family));
        CHECK(suffix.empty() == (type != "histogram"));
        const std::size_t value_at = line.rfind(' ');
        const std::string series = line.substr(0, value_at);
        CHECK(samples.insert(series).second);
        std::size_t used = 0;
        CHECK(std::stod(line.substr(value_at + 1), &used) >= 0);
        CHECK(used == line.size() - value_at - 1);
        if (suffix == "_bucket") {
            const std::string group = series.substr(0, series.find("le=\""));
            const std::uint64_t count = std::stoull(line.substr(value_at + 1));
            CHECK(count >= last_bucket[group]);
            last_bucket[group] = count;
        }
    }
}

TEST_CASE("workers are summed, and buckets are cumulative, in seconds") {
    net::Counters one, two;
    one.requests[0][301].add(2);
    two.requests[0][301].add(3);
    two.requests[7][499].add();
    one.client_http_1.add(4);
    two.client_http_2.add(2);
    two.upstream_http_2.add(3);
    one.duration[3].observe(microseconds(900));
    two.duration[3].observe(microseconds(3000));
    two.duration[3].observe(microseconds(20000000));
    one.client_connections_active.add(4);
    one.client_connections_active.subtract(1);
    const net::Counters* workers[] = {&one, nullptr, &two};
    const std::string text = render_metrics(workers, {"0.1.0", "abc\"def"},
                                            {.successful = false, .successful_at_unix = 17});
    check_exposition(text);
    for (const char* line : {
             "whogoes_http_requests_total{method=\"GET\",code=\"401\"} 5",
             "whogoes_http_requests_total{method=\"other\",code=\"other\"} 1",
             "whogoes_protocol_requests_total{side=\"client\",protocol=\"h1\"} 4",
             "whogoes_protocol_requests_total{side=\"client\",protocol=\"h2\"} 2",
             "whogoes_protocol_requests_total{side=\"upstream\",protocol=\"h1\"} 0",
             "whogoes_protocol_requests_total{side=\"upstream\",protocol=\"h2\"} 3",
             "whogoes_http_request_duration_seconds_bucket{code_class=\"4xx\",le=\"0.001\"} 1",
             "whogoes_http_request_duration_seconds_bucket{code_class=\"4xx\",le=\"0.0025\"} 1",
             "whogoes_http_request_duration_seconds_bucket{code_class=\"4xx\",le=\"0.005\"} 2",
             "whogoes_http_request_duration_seconds_bucket{code_class=\"4xx\",le=\"10\"} 2",
             "whogoes_http_request_duration_seconds_bucket{code_class=\"4xx\",le=\"+Inf\"} 3",
             "whogoes_http_request_duration_seconds_sum{code_class=\"4xx\"} 20.0039",
             "whogoes_http_request_duration_seconds_count{code_class=\"4xx\"} 3",
             "whogoes_upstream_response_duration_seconds_count 0",
             "whogoes_connections{side=\"client\",state=\"active\"} 3",
             "whogoes_config_last_reload_successful 0",
             "whogoes_config_last_reload_success_timestamp_seconds 17",
             "whogoes_build_info{version=\"0.1.0\",commit=\"abc\\\"def\"} 1",
         }) {
        CAPTURE(line);
        CHECK(text.find(std::string("\n") + line + "\n") != std::string::npos);
    }
}

TEST_CASE("the process tells about itself") {
    const std::string text = render_process_metrics();
    check_exposition(text);
    for (const char* name : {"process_cpu_seconds_total ", "process_resident_memory_bytes ",
                             "process_open_fds ", "process_start_time_seconds "}) {
        CAPTURE(name);
        CHECK(text.find(std::string("\n") + name) != std::string::npos);
    }
}

TEST_CASE("authentication events are counted by labels of known sets") {
    Tally tally;
    AuthEvent event =
        described({.request = {{"Authorization", "Frobnicate abcdefgh"}}}, diagnosed(expired));
    event.injected = {"Bearer realm=\"x\"", "Frob x=1"};
    event.diagnosis.violations.push_back({&without_challenge, {}});
    event.has_skew = true;
    event.skew_s = -3;
    tally.count(event);
    event.upstream_status = 999;
    event.refresh = "replayed";
    event.replay = "accepted";
    tally.count(event);
    event.refresh = "joined";
    event.replay = "refused";
    tally.count(event);
    event.refresh = "skipped:body";
    event.replay = {};
    tally.count(event);
    event.refresh = "failed";
    tally.count(event);
    event.replay = "failed";
    tally.count(event);
    AuthEvent call;
    call.kind = EventKind::auth_refresh;
    call.refresh = "renewed";
    tally.count(call);
    call.refresh = "failed";
    tally.count(call);
    call.refresh = "skipped:new-tokens-refused";
    tally.count(call);
    Counts counts;
    tally.add_to(counts);
    std::string text;
    append_auth_metrics(text, counts, 7);
    for (const char* line : {
             "whogoes_auth_failures_total{cause=\"token-expired\",scheme=\"other\",code=\"401\"} 1",
             "whogoes_auth_failures_total{cause=\"token-expired\",scheme=\"other\",code=\"other\"} "
             "5",
             "whogoes_auth_violations_total{rule=\"unauthorized-without-challenge\",severity="
             "\"error\"} 6",
             "whogoes_auth_challenges_injected_total{scheme=\"bearer\"} 6",
             "whogoes_auth_challenges_injected_total{scheme=\"other\"} 6",
             "whogoes_auth_refresh_total{result=\"renewed\"} 1",
             "whogoes_auth_refresh_total{result=\"joined\"} 1",
             "whogoes_auth_refresh_total{result=\"skipped\"} 1",
             "whogoes_auth_refresh_total{result=\"failed\"} 1",
             "whogoes_auth_replays_total{result=\"accepted\"} 1",
             "whogoes_auth_replays_total{result=\"refused\"} 1",
             "whogoes_auth_replays_total{result=\"failed\"} 1",
             "whogoes_clock_skew_seconds -3",
             "whogoes_log_events_dropped_total 7",
         }) {
        CAPTURE(line);
        CHECK(text.find(std::string("\n") + line + "\n") != std::string::npos);
    }
    counts.skew_s = 3;
    text.clear();
    append_auth_metrics(text, counts, 0);
    check_exposition(text);
}

TEST_CASE("refused calls are counted by status, and nothing of theirs is a label") {
    Tally tally;
    AuthEvent event = described({.request = {}}, diagnosed(expired));
    event.rpc = {"grpc", "orders.v1.Orders", "List", 16};
    tally.count(event);
    event.rpc.service = "a.service.that.a.client.made.up";
    tally.count(event);
    event.rpc = {"connect_rpc", "orders.v1.Orders", "List", 7};
    tally.count(event);
    event.rpc.code = 5;
    tally.count(event);
    Counts counts;
    tally.add_to(counts);
    std::string text;
    append_auth_metrics(text, counts, 0);
    check_exposition(text);
    for (const char* line : {
             "whogoes_rpc_refusals_total{system=\"connect_rpc\",status=\"permission_denied\"} 1",
             "whogoes_rpc_refusals_total{system=\"connect_rpc\",status=\"unauthenticated\"} 0",
             "whogoes_rpc_refusals_total{system=\"grpc\",status=\"permission_denied\"} 0",
             "whogoes_rpc_refusals_total{system=\"grpc\",status=\"unauthenticated\"} 2",
         }) {
        CAPTURE(line);
        CHECK(text.find(std::string("\n") + line + "\n") != std::string::npos);
    }
    CHECK(text.find("orders") == std::string::npos);
    CHECK(text.find("not_found") == std::string::npos);
}

TEST_CASE("what is known beforehand stands at 0, so that its first event is a rise") {
    std::string text;
    append_auth_metrics(text, {}, 0);
    check_exposition(text);
    const auto has = [&](const std::string& line) {
        CAPTURE(line);
        CHECK(text.find("\n" + line + " 0\n") != std::string::npos);
    };
    for (const rules::CauseRow& row : rules::catalogue())
        has("whogoes_auth_causes_total{cause=\"" + std::string(row.cause.id) + "\"}");
    for (const rules::RuleRow& row : rules::rulebook())
        has("whogoes_auth_violations_total{rule=\"" + std::string(row.rule.id) + "\",severity=\"" +
            std::string(rules::name(row.rule.severity)) + "\"}");
    for (const char* result : {"renewed", "joined", "failed", "skipped"})
        has(std::string("whogoes_auth_refresh_total{result=\"") + result + "\"}");
    for (const char* result : {"accepted", "refused", "failed"})
        has(std::string("whogoes_auth_replays_total{result=\"") + result + "\"}");

    Counts counts;
    counts.failures[{"token-expired", rules::Scheme::bearer, 401}] = 2;
    counts.failures[{"token-expired", rules::Scheme::dpop, 403}] = 3;
    text.clear();
    append_auth_metrics(text, counts, 0);
    CHECK(text.find("\nwhogoes_auth_causes_total{cause=\"token-expired\"} 5\n") !=
          std::string::npos);
}

TEST_CASE("label values are escaped") {
    std::string out;
    Exposition text(out);
    text.family("x_total", "counter", "x");
    text.sample({{"a", "q\"b\\n\n\xff"}}, std::uint64_t{1});
    CHECK(out.ends_with("x_total{a=\"q\\\"b\\\\n\\\\x0a\\\\xff\"} 1\n"));
}

}  // namespace
}  // namespace whogoes::report
