#include "proxy/report/auth_log.hpp"
#include "proxy/report/line_file.hpp"
#include "proxy/report/log_tail.hpp"
#include "proxy/report/recorder.hpp"
#include "proxy/report/sink.hpp"
#include "report/given.hpp"
#include "report/scratch.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace whogoes::report {
namespace {

using std::chrono::milliseconds;

AuthEvent refused() {
    return described({.request = {{"Authorization", "Bearer abcdefgh"}}}, diagnosed(expired));
}

TEST_CASE("the first lines of an interval go out at once, the others with their batch") {
    const Scratch scratch;
    AuthLog log({.output = scratch.path("log")});
    Recorder recorder(log);
    for (std::size_t lines = 1; lines <= 16; ++lines) {
        recorder.record(refused());
        log.flush(milliseconds(5000));
        CHECK(count_lines(scratch.text("log")) == lines);
    }
    recorder.record(refused());
    log.flush(milliseconds(5000));
    CHECK(count_lines(scratch.text("log")) == 16);
    recorder.tick();
    log.flush(milliseconds(5000));
    CHECK(count_lines(scratch.text("log")) == 17);
    recorder.record(refused());
    log.flush(milliseconds(5000));
    const std::string text = scratch.text("log");
    CHECK(count_lines(text) == 18);
    const auto first = boost::json::parse(text.substr(0, text.find('\n')));
    CHECK(first.at_pointer("/msg").as_string() == "401 GET /v1/orders - token expired");
    CHECK(first.at_pointer("/id").as_string().size() == 12);
}

TEST_CASE("a full batch is handed over without waiting for the tick") {
    const Scratch scratch;
    AuthLog log({.output = scratch.path("log")});
    Recorder recorder(log);
    for (int i = 0; i < 200; ++i) recorder.record(refused());
    log.flush(milliseconds(5000));
    CHECK(scratch.text("log").size() >= 64 * 1024);
}

TEST_CASE("several workers write whole lines and lose none") {
    const Scratch scratch;
    {
        AuthLog log({.output = scratch.path("log")});
        std::vector<std::thread> workers;
        for (int worker = 0; worker < 4; ++worker) {
            workers.emplace_back([&log] {
                Recorder recorder(log);
                for (int i = 0; i < 500; ++i) recorder.record(refused());
            });
        }
        for (std::thread& worker : workers) worker.join();
        CHECK(log.dropped() == 0);
    }
    const std::string text = scratch.text("log");
    CHECK(count_lines(text) == 2000);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        REQUIRE(end != std::string::npos);
        REQUIRE(boost::json::parse(std::string_view(text).substr(at, end - at)).is_object());
        at = end + 1;
    }
}

TEST_CASE("a first leg of a handshake is counted apart and not written") {
    const Scratch scratch;
    AuthLog log({.output = scratch.path("log")});
    Recorder recorder(log);
    rules::Diagnosis handshake = diagnosed(nothing_sent);
    handshake.handshake = true;
    recorder.record(described({}, handshake));
    recorder.flush();
    log.flush(milliseconds(5000));
    CHECK(scratch.text("log").empty());
    CHECK(log.metrics().find("whogoes_auth_handshakes_total{scheme=\"none\"} 1") !=
          std::string::npos);
    CHECK(log.metrics().find("whogoes_auth_failures_total{") == std::string::npos);
}

TEST_CASE("a disk without room loses lines, counts them and says so once") {
    const PipeOn errors(2);
    AuthLog log({.output = "/dev/full"});
    Recorder recorder(log);
    for (int batch = 0; batch < 3; ++batch) {
        recorder.record(refused());
        recorder.record(refused());
        recorder.flush();
        log.flush(milliseconds(5000));
    }
    CHECK(log.dropped() == 6);
    CHECK(log.metrics().find("\nwhogoes_log_events_dropped_total 6\n") != std::string::npos);
    CHECK(errors.text() ==
          "whogoes: 1 log line dropped (No space left on device); "
          "whogoes_log_events_dropped_total counts them\n");
}

TEST_CASE("a full queue refuses what is new and gives back its room") {
    Backlog backlog;
    for (std::size_t i = 0; i < Backlog::most_batches; ++i) CHECK(backlog.admit(10));
    CHECK_FALSE(backlog.admit(10));
    backlog.written(10);
    CHECK(backlog.admit(10));
    Backlog large;
    CHECK(large.admit(Backlog::most_octets));
    CHECK_FALSE(large.admit(1));
    large.written(Backlog::most_octets);
    CHECK(large.drained(milliseconds(0)));
}

TEST_CASE("the log follows its file when told to, and a changed output when it is reloaded") {
    const Scratch scratch;
    LogSettings settings{.output = scratch.path("log")};
    AuthLog log(settings);
    Recorder recorder(log);
    const auto write = [&] {
        recorder.record(refused());
        recorder.flush();
        log.flush(milliseconds(5000));
    };
    write();
    std::filesystem::rename(scratch.path("log"), scratch.path("moved"));
    CHECK(log.reopen() == "");
    write();
    CHECK(count_lines(scratch.text("moved")) == 1);
    CHECK(count_lines(scratch.text("log")) == 1);

    settings.output = scratch.path("other");
    log.apply(settings);
    write();
    CHECK(count_lines(scratch.text("other")) == 1);

    settings.output = scratch.path("no/such/folder");
    CHECK_THROWS_AS(log.apply(settings), std::system_error);
    write();
    CHECK(count_lines(scratch.text("other")) == 2);
}

