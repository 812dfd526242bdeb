#include "proxy/app/command_line.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::app {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("run is the default verb, and settings go before or behind a verb") {
    for (const Words& words : {Words{"-u", ":3000"}, Words{"run", "-u", ":3000"},
                               Words{"--upstream", ":3000", "run"}, Words{"--upstream=:3000"}}) {
        const CommandLine line = parse_command_line(words);
        REQUIRE_FALSE(line.exit_code.has_value());
        CHECK(line.verb == "run");
        CHECK(line.arguments.flags.at("upstream") == Words{":3000"});
    }
    const CommandLine line = parse_command_line({"check", "-c", "a.yaml"});
    CHECK(line.verb == "check");
    CHECK(line.arguments.config_file == "a.yaml");
    CHECK(parse_command_line({}).verb == "run");
}

TEST_CASE("an address alone is the API's") {
    for (const char* word : {"http://localhost:3000", "https://api.example", ":3000",
                             "localhost:3000", "[::1]:3000", "unix:/run/api.sock"})
        for (const Words& words : {Words{word}, Words{"run", word}, Words{"check", word},
                                   Words{"--dev", word, "-v", "--", "npm", "test"}}) {
            CAPTURE(std::string(word));
            const CommandLine line = parse_command_line(words);
            CHECK_FALSE(line.exit_code.has_value());
            CHECK(line.arguments.flags.at("upstream") == Words{word});
        }
    CHECK(parse_command_line({"http://a", "http://b"}).exit_code == 2);
    CHECK(parse_command_line({"explain", "http://a"}).arguments.flags.empty());
}

TEST_CASE("colours may be asked for behind any verb, and JSON by a flag of its own") {
    for (const char* const verb : {"lint", "explain", "causes", "log", "check"}) {
        CAPTURE(verb);
        Words words{verb, "--color", "always"};
        if (std::string(verb) == "lint") words.emplace_back("-");
        const CommandLine line = parse_command_line(words);
        CHECK_FALSE(line.exit_code.has_value());
        CHECK(line.arguments.color == "always");
    }
    CHECK(parse_command_line({"causes", "--json"}).output == "json");
    CHECK(parse_command_line({"log", "--json"}).output == "json");
    CHECK(parse_command_line({"lint", "-", "--json"}).lint.request.form == tools::LintForm::json);
    CHECK(parse_command_line({"lint", "-", "-o", "sarif"}).lint.request.form ==
          tools::LintForm::sarif);
}

TEST_CASE("lint takes several inputs") {
    CHECK(parse_command_line({"lint", "a.har", "-k", "http://a/b"}).lint.request.inputs ==
          Words{"a.har", "http://a/b"});
}

TEST_CASE("what stands behind -- is the command, untouched") {
    const CommandLine line = parse_command_line(
        {"-u", ":1", "--fail-on", "a,b", "-v", "--", "npm", "test", "--", "-x", "--help"});
    REQUIRE_FALSE(line.exit_code.has_value());
    CHECK(line.arguments.command == Words{"npm", "test", "--", "-x", "--help"});
    CHECK(line.arguments.fail_on == Words{"a,b"});
    CHECK(line.arguments.verbosity == 1);
    CHECK(parse_command_line({"-u", ":1", "--"}).exit_code == 2);
}

TEST_CASE("a repeated flag takes one value at a time") {
    const CommandLine line = parse_command_line({"-l", "[::1]:1", "-l", ":2", "--challenge",
                                                 "Bearer realm=\"a, b\"", "--challenge", "basic"});
    REQUIRE_FALSE(line.exit_code.has_value());
    CHECK(line.arguments.flags.at("listen") == Words{"[::1]:1", ":2"});
    CHECK(line.arguments.flags.at("challenge.offer") == Words{"Bearer realm=\"a, b\"", "basic"});
}

