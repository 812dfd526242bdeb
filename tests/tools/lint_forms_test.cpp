#include "proxy/tools/lint.hpp"
#include "tests/tools/common.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>

// SARIF, JUnit and GitHub's workflow commands. tests/lint holds them against a schema and a reader.
namespace whogoes::tools {
namespace {

namespace json = boost::json;

std::string told(LintForm form, const std::string& path = "/a",
                 const std::string& input = "a b.har") {
    auto recording = read_transcript("GET " + path +
                                     " HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 401 No\r\n"
                                     "Content-Length: 0\r\n\r\n");
    REQUIRE(recording.has_value());
    for (Recorded& recorded : *recording) recorded.input = input;
    LintRequest request;
    request.form = form;
    request.version = "1.2.3";
    return lint_recorded(*recording, request, now).text;
}

TEST_CASE("SARIF has a rule for each id, and a result for each finding") {
    const json::value sarif = json::parse(told(LintForm::sarif));
    CHECK(sarif.at("version") == "2.1.0");
    const json::value& run = sarif.at("runs").at(0);
    CHECK(run.at("tool").at("driver").at("semanticVersion") == "1.2.3");
    const json::array& rules = run.at("tool").at("driver").at("rules").as_array();
    for (const json::value& result : run.at("results").as_array()) {
        CHECK(rules.at(result.at("ruleIndex").to_number<std::size_t>()).at("id") ==
              result.at("ruleId"));
        CHECK(
            result.at("locations").at(0).at("physicalLocation").at("artifactLocation").at("uri") ==
            "a%20b.har");
        CHECK(result.at("locations").at(0).at("logicalLocations").at(0).at("fullyQualifiedName") ==
              "GET /a answered 401");
    }
    const auto with = [&](const char* id) {
        for (const json::value& result : run.at("results").as_array())
            if (result.at("ruleId") == id) return result.at("level");
        return json::value();
    };
    CHECK(with("unauthorized-without-challenge") == "error");
    CHECK(with("no-credentials") == "note");
    const json::value url = json::parse(told(LintForm::sarif, "/a", "https://api.example/a"));
    CHECK(url.at("runs")
              .at(0)
              .at("results")
              .at(0)
              .at("locations")
              .at(0)
              .at("physicalLocation")
              .at("artifactLocation")
              .at("uri") == "https://api.example/a");
}

TEST_CASE("JUnit has a suite for each input, and fails as lint does") {
    const std::string xml = told(LintForm::junit, "/a?x=<&\">", "a&b.har");
    CHECK(
        xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"whogoes "
                        "lint\" tests=\"1\" failures=\"1\" errors=\"0\""));
    CHECK(xml.find("<testsuite name=\"a&amp;b.har\" tests=\"1\" failures=\"1\"") !=
          std::string::npos);
    CHECK(xml.find("<testcase classname=\"a&amp;b.har\" name=\"GET /a answers 401\"") !=
          std::string::npos);
    CHECK(xml.find("unauthorized-without-challenge") != std::string::npos);
    LintRequest request;
    request.form = LintForm::junit;
    CHECK(lint_recorded({}, request, now).text.find("tests=\"1\" failures=\"0\"") !=
          std::string::npos);
}

TEST_CASE("a workflow command stays on one line, whatever is in the path") {
    const std::string out = told(LintForm::github, "/a%0A::error::x,y", "a,b:c.har");
    CHECK(out.find("::error file=a%2Cb%3Ac.har,title=unauthorized-without-challenge::401 GET ") !=
          std::string::npos);
    for (std::size_t at = out.find('\n'); at != std::string::npos; at = out.find('\n', at + 1))
        CHECK((at + 1 == out.size() || out.compare(at + 1, 2, "::") == 0 || out[at + 1] == '1'));
    CHECK(out.find("%250A::error") != std::string::npos);
    CHECK(told(LintForm::github, "/a", "standard input").find("file=") == std::string::npos);
}

TEST_CASE("colours are where they are asked for") {
    auto recording = read_transcript("HTTP/1.1 401 No\r\n\r\n");
    REQUIRE(recording.has_value());
    LintRequest request;
    CHECK(lint_recorded(*recording, request, now).text.find('\x1b') == std::string::npos);
    const std::string plain = lint_recorded(*recording, request, now).text;
    request.colour = true;
    std::string painted = lint_recorded(*recording, request, now).text;
    CHECK(painted.find("\x1b[31merror\x1b[0m") != std::string::npos);
    for (const char* const code : {"\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[0m"})
        for (std::size_t at = 0; (at = painted.find(code)) != std::string::npos;)
            painted.erase(at, std::string(code).size());
    CHECK(painted == plain);
}

}  // namespace
}  // namespace whogoes::tools