TEST_CASE("the newest events are kept in memory, bounded, and found behind a sequence number") {
    const Scratch scratch;
    AuthLog log({.output = scratch.path("log"), .keep = 5});
    Recorder recorder(log);
    for (int i = 0; i < 8; ++i) {
        recorder.record(refused());
        recorder.flush();
    }
    const auto all = log.kept().behind(0, 100);
    REQUIRE(all.size() == 5);
    CHECK(all.front().sequence == 4);
    CHECK(all.back().sequence == 8);
    CHECK(boost::json::parse(all.back().line).is_object());
    CHECK(log.kept().behind(0, 2).front().sequence == 7);
    CHECK(log.kept().behind(6, 100).front().sequence == 7);
    CHECK(log.kept().behind(8, 100).empty());
}

TEST_CASE("the events of an earlier run are there after a restart, oldest first") {
    const Scratch scratch;
    const std::string path = scratch.path("log");
    {
        AuthLog log({.output = path});
        Recorder recorder(log);
        for (int i = 0; i < 4; ++i) {
            recorder.record(refused());
            recorder.flush();
        }
    }
    std::filesystem::rename(path, path + ".1");
    {
        AuthLog log({.output = path});
        Recorder recorder(log);
        for (int i = 0; i < 3; ++i) {
            recorder.record(refused());
            recorder.flush();
        }
        CHECK(log.kept().behind(0, 100).size() == 7);  // what was rotated comes first
    }
    std::ofstream(path, std::ios::app) << "no record\n{\"time\":\"2026-11-23T12:51:2";
    AuthLog log({.output = path, .keep = 5});
    const auto kept = log.kept().behind(0, 100);
    REQUIRE(kept.size() == 5);
    CHECK(kept.front().sequence == 1);
    std::string lines;
    for (const KeptEvent& event : kept) lines += event.line + "\n";
    const std::string written = scratch.text("log.1") + scratch.text("log");
    CHECK(written.find(lines + "no record") != std::string::npos);
}

TEST_CASE("of a long log only the end is read, and no half record") {
    const Scratch scratch;
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += "{\"time\":\"2026-11-23T12:51:24.318Z\",\"schema\":\"whogoes/1\",\"n\":" +
                std::to_string(i) + "}\n";
    }
    std::ofstream(scratch.path("log")) << text;
    std::ofstream(scratch.path("log.1")) << text;
    for (const std::size_t octets : {0UL, 10UL, 75UL, 1000UL, text.size(), 3 * text.size()}) {
        CAPTURE(octets);
        const std::string records = last_records(scratch.path("log"), 100000, octets);
        CHECK(records.size() <= octets);
        CHECK(records.size() + 80 > std::min(octets, 2 * text.size()));
        CHECK((text + text).ends_with(records));
        CHECK((records.empty() || records.starts_with('{')));
    }
    CHECK(count_lines(last_records(scratch.path("log"), 3, 1 << 20)) == 3);
    CHECK(last_records(scratch.path("none"), 3, 1 << 20).empty());
}

TEST_CASE("memory for events is bounded in octets, too") {
    RecentEvents recent;
    recent.limit(1000000);
    const std::string line = std::string(100 * 1024, 'x') + "\n";
    for (int i = 0; i < 100; ++i) recent.keep(line);
    CHECK(recent.behind(0, 1000).size() <= RecentEvents::most_octets / line.size() + 1);
    CHECK(recent.behind(0, 1000).back().sequence == 100);
}

TEST_CASE("on the console events are folded, not batched") {
    const Scratch scratch;
    {
        AuthLog log({.format = LogFormat::pretty, .output = scratch.path("log"), .columns = 100});
        Recorder recorder(log);
        for (int i = 0; i < 3; ++i) recorder.record(refused());
        log.flush(milliseconds(5000));
        CHECK(scratch.text("log").starts_with("12:51:24 401 GET  /v1/orders"));
        recorder.flush();
        CHECK(log.kept().behind(0, 10).size() == 3);
    }
    CHECK(scratch.text("log").find("×3 in 10 s") != std::string::npos);
}

TEST_CASE("counts survive their recorder") {
    const Scratch scratch;
    AuthLog log({.output = scratch.path("log")});
    const std::string sample =
        "whogoes_auth_failures_total{cause=\"token-expired\",scheme=\"bearer\",code=\"401\"} ";
    { Recorder(log).record(refused()); }
    CHECK(log.metrics().find(sample + "1\n") != std::string::npos);
    Recorder recorder(log);
    recorder.record(refused());
    CHECK(log.metrics().find(sample + "2\n") != std::string::npos);
}

}  // namespace
}  // namespace whogoes::report
