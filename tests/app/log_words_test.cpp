#include "proxy/app/log_words.hpp"

#include "proxy/app/command_line.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace whogoes::app {
namespace {

using Words = std::vector<std::string>;
using tools::LogAction;
using tools::LogForm;

constexpr rules::TimePoint now{std::chrono::seconds(1795438284)};

rules::Result<tools::LogRequest, std::string> asked(Words words) {
    words.insert(words.begin(), "log");
    const CommandLine line = parse_command_line(std::move(words));
    REQUIRE_MESSAGE(!line.exit_code, line.message);
    REQUIRE(line.verb == "log");
    return log_request(line.log, line.output, now);
}

TEST_CASE("the words of `whogoes log` name an action, events and places") {
    const struct {
        Words words;
        LogAction action;
        Words ids, inputs;
    } rows[] = {
        {{}, LogAction::list, {}, {}},
        {{"a.log", "b.log.gz"}, LogAction::list, {}, {"a.log", "b.log.gz"}},
        {{"-"}, LogAction::list, {}, {"-"}},
        {{"http://127.0.0.1:9401/#k=0"}, LogAction::list, {}, {"http://127.0.0.1:9401/#k=0"}},
        {{"--summary", "a.log"}, LogAction::summary, {}, {"a.log"}},
        {{"summary", "a.log"}, LogAction::summary, {}, {"a.log"}},
        {{"stats", "a.log"}, LogAction::stats, {}, {"a.log"}},
        {{"show", "M882SZ8Q0000"}, LogAction::show, {"M882SZ8Q0000"}, {}},
        {{"show", "m882", "a.log"}, LogAction::show, {"m882"}, {"a.log"}},
        {{"export", "M882SZ8Q0000", "a.log"},
         LogAction::export_records,
         {"M882SZ8Q0000"},
         {"a.log"}},
        {{"--curl", "M882SZ8Q0000", "a.log"},
         LogAction::export_records,
         {"M882SZ8Q0000"},
         {"a.log"}},
        {{"purge", "a.log", "--yes"}, LogAction::purge, {}, {"a.log"}},
        {{"./stats"}, LogAction::list, {}, {"./stats"}},
    };
    for (const auto& row : rows) {
        const auto request = asked(row.words);
        REQUIRE_MESSAGE(request.has_value(), request.error());
        CHECK(request->action == row.action);
        CHECK(request->ids == row.ids);
        CHECK(request->inputs == row.inputs);
    }
}

TEST_CASE("flags of `whogoes log` arrive") {
    const auto request =
        asked({"-f", "-n", "7", "-o", "json", "--cause", "a,b", "--cause", "c", "--path",
               "/v1/{a,b}", "--since", "15m", "--until", "1m", "--fail-on", "error", "w.log"});
    REQUIRE(request.has_value());
    CHECK(request->follow);
    CHECK(request->json);
    CHECK(request->lines == 7);
    CHECK(request->filter.causes == Words{"a,b", "c"});
    CHECK(request->filter.paths == Words{"/v1/{a,b}"});
    CHECK(request->filter.since == now - std::chrono::minutes(15));
    CHECK(request->fail_on == Words{"error"});
    CHECK(request->inputs == Words{"w.log"});
    CHECK(asked({"-n", "all"})->lines == tools::all_lines);
    CHECK(asked({"export", "--har", "x.har"})->har_file == "x.har");
    CHECK(asked({"export", "--md"})->form == LogForm::markdown);
}

TEST_CASE("what cannot be meant is refused with the cure") {
    const struct {
        Words words;
        std::string said;
    } rows[] = {
        {{"--since", "soon"}, "--since is no time: write 15m"},
        {{"--until", "x"}, "--until is no time"},
        {{"--since", "1m", "--until", "2m"}, "--since is not before --until"},
        {{"-n", "many"}, "--lines is no number"},
        {{"-o", "xml"}, "-o is text or json"},
        {{"show"}, "log show wants the id"},
        {{"stats", "-f"}, "--follow belongs to the list"},
        {{"-f", "a", "b"}, "--follow takes one"},
        {{"--by", "cause"}, "--by and --bucket belong to"},
        {{"stats", "--bucket", "5"}, "--bucket is no duration"},
        {{"export", "--curl", "--md"}, "at a time"},
        {{"stats", "--curl"}, "belong to `whogoes log export`"},
        {{"--yes"}, "--yes belongs to `whogoes log purge`"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.said);
        const auto request = asked(row.words);
        REQUIRE_FALSE(request.has_value());
        CHECK(request.error().find(row.said) != std::string::npos);
    }
    CHECK(parse_command_line({"log", "--sumary"}).message.find("did you mean \"--summary\"?") !=
          std::string::npos);
}

}  // namespace
}  // namespace whogoes::app
