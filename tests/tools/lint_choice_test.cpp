#include "proxy/tools/lint.hpp"
#include "tests/tools/common.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

// What `whogoes lint` reports, and what makes it fail.
namespace whogoes::tools {
namespace {

namespace json = boost::json;

// A bare 401 to a request without a credential: a cause and an error at least.
const std::string bare =
    "GET /a HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";

Linted linted(LintRequest request, const std::string& text = bare,
              const std::set<std::string>& known = {}) {
    const Recording recording = read_transcript(text);
    REQUIRE(recording.has_value());
    return lint_recorded(*recording, request, now, known);
}

std::string ids_of(LintRequest request, const std::string& text = bare) {
    request.form = LintForm::json;
    std::string ids;
    const json::value told = json::parse(linted(request, text).text);
    for (const json::value& one : told.at("exchanges").as_array()) {
        if (one.at("cause").is_object())
            ids += std::string(one.at("cause").at("id").as_string()) + " ";
        for (const json::value& broken : one.at("violations").as_array())
            ids += std::string(broken.at("id").as_string()) + " ";
    }
    return ids;
}

TEST_CASE("what is selected is reported, but for what is ignored") {
    const std::string all = ids_of({});
    CHECK(all.find("no-credentials ") != std::string::npos);
    CHECK(all.find("unauthorized-without-challenge ") != std::string::npos);
    const struct {
        std::vector<std::string> select, ignore;
        std::string severity, confidence;
        const char* ids;
    } rows[] = {
        {{"no-credentials"}, {}, "", "", "no-credentials "},
        {{"unauthorized-without-challenge"}, {}, "", "", "unauthorized-without-challenge "},
        {{"unauthorized-*"}, {}, "", "", "unauthorized-without-challenge "},
        {{"no-credentials,unauthorized-without-challenge"},
         {"no-*"},
         "",
         "",
         "unauthorized-without-challenge "},
        {{"error"}, {}, "", "", "unauthorized-without-challenge "},
        {{"token-expired"}, {}, "", "", ""},
        {{}, {"info", "no-credentials"}, "", "", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.ids);
        LintRequest request;
        request.select = row.select;
        request.ignore = row.ignore;
        request.severity = row.severity;
        request.confidence = row.confidence;
        CHECK(ids_of(request) == row.ids);
    }
}

TEST_CASE("severity is of rules, confidence of causes") {
    LintRequest request;
    request.severity = "error";
    CHECK(ids_of(request).find("unauthorized-without-challenge ") != std::string::npos);
    request.confidence = "certain";
    const std::string certain = ids_of(request);
    // An opaque token that was refused is nobody's certainty.
    const std::string opaque =
        "GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abcdefgh\r\n\r\nHTTP/1.1 401 No\r\n"
        "Content-Length: 0\r\n\r\n";
    CHECK(ids_of({}, opaque).find("unauthorized-without-challenge") > 0);
    CHECK(ids_of(request, opaque).starts_with("unauthorized-without-challenge "));
    request.severity = "fatal";
    CHECK(linted(request).error.starts_with("--severity is one of info|warning|error"));
    request.severity = "";
    request.confidence = "sure";
    CHECK(linted(request).error.starts_with("--confidence is one of possible|likely|certain"));
}

TEST_CASE("what is not reported does not fail, and is counted") {
    LintRequest request;
    CHECK(linted(request).exit_code == 1);
    request.ignore = {"unauthorized-without-challenge"};
    const Linted ignoring = linted(request);
    CHECK(ignoring.exit_code == 0);
    CHECK(ignoring.text.find(" ignored); status 401\n") != std::string::npos);
    request.ignore = {"no-such-id"};
    CHECK(linted(request).exit_code == 2);
    CHECK(linted(request).error.starts_with("--ignore: \"no-such-id\" is no cause"));
    request.ignore.clear();
    request.fail_on = {"no-credentials"};
    const Linted failing = linted(request);
    CHECK(failing.exit_code == 1);
    CHECK(failing.text.find("; failed on no-credentials; status 401\n") != std::string::npos);
    request.fail_on = {"cors-*"};
    CHECK(linted(request).exit_code == 0);
}

TEST_CASE("a baseline takes away what was there before, on every like route") {
    const auto recorded = read_transcript(
        "GET /users/17 HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(recorded.has_value());
    const auto known = finding_keys(*recorded, {}, now);
    CHECK(known.size() >= 2);
    const std::string same =
        "GET /users/99 HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
    const Linted quiet = linted({}, same, known);
    CHECK(quiet.exit_code == 0);
    CHECK(quiet.text.find(" known); status 401\n") != std::string::npos);
    CHECK(quiet.text.find("unauthorized-without-challenge") == std::string::npos);
    std::vector<Recorded> asked = *recorded;
    asked.front().fetched = true;  // what is known is no praise
    CHECK(lint_recorded(asked, {}, now, known).text.starts_with("1 answer: 0 errors"));
    for (const char* const other :
         {"POST /users/99 HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
          "GET /orders HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"})
        CHECK(linted({}, other, known).exit_code == 1);
    // What JSON says is known again as well.
    LintRequest as_json;
    as_json.form = LintForm::json;
    const auto told = finding_keys(lint_recorded(*recorded, as_json, now).text);
    REQUIRE(told.has_value());
    CHECK(*told == known);
    CHECK_FALSE(finding_keys("{}").has_value());
    CHECK_FALSE(finding_keys("x").has_value());
}

TEST_CASE("a baseline is a file of either kind, or the reason why not") {
    const std::string folder =
        std::filesystem::temp_directory_path() / ("whogoes-baseline-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const std::string har =
        R"({"log":{"entries":[{"request":{"url":"http://a/x"},"response":{"status":401}}]}})";
    std::ofstream(folder + "/now.har") << har;
    std::ofstream(folder + "/before.har") << har;
    LintRequest request;
    request.inputs = {folder + "/now.har"};
    CHECK(lint(request, now).exit_code == 1);
    request.baseline = folder + "/before.har";
    CHECK(lint(request, now).exit_code == 0);
    request.form = LintForm::json;
    request.baseline.clear();
    std::ofstream(folder + "/before.json") << lint(request, now).text;
    request.baseline = folder + "/before.json";
    CHECK(lint(request, now).exit_code == 0);
    std::ofstream(folder + "/other") << "hello";
    request.baseline = folder + "/other";
    CHECK(lint(request, now).error.starts_with("--baseline: " + folder + "/other is no baseline"));
    CHECK(lint(request, now).exit_code == 2);
    request.baseline = folder + "/none";
    CHECK(lint(request, now).error.find("cannot be read") != std::string::npos);
    std::filesystem::remove_all(folder);
}

TEST_CASE("the comment of a HAR entry may ignore, there and nowhere else") {
    const std::string entry = R"({"request":{"url":"http://a/x"},"response":{"status":401})";
    const auto judged = [&](const std::string& comment) {
        const Recording recording = read_har(R"({"log":{"entries":[)" + entry + R"(,"comment":")" +
                                             comment + R"("},)" + entry + "}]}}");
        REQUIRE(recording.has_value());
        LintRequest request;
        request.form = LintForm::json;
        return json::parse(lint_recorded(*recording, request, now).text);
    };
    CHECK(judged("a note").at("ignored") == 0);
    const json::value ignoring =
        judged("known since May; whogoes: ignore unauthorized-without-challenge, no-credentials");
    CHECK(ignoring.at("ignored") == 2);
    CHECK(ignoring.at("failed") == true);
}

TEST_CASE("what is expected of a token makes a cause of it") {
    // {"alg":"HS256"}.{"iss":"https://a.example"}
    const std::string text =
        "GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
        "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZSJ9."
        "c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4tb2YtMzItb2N\r\n\r\n"
        "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
    LintRequest request;
    CHECK(ids_of(request, text).find("issuer") == std::string::npos);
    request.expected.issuer = "https://b.example";
    request.form = LintForm::json;
    CHECK(linted(request, text).text.find("https://b.example") != std::string::npos);
}

}  // namespace
}  // namespace whogoes::tools
