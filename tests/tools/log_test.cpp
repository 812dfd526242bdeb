#include "proxy/tools/log.hpp"

#include "report/scratch.hpp"
#include "tools/log_lines.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>
#include <zlib.h>

namespace whogoes::tools {
namespace {

using report::Scratch;

struct Ran {
    int code = 0;
    std::string out, err;
};

Ran run(
    const LogRequest& request, std::function<bool()> pause = [] { return false; }) {
    Ran ran;
    LogStreams streams;
    streams.print = [&](std::string_view text) { ran.out += text; };
    streams.complain = [&](std::string_view text) { ran.err.append(text).append("\n"); };
    streams.pause = std::move(pause);
    ran.code = review_log(request, streams);
    return ran;
}

void put(const std::string& path, const std::string& text, bool append = false) {
    std::ofstream(path, append ? std::ios::app : std::ios::trunc) << text;
}

std::string packed(const std::string& text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

// Ten failures, a minute apart, each of another path.
std::string ten_failures(std::int64_t from_s = 0) {
    std::string lines;
    for (int i = 0; i < 10; ++i) {
        lines += line_of(Logged{.cause = i % 2 == 0 ? "token-expired" : "no-credentials",
                                .path = "/v1/orders/" + std::to_string(i),
                                .token = i % 2 == 0 ? "tk_7f3a91c2d04e" : "",
                                .at_s = from_s + 60 * i});
    }
    return lines;
}

// The zone of this process, for as long as it lives.
struct Zone {
    explicit Zone(const char* zone) {
        ::setenv("TZ", zone, 1);
        ::tzset();
    }
    ~Zone() {
        ::unsetenv("TZ");
        ::tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;
};

TEST_CASE("times are those of this machine where that is wished for, but in records") {
    const Zone zone("NPT-5:45");  // POSIX counts westwards: noon's 12:51:24Z is 18:36:24 there
    const Scratch scratch;
    const std::string log = scratch.path("a.log");
    put(log, line_of(Logged{.id = "ABCDEFGH0001"}));
    LogRequest request;
    request.inputs = {log};
    CHECK(run(request).out.starts_with("2026-11-23 UTC\n12:51:24 401 GET"));
    request.style.local_time = true;
    CHECK(run(request).out.starts_with("2026-11-23 UTC+05:45\n18:36:24 401 GET"));
    request.action = LogAction::summary;
    CHECK(run(request).out.starts_with("2026-11-23 18:36:24 to 18:36:24 UTC+05:45   1 failure"));
    request.action = LogAction::show;
    request.ids = {"ABCDEFGH0001"};
    CHECK(run(request).out.find("2026-11-23 18:36:24.318 UTC+05:45") != std::string::npos);
    request.action = LogAction::list;
    request.json = true;
    CHECK(run(request).out.find("\"time\":\"2026-11-23T12:51:24.318Z\"") != std::string::npos);
}

TEST_CASE("the list shows the latest failures as the console does, with their ids") {
    const Scratch scratch;
    const std::string log = scratch.path("a.log");
    put(log,
        ten_failures() + line_of(Logged{.status = 200, .kind = report::EventKind::http_access}));
    LogRequest request;
    request.inputs = {log};
    Ran all = run(request);
    CHECK(all.code == 0);
    CHECK(all.err.empty());
    CHECK(count_of(all.out, " 401 GET  /v1/orders/") == 10);
    CHECK(all.out.starts_with("2026-11-23 UTC\n12:51:24 401 GET"));
    const std::string id = event_of(Logged{.at_s = 540}).id;
    CHECK(all.out.find(id + "\n") != std::string::npos);
    request.lines = 3;
    const Ran three = run(request);
    CHECK(count_of(three.out, " 401 GET ") == 3);
    CHECK(three.out.find("/v1/orders/9") != std::string::npos);
    CHECK(three.out.find("/v1/orders/6") == std::string::npos);
    request.lines = all_lines;
    CHECK(run(request).out == all.out);
    request.json = true;
    request.lines = 1;
    CHECK(run(request).out ==
          line_of(
              Logged{.cause = "no-credentials", .path = "/v1/orders/9", .token = "", .at_s = 540}));
}

TEST_CASE("lines that are no records are counted and said, and never fatal") {
    const Scratch scratch;
    const std::string log = scratch.path("a.log");
    const std::string record = line_of(Logged{});
    put(log, "hello\n\n" + record + record.substr(0, 300) + "\n{\"a\":1}\n" +
                 std::string(3 * 1024 * 1024, 'x') + "\n" + record);
    LogRequest request;
    request.inputs = {log};
    const Ran ran = run(request);
    CHECK(ran.code == 0);
    CHECK(ran.err == "log: 3 lines are no records of whogoes, 1 is broken\n");
    CHECK(ran.out.find("×2 in 10 s") != std::string::npos);
    request.json = true;
    CHECK(run(request).out == record + record);
}

TEST_CASE("packed, rotated and unsorted files read as one log") {
    const Scratch scratch;
    const std::string path = scratch.path("w.log");
    put(path + ".2.gz", packed(ten_failures(0)) + packed(ten_failures(1000)));
    put(path + ".1", ten_failures(2000));
    put(path, ten_failures(3000));
    LogRequest request;
    request.json = true;
    request.lines = all_lines;
    request.log_file = path;
    const Ran configured = run(request);
    CHECK(configured.out ==
          ten_failures(0) + ten_failures(1000) + ten_failures(2000) + ten_failures(3000));
    request.inputs = {path, path + ".1", path + ".2.gz"};  // as a shell expands w.log*
    CHECK(run(request).out == configured.out);
    const std::string whole = packed(ten_failures());
    put(path, whole.substr(0, whole.size() - 20));
    request.inputs = {path};
    CHECK(run(request).err.find("ends early") != std::string::npos);
    put(path, whole.substr(0, 40) + std::string(40, 'x') + whole.substr(80));
    CHECK(run(request).err.find("damaged") != std::string::npos);
}

TEST_CASE("how much of the files is read, is told while they are") {
    const Scratch scratch;
    LogRequest request;
    std::uint64_t size = 0;
    for (const std::string& text : {ten_failures(), packed(ten_failures(3600))}) {
        request.inputs.push_back(scratch.path("log." + std::to_string(size)));
        put(request.inputs.back(), text);
        size += text.size();
    }
    std::uint64_t last = 0;
    LogStreams streams;
    streams.print = [](std::string_view) {};
    streams.progress = [&](std::uint64_t done, std::uint64_t of) {
        CHECK(of == size);
        CHECK(done > last);
        CHECK(done <= of);
        last = done;
    };
    CHECK(review_log(request, streams) == 0);
    CHECK(last > size / 2);
}

TEST_CASE("what cannot be read is said, and the rest is read") {
    const Scratch scratch;
    put(scratch.path("a.log"), line_of(Logged{}));
    LogRequest request;
    request.inputs = {scratch.path("none.log"), scratch.path("a.log")};
    const Ran ran = run(request);
    CHECK(ran.code == 0);
    CHECK(ran.err.find("none.log: No such file") != std::string::npos);
    CHECK(count_of(ran.out, " 401 GET ") == 1);
    request.inputs = {scratch.path("none.log")};
    CHECK(run(request).code == 2);
    request.inputs = {};
    CHECK(run(request).err.find("which log?") != std::string::npos);
    CHECK(run(request).code == 2);
}

TEST_CASE("the summary holds causes by route and token, rules and tokens, on one screen") {
    const Scratch scratch;
    const std::string log = scratch.path("a.log");
    std::string lines = ten_failures();
    for (int i = 0; i < 5000; ++i)
        lines += line_of(Logged{.cause = "scheme-missing",
                                .path = "/x/" + std::to_string(i),
                                .token = "tk_" + std::to_string(100000000000 + i),
                                .at_s = 700});
    put(log, lines);
    LogRequest request;
    request.action = LogAction::summary;
    request.inputs = {log};
    request.style.utf8 = false;
    const Ran ran = run(request);
    CAPTURE(ran.out);
    CHECK(ran.out.starts_with("2026-11-23 12:51:24 to 13:03:04 UTC   5010 failures\n"));
    CHECK(ran.out.find("scheme-missing   5000  13:03:04  13:03:04  5000  GET /x/{id}") !=
          std::string::npos);
    CHECK(ran.out.find("token-expired       5  12:51:24  12:59:24     5  GET /v1/orders/{id}  "
                       "tk_7f3a91c2 x5\n") != std::string::npos);
    CHECK(ran.out.find("no-credentials      5  12:52:24  13:00:24") != std::string::npos);
    CHECK(ran.out.find("none x5") != std::string::npos);
    CHECK(ran.out.find("unauthorized-without-challenge   5010") != std::string::npos);
    CHECK(count_of(ran.out, "\n") <= 24);
    request.json = true;
    const auto json = boost::json::parse(run(request).out).as_object();
    CHECK(json.at("failures").as_int64() == 5010);
    CHECK(json.at("causes").as_array().size() == 5002);
}

TEST_CASE("stats count by columns and by time") {
    const Scratch scratch;
    const std::string log = scratch.path("a.log");
    put(log, ten_failures());
    LogRequest request;
    request.action = LogAction::stats;
    request.inputs = {log};
    request.by = {"cause,route"};
    request.bucket = std::chrono::minutes(5);
    request.json = true;
    const auto rows = boost::json::parse(run(request).out).as_array();
    std::int64_t sum = 0;
    for (const auto& row : rows) sum += row.as_object().at("count").as_int64();
    CHECK(sum == 10);
    CHECK(rows.front().as_object().at("time") == "2026-11-23T12:50:00.000Z");
    CHECK(rows.front().as_object().at("route") == "/v1/orders/{id}");
    request.json = false;
    CHECK(
        run(request).out.starts_with("time (UTC)        cause           route            count\n"
                                     "2026-11-23 12:50  "));
    request.by = {"rule"};
    request.bucket.reset();
    CHECK(run(request).out.find("unauthorized-without-challenge     10") != std::string::npos);
    request.by = {"couse"};
    const Ran wrong = run(request);
    CHECK(wrong.code == 2);
    CHECK(wrong.err.find("did you mean \"cause\"?") != std::string::npos);
}

TEST_CASE("an event is shown in full by its id") {
    const Scratch scratch;
    const std::string log = scratch.path("a.log");
    report::AuthEvent event = event_of(Logged{.id = "M882SZ8Q0000"});
    event.request_fields = {{"authorization", ""}, {"accept", "text/\x1b[2J"}};
    event.injected = {"Bearer realm=\"api\""};
    event.diagnosis.main->evidence.facts.push_back(
        {"missing", std::vector<std::string>{"orders:read", "orders:write"}});
    put(log, ten_failures() + line_of(event));
    LogRequest request;
    request.action = LogAction::show;
    request.inputs = {log};
    request.ids = {"m882sz8"};
    const Ran ran = run(request);
    CAPTURE(ran.out);
    CHECK(ran.code == 0);
    for (const char* part : {"401 GET /v1/orders\n", "M882SZ8Q0000", "token expired 14m 12s ago",
                             "(token-expired, certain)", "it was so",
                             "expired_s 852, missing orders:read orders:write",
                             "unauthorized-without-challenge (error, RFC 9110", "tk_7f3a91c2d04e",
                             "authorization: (not logged)", "accept: text/\\x1b[2J",
                             "changed     added www-authenticate: Bearer realm=\"api\""})
        CHECK_MESSAGE(ran.out.find(part) != std::string::npos, part);
    CHECK(ran.out.find('\x1b') == std::string::npos);
    request.json = true;
    CHECK(run(request).out == line_of(event));
    request.json = false;
    event.rpc = {"grpc", "orders.v1.Orders", "List", 16};
    put(log, line_of(event));
    const std::string call = run(request).out;
    CHECK(call.find("calls List of orders.v1.Orders\n") != std::string::npos);
    CHECK(call.find("gRPC status 16 (unauthenticated)\n") != std::string::npos);
    request.ids = {"ZZZZ"};
    const Ran none = run(request);
    CHECK(none.code == 1);
    CHECK(none.err.find("no event of that id") != std::string::npos);
}

TEST_CASE("records are exported in the forms that other tools take") {
    const Scratch scratch;
    const std::string log = scratch.path("a.log");
    put(log, ten_failures());
    LogRequest request;
    request.action = LogAction::export_records;
    request.inputs = {log};
    request.origin = "http://127.0.0.1:8401";
    CHECK(run(request).out == ten_failures());
    request.form = LogForm::curl;
    const Ran curl = run(request);
    CHECK(count_of(curl.out, "\n") == 10);
    CHECK(curl.out.starts_with(
        "curl -i -H \"Authorization: Bearer $TOKEN\" 'http://127.0.0.1:8401/v1/orders/0'\n"));
    request.form = LogForm::markdown;
    CHECK(count_of(run(request).out, "### 401 ") == 10);
    request.form = LogForm::har;
    request.har_file = scratch.path("out.har");
    const Ran har = run(request);
    CHECK(har.err == "log: 10 exchanges written to " + request.har_file + "\n");
    const auto archive = boost::json::parse(scratch.text("out.har")).as_object();
    CHECK(archive.at("log").as_object().at("entries").as_array().size() == 10);
    CHECK_FALSE(scratch.has("out.har.new"));
    // A link stays one, and a pipe a pipe.
    std::filesystem::create_symlink("out.har", scratch.path("link.har"));
    request.har_file = scratch.path("link.har");
    CHECK(run(request).err == "log: 10 exchanges written to " + request.har_file + "\n");
    CHECK(std::filesystem::is_symlink(scratch.path("link.har")));
    CHECK(boost::json::parse(scratch.text("out.har")).as_object() == archive);
    ::mkfifo(scratch.path("pipe").c_str(), 0600);
    const int reader = ::open(scratch.path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    request.har_file = scratch.path("pipe");
    CHECK(run(request).err == "log: 10 exchanges written to " + request.har_file + "\n");
    char begin[8] = {};
    CHECK(::read(reader, begin, 7) == 7);
    ::close(reader);
    CHECK(std::string(begin) == R"({"log":)");
    CHECK(std::filesystem::is_fifo(scratch.path("pipe")));
    request.har_file = scratch.path("no/such/folder.har");
    CHECK(run(request).code == 2);
    request.har_file = "-";
    request.ids = {event_of(Logged{.at_s = 60}).id};
    CHECK(boost::json::parse(run(request).out).at_pointer("/log/entries").as_array().size() == 1);
}

TEST_CASE("an archive of many exchanges is written in pieces and stays one archive") {
    const Scratch scratch;
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += ten_failures(i * 600);
    put(scratch.path("a.log"), lines);
    LogRequest request;
    request.action = LogAction::export_records;
    request.inputs = {scratch.path("a.log")};
    request.form = LogForm::har;
    request.har_file = scratch.path("out.har");
    CHECK(run(request).code == 0);
    const auto archive = boost::json::parse(scratch.text("out.har"));
    CHECK(archive.at_pointer("/log/entries").as_array().size() == 10000);
}

TEST_CASE("--fail-on looks at all that fits, shown or not") {
    const Scratch scratch;
    const std::string log = scratch.path("a.log");
    put(log, ten_failures() + line_of(Logged{.cause = "",
                                             .rule = "token-in-url",
                                             .kind = report::EventKind::auth_compliance}));
    const struct {
        const char* fail_on;
        const char* method;
        int code;
        const char* said;
    } rows[] = {
        {"token-expired", "", 1, "token-expired (5)"},
        {"token-in-url", "", 1, "token-in-url (1)"},
        {"unauthorized-without-challenge,no-credentials", "", 1,
         "no-credentials (5), unauthorized-without-challenge (10)"},
        {"error", "", 1, "unauthorized-without-challenge (10)"},
        {"basic-realm-missing", "", 0, ""},
        {"token-expired", "POST", 0, ""},
        {"token-expird", "", 2, "did you mean \"token-expired\"?"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.fail_on);
        LogRequest request;
        request.inputs = {log};
        request.fail_on = {row.fail_on};
        if (*row.method != '\0') request.filter.methods = {row.method};
        const Ran ran = run(request);
        CHECK(ran.code == row.code);
        CHECK(ran.err.find(row.said) != std::string::npos);
    }
}

TEST_CASE("following goes on through growth, rotation and emptying, line by whole line") {
    const Scratch scratch;
    const std::string log = scratch.path("w.log");
    const auto line = [](int i) {
        return line_of(Logged{.path = "/" + std::to_string(i), .at_s = i});
    };
    put(log, line(1) + line(2) + line(3));
    int step = 0;
    const auto next = [&] {
        const std::string half = line(5);
        switch (++step) {
            case 1:
                put(log, line(4) + half.substr(0, 50), true);
                return true;
            case 2:
                put(log, half.substr(50), true);
                return true;
            case 3:  // rotated, with a last line in the old file and a first in the new
                put(log, line(6), true);
                ::rename(log.c_str(), (log + ".1").c_str());
                put(log, line(7));
                return true;
            case 4:  // between two looks the file is gone
                ::rename(log.c_str(), (log + ".2").c_str());
                return true;
            case 5:
                put(log, line(8));
                return true;
            case 6:
                put(log, "");
                return true;
            case 7:
                put(log, line(9), true);
                return true;
            default:
                return false;
        }
    };
    LogRequest request;
    request.inputs = {log};
    request.follow = true;
    request.json = true;
    request.lines = 2;
    std::string expected;
    for (int i = 2; i <= 9; ++i) expected += line(i);
    CHECK(run(request, next).out == expected);
}

TEST_CASE("a file that is not there yet can be followed") {
    const Scratch scratch;
    LogRequest request;
    request.log_file = scratch.path("later.log");
    request.follow = true;
    int step = 0;
    const Ran ran = run(request, [&] {
        if (++step == 1) put(request.log_file, line_of(Logged{}));
        return step < 3;
    });
    CHECK(count_of(ran.out, " 401 GET ") == 1);
}

TEST_CASE("purge removes what a log holds, and nothing else") {
    const Scratch scratch;
    const std::string log = scratch.path("w.log");
    put(log, ten_failures());
    put(log + ".1", ten_failures());
    put(log + ".2.gz", packed(ten_failures()));
    put(scratch.path("w.log.bak"), ten_failures());
    LogRequest request;
    request.action = LogAction::purge;
    request.log_file = log;
    const Ran asked = run(request);
    CHECK(asked.code == 2);
    CHECK(asked.err.find("add --yes") != std::string::npos);
    CHECK(scratch.has("w.log.1"));
    request.confirmed = true;
    CHECK(run(request).code == 0);
    CHECK(scratch.text("w.log").empty());
    CHECK_FALSE(scratch.has("w.log.1"));
    CHECK_FALSE(scratch.has("w.log.2.gz"));
    CHECK(scratch.has("w.log.bak"));
    put(scratch.path("notes.txt"), "mine\n");
    request.inputs = {scratch.path("notes.txt")};
    CHECK(run(request).err.find("no log of whogoes: nothing was removed") != std::string::npos);
    CHECK(scratch.text("notes.txt") == "mine\n");
}

}  // namespace
}  // namespace whogoes::tools