TEST_CASE("what is not known is refused with the nearest known word") {
    const struct {
        Words words;
        const char* said;
    } rows[] = {
        {{"--lisen", ":1"},
         "whogoes: \"--lisen\" is no flag; did you mean \"--listen\"? (see `whogoes --help`)\n"},
        {{"chek"},
         "whogoes: \"chek\" is no verb; did you mean \"check\"? (see `whogoes --help`)\n"},
        {{"dialect"},
         "whogoes: \"dialect\" is no verb; did you mean \"dialects\"? (see `whogoes --help`)\n"},
        {{"lnit", "http://a"},
         "whogoes: \"lnit\" is no verb; did you mean \"lint\"? (see `whogoes --help`)\n"},
        {{"check", "--confg", "x"},
         "whogoes: \"--confg\" is no flag; did you mean \"--config\"? (see `whogoes check "
         "--help`)\n"},
        {{"lint", "-", "--fail-onn=x"},
         "whogoes: \"--fail-onn\" is no flag; did you mean \"--fail-on\"? (see `whogoes lint "
         "--help`)\n"},
        {{"-u", ":1", "http://a"},
         "whogoes: two addresses of the API are given: keep one behind -u (see `whogoes "
         "--help`)\n"},
        {{"-u", ":1", "npm", "test"},
         "whogoes: \"npm\" is no verb; if it begins a command to run beside the proxy, put -- "
         "before it (see `whogoes --help`)\n"},
        {{"health", "http://127.0.0.1:9401"},
         "whogoes: health takes no URL: --admin 127.0.0.1:9401 says where the proxy is asked (see "
         "`whogoes health --help`)\n"},
        {{"causes", "token-expired", "basic"},
         "whogoes: `whogoes causes` takes no further word: \"basic\" (see `whogoes causes "
         "--help`)\n"},
        {{"simulate"},
         "whogoes: simulate needs a cause, as in `whogoes simulate token-expired`, or off; "
         "`whogoes "
         "causes` lists them\n"},
        {{"lint"}, "whogoes: lint needs a URL, a .har file, or - for standard input\n"},
        {{"-c", "a", "-c", "b"}, "whogoes: --config is given twice: keep one\n"},
        {{"--color", "red"}, "whogoes: --color is auto, always or never\n"},
        {{"causes", "-o", "xml"}, "whogoes: -o is text, json or markdown\n"},
        {{"lint", "-", "--timeout", "5"}, "whogoes: --timeout is no duration: write 10s\n"},
        {{"lint", "-", "-o", "xml"}, "whogoes: -o is text, json, sarif, junit or github\n"},
        {{"lint", "-", "--selct", "x"},
         "whogoes: \"--selct\" is no flag; did you mean \"--select\"? (see `whogoes lint "
         "--help`)\n"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.words.front());
        const CommandLine line = parse_command_line(row.words);
        CHECK(line.exit_code == 2);
        CHECK(line.message == row.said);
    }
    CHECK(parse_command_line({"--listen"}).exit_code == 2);
}

TEST_CASE("a token in the wrong place is not quoted back") {
    const std::string token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJmYWtlIn0.";
    for (const Words& words : {Words{token}, Words{"check", token}, Words{"--" + token},
                               Words{"explain", "--tok=" + token}, Words{"explain", "-" + token}}) {
        const CommandLine line = parse_command_line(words);
        CHECK(line.exit_code == 2);
        CHECK(line.message.find("eyJ") == std::string::npos);
    }
}

TEST_CASE("explain takes a token in one word or in several, from a header or from a pipe") {
    CHECK(parse_command_line({"explain", "Bearer", "abc"}).explain.credential == "Bearer abc");
    CHECK(parse_command_line({"explain", "-"}).explain.credential == "-");
    CHECK(parse_command_line({"explain"}).explain.credential == "");
    const CommandLine line =
        parse_command_line({"explain", "--header", "Authorization: Bearer abc", "--audience", "a",
                            "--audience", "b", "-o", "json"});
    CHECK(line.explain.credential == "Authorization: Bearer abc");
    CHECK(line.explain.audiences == Words{"a", "b"});
    CHECK(line.output == "json");
}

TEST_CASE("a flag without its value says which") {
    const CommandLine line = parse_command_line({"--upstream"});
    CHECK(line.exit_code == 2);
    CHECK(line.message == "whogoes: --upstream needs a value, URL; see `whogoes --help`\n");
}

TEST_CASE("help names every verb and flag, and is no error") {
    for (const Words& words : {Words{"--help"}, Words{"-h"}, Words{"help"}}) {
        const CommandLine line = parse_command_line(words);
        CHECK(line.exit_code == 0);
        for (const char* word :
             {"check",        "config",      "explain",    "lint",      "causes",
              "health",       "version",     "--upstream", "--listen",  "--admin",
              "--config",     "--challenge", "--dev",      "--workers", "--log-format",
              "--log-output", "--verbose",   "--quiet",    "--color",   "--fail-on"}) {
            CAPTURE(std::string(word));
            CHECK(line.message.find(word) != std::string::npos);
        }
    }
    const CommandLine lint = parse_command_line({"lint", "--help"});
    CHECK(lint.exit_code == 0);
    CHECK(lint.message.find("--insecure") != std::string::npos);
    CHECK(parse_command_line({"help", "lint"}).message == lint.message);
    // It names no flag of its own, and says where they are.
    CHECK(parse_command_line({"run", "--help"}).message.find("`whogoes --help`") !=
          std::string::npos);
    CHECK(parse_command_line({"--version"}).verb == "version");
}

}  // namespace
}  // namespace whogoes::app
