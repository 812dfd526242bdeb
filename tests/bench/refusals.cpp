#include "proxy/observe/observe.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/observe/sighting.hpp"
#include "proxy/report/auth_log.hpp"
#include "proxy/report/record.hpp"
#include "proxy/report/recorder.hpp"
#include "tests/bench/messages.hpp"

#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// A refusal from its two heads to its record: by the rules alone, by the record's writer alone, and
// as a worker does it, from head to hand-over. "Fresh" has another token each time, as many as a
// worker would have to remember; "again" the same one, which a worker may know.
namespace whogoes::bench {
namespace {

constexpr rules::TimePoint noon{std::chrono::seconds(1795438284)};
constexpr int fresh_tokens = 4096;

std::string no_token(int) { return {}; }

struct Refusal {
    explicit Refusal(const std::string& token)
        : asked(request_head(token)), answered(refusal_head()) {
        if (http::parse_request_head(asked, {}, request).progress != http::Progress::complete ||
            http::parse_response_head(answered, {}, request, answer).progress !=
                http::Progress::complete)
            std::abort();
    }
    Refusal(const Refusal&) = delete;
    Refusal& operator=(const Refusal&) = delete;

    rules::Exchange exchange() const {
        rules::Exchange exchange;
        exchange.request.method = request.method();
        exchange.request.target = request.target();
        exchange.request.path = request.path();
        exchange.request.client = "127.0.0.1";
        for (const http::FieldLine& line : request.fields)
            exchange.request.fields.add(request.name_of(line), request.value_of(line));
        exchange.response.status = answer.status;
        for (const http::FieldLine& line : answer.fields)
            exchange.response.fields.add(answer.name_of(line), answer.value_of(line));
        exchange.response.body = refusal_body();
        exchange.answered_at = noon;
        exchange.read();
        return exchange;
    }

    std::string asked, answered;
    http::RequestHead request;
    http::ResponseHead answer;
};

// Every one of `count` tokens that `make` gives.
std::vector<std::unique_ptr<Refusal>> refusals(std::string (*make)(int), int count) {
    std::vector<std::unique_ptr<Refusal>> all;
    for (int i = 0; i < count; ++i) all.push_back(std::make_unique<Refusal>(make(i)));
    return all;
}

void diagnose(benchmark::State& state, std::string (*make)(int)) {
    const Refusal refusal(make(1));
    for (auto _ : state) {
        const rules::Exchange exchange = refusal.exchange();
        benchmark::DoNotOptimize(rules::diagnose(exchange));
    }
}
BENCHMARK_CAPTURE(diagnose, no_credential, no_token);
BENCHMARK_CAPTURE(diagnose, expired_jwt, expired_jwt);
BENCHMARK_CAPTURE(diagnose, opaque_token, opaque_token);

void describe(benchmark::State& state) {
    const Refusal refusal(expired_jwt(1));
    const rules::Exchange exchange = refusal.exchange();
    const rules::Diagnosis diagnosis = rules::diagnose(exchange);
    rules::Fingerprinter fingerprinter(rules::FingerprintKey{1, 2, 3});
    for (auto _ : state)
        benchmark::DoNotOptimize(report::describe(exchange, diagnosis, {}, fingerprinter, {}));
}
BENCHMARK(describe)->Name("record/describe");

void write(benchmark::State& state) {
    const Refusal refusal(expired_jwt(1));
    const rules::Exchange exchange = refusal.exchange();
    rules::Fingerprinter fingerprinter(rules::FingerprintKey{1, 2, 3});
    const report::AuthEvent event =
        report::describe(exchange, rules::diagnose(exchange), {}, fingerprinter, {});
    report::TimeText times;
    std::string out;
    for (auto _ : state) {
        out.clear();
        report::append_record(out, event, times);
    }
    state.counters["octets"] = static_cast<double>(out.size());
}
BENCHMARK(write)->Name("record/write");

// All of a worker that a refusal meets, its log going nowhere.
struct Worker {
    Worker() { settings.upstream.origin = "http://127.0.0.1:3000"; }

    void see(const Refusal& refusal) {
        std::vector<std::string> changes;
        std::unique_ptr<observe::OpenEvent> event;
        observe::Sighting seen{settings, refusal.request, refusal.answer, changes, event};
        seen.client_address = "127.0.0.1";
        seen.client_scheme = "http";
        seen.client_authority = "api.example.com";
        seen.request_body_there = true;
        seen.answer_octets = refusal_body();
        seen.upstream_origin = settings.upstream.origin;
        seen.upstream_address = "127.0.0.1:3000";
        seen.connection = 1;
        seen.status = refusal.answer.status;
        seen.began = seen.answered = deadlines.now();
        observe::at_head(observer, seen);
        if (!event) std::abort();
        event->body_whole = true;
        observe::conclude(observer, seen);
    }

    settings::Settings settings;
    report::AuthLog log{report::LogSettings{.output = "/dev/null"}};
    net::Deadlines deadlines;
    observe::History history{42};
    rules::FingerprintKey key{1, 2, 3};
    observe::Observer observer{log, history, key, [] { return noon; }, deadlines};
};

void exchange(benchmark::State& state, std::string (*make)(int), int tokens) {
    const std::vector<std::unique_ptr<Refusal>> all = refusals(make, tokens);
    Worker worker;
    std::size_t next = 0;
    for (auto _ : state) {
        worker.see(*all[next]);
        next = next + 1 < all.size() ? next + 1 : 0;
    }
    worker.observer.recorder.flush();
    state.counters["dropped"] = static_cast<double>(worker.log.dropped());
}
BENCHMARK_CAPTURE(exchange, no_credential_again, no_token, 1);
BENCHMARK_CAPTURE(exchange, expired_jwt_again, expired_jwt, 1);
BENCHMARK_CAPTURE(exchange, expired_jwt_fresh, expired_jwt, fresh_tokens);
BENCHMARK_CAPTURE(exchange, opaque_token_again, opaque_token, 1);
BENCHMARK_CAPTURE(exchange, opaque_token_fresh, opaque_token, fresh_tokens);

}  // namespace
}  // namespace whogoes::bench
