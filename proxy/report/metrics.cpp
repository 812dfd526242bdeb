#include "proxy/report/metrics.hpp"

#include "proxy/report/exposition.hpp"

#include <array>
#include <cstddef>

namespace whogoes::report {
namespace {

constexpr std::array<std::string_view, net::method_count> methods{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"};
constexpr std::array<std::string_view, 5> classes{"1xx", "2xx", "3xx", "4xx", "5xx"};

using Workers = std::span<const net::Counters* const>;

template <class Member>
std::uint64_t sum(Workers workers, const Member& member) {
    std::uint64_t total = 0;
    for (const net::Counters* worker : workers) {
        if (worker != nullptr) total += member(*worker).value();
    }
    return total;
}

struct Buckets {
    std::array<std::uint64_t, net::histogram_bounds_us.size() + 1> counts{};
    std::uint64_t sum_us = 0;
    std::uint64_t total = 0;

    void add(const net::Histogram& histogram) {
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const std::uint64_t count = histogram.buckets[i].value();
            counts[i] += count;
            total += count;
        }
        sum_us += histogram.sum_us.value();
    }
};

// `label` is empty for a histogram without labels.
void append_histogram(Exposition& text, const Buckets& buckets, std::string_view label,
                      std::string_view value) {
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < buckets.counts.size(); ++i) {
        cumulative += buckets.counts[i];
        const std::string bound = i < net::histogram_bounds_us.size()
                                      ? shortest(net::histogram_bounds_us[i] / 1e6)
                                      : "+Inf";
        if (label.empty()) {
            text.part("_bucket", {{"le", bound}}, cumulative);
        } else {
            text.part("_bucket", {{label, value}, {"le", bound}}, cumulative);
        }
    }
    const double seconds = static_cast<double>(buckets.sum_us) / 1e6;
    if (label.empty()) {
        text.part("_sum", {}, seconds);
        text.part("_count", {}, buckets.total);
    } else {
        text.part("_sum", {{label, value}}, seconds);
        text.part("_count", {{label, value}}, buckets.total);
    }
}

void append_requests(Exposition& text, Workers workers) {
    text.family("whogoes_http_requests_total", "counter",
                "Answered requests by method and status; answers of the proxy's own included.");
    for (std::size_t method = 0; method < methods.size(); ++method) {
        for (std::size_t code = 0; code < 500; ++code) {
            const std::uint64_t count = sum(
                workers, [&](const net::Counters& c) -> const auto& {
                    return c.requests[method][code];
                });
            if (count == 0) continue;
            // The last slot holds every status beyond 599, too.
            const std::string label = code < 499 ? std::to_string(code + 100) : "other";
            text.sample({{"method", methods[method]}, {"code", label}}, count);
        }
    }
    text.family("whogoes_protocol_requests_total", "counter",
                "Requests by side and HTTP version: those that clients got an answer to, and those "
                "that the API answered.");
    using net::Counters;
    const auto total = [&](const auto& member) { return sum(workers, member); };
    text.sample({{"side", "client"}, {"protocol", "h1"}},
                total([](const Counters& c) -> const auto& { return c.client_http_1; }));
    text.sample({{"side", "client"}, {"protocol", "h2"}},
                total([](const Counters& c) -> const auto& { return c.client_http_2; }));
    text.sample({{"side", "upstream"}, {"protocol", "h1"}},
                total([](const Counters& c) -> const auto& { return c.upstream_http_1; }));
    text.sample({{"side", "upstream"}, {"protocol", "h2"}},
                total([](const Counters& c) -> const auto& { return c.upstream_http_2; }));
    text.family("whogoes_own_replies_total", "counter",
                "Answers that the proxy gave in the API's place.");
    text.sample({},
                sum(
                    workers, [](const net::Counters& c) -> const auto& { return c.own_replies; }));
}

void append_durations(Exposition& text, Workers workers) {
    text.family("whogoes_http_request_duration_seconds", "histogram",
                "From a request's first byte to its answer's last.");
    for (std::size_t i = 0; i < classes.size(); ++i) {
        Buckets buckets;
        for (const net::Counters* worker : workers) {
            if (worker != nullptr) buckets.add(worker->duration[i]);
        }
        if (buckets.total > 0) append_histogram(text, buckets, "code_class", classes[i]);
    }
    text.family("whogoes_upstream_response_duration_seconds", "histogram",
                "From sending a request to the head of the API's answer.");
    Buckets buckets;
    for (const net::Counters* worker : workers) {
        if (worker != nullptr) buckets.add(worker->upstream_duration);
    }
    append_histogram(text, buckets, {}, {});
}

void append_connections(Exposition& text, Workers workers) {
    using net::Counters;
    const auto total = [&](const auto& member) { return sum(workers, member); };
    text.family("whogoes_connections", "gauge", "Open connections by side and state.");
    text.sample(
        {{"side", "client"}, {"state", "active"}},
        total([](const Counters& c) -> const auto& { return c.client_connections_active; }));
    text.sample({{"side", "client"}, {"state", "idle"}},
                total([](const Counters& c) -> const auto& { return c.client_connections_idle; }));
    text.sample(
        {{"side", "upstream"}, {"state", "active"}},
        total([](const Counters& c) -> const auto& { return c.upstream_connections_active; }));
    text.sample(
        {{"side", "upstream"}, {"state", "idle"}},
        total([](const Counters& c) -> const auto& { return c.upstream_connections_idle; }));
    text.family("whogoes_connections_opened_total", "counter", "Connections ever opened, by side.");
    text.sample({{"side", "client"}},
                total([](const Counters& c) -> const auto& { return c.client_connections_total; }));
    text.sample({{"side", "upstream"}}, total([](const Counters& c) -> const auto& {
                    return c.upstream_connections_total;
                }));
    text.family("whogoes_upstream_retries_total", "counter",
                "Requests sent again because a pooled connection had died.");
    text.sample({}, total([](const Counters& c) -> const auto& { return c.upstream_retries; }));
    text.family("whogoes_accept_pauses_total", "counter",
                "Times that accepting paused, at the limit of connections or descriptors.");
    text.sample({}, total([](const Counters& c) -> const auto& { return c.accept_pauses; }));
    text.family("whogoes_turns_passed_on_total", "counter",
                "Times that a busy connection let the others of its worker go first.");
    text.sample({}, total([](const Counters& c) -> const auto& { return c.turns_passed_on; }));
}

}  // namespace

std::string render_metrics(Workers workers, const Build& build, const ReloadState& reload) {
    std::string out;
    out.reserve(8192);
    Exposition text(out);
    append_requests(text, workers);
    append_durations(text, workers);
    append_connections(text, workers);
    text.family("whogoes_config_last_reload_successful", "gauge",
                "Whether the last configuration offered was taken.");
    text.sample({}, std::uint64_t{reload.successful});
    text.family("whogoes_config_last_reload_success_timestamp_seconds", "gauge",
                "When a configuration was last taken.");
    text.sample({}, static_cast<double>(reload.successful_at_unix));
    text.family("whogoes_build_info", "gauge", "Always 1; the labels tell the build.");
    text.sample({{"version", build.version}, {"commit", build.commit}}, std::uint64_t{1});
    return out;
}

}  // namespace whogoes::report
