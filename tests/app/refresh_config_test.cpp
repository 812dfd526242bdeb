#include "surroundings.hpp"

#include <doctest/doctest.h>

#include <string>

// The `refresh:` block: what it takes, and what it must not become.
namespace whogoes::app {
namespace {

using settings::ClientAuthentication;
using settings::Grant;

const std::string upstream = "upstream: http://localhost:3000\n";

std::string block(const std::string& more, const std::string& top = "") {
    return upstream + top +
           "refresh:\n  grant: refresh_token\n  token_endpoint: https://id.example/token\n" + more;
}

const settings::RefreshSettings& refresh_of(const RunOptions& options) {
    REQUIRE(options.settings->treatment.refresh != nullptr);
    return *options.settings->treatment.refresh;
}

TEST_CASE("a block with a refresh token from a file") {
    Machine machine;
    machine.write("etc/token", "rt-1\n");
    machine.write("etc/whogoes.yaml",
                  block("  refresh_token: ${file:token}\n  client_id: dev\n  scope: a b\n"
                        "  max_body: 2KiB\n  timeout: 3s\n  unsafe_methods: true\n"));
    Arguments arguments;
    arguments.config_file = "etc/whogoes.yaml";
    const RunOptions loaded = machine.load(arguments);
    const settings::RefreshSettings& block = refresh_of(loaded);
    CHECK(block.grant == Grant::refresh_token);
    CHECK(block.token_endpoint.origin() == "https://id.example");
    CHECK(block.token_endpoint.target == "/token");
    CHECK(block.refresh_token.reveal() == "rt-1");
    CHECK(block.token_file == machine.path("etc/token"));
    CHECK(block.client_id == "dev");
    CHECK(block.scope == "a b");
    CHECK(block.max_body == 2048);
    CHECK(block.timeout.count() == 3000);
    CHECK(block.authentication == ClientAuthentication::basic);
    CHECK(loaded.settings->treatment.remedies.refresh);
    CHECK(loaded.settings->treatment.remedies.unsafe_methods);
    CHECK(loaded.settings->refreshes);
}

TEST_CASE("where the API logs users in") {
    const std::string token = "  refresh_token: rt-1\n  login_path: ";
    Machine machine;
    Arguments arguments;
    arguments.config_file = "etc/whogoes.yaml";
    machine.write("etc/whogoes.yaml", block(token + "[/login, \"POST /auth/**\"]\n"));
    const RunOptions loaded = machine.load(arguments);
    CHECK(refresh_of(loaded).login_paths == std::vector<std::string>{"/login", "/auth/**"});
    CHECK(loaded.settings->sees_logins);
    const struct {
        const char* value;
        const char* words;
    } rows[] = {
        {"login", "is no path"},
        {"GET /login", "a login is a POST"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.value);
        machine.write("etc/whogoes.yaml", block(token + row.value + "\n"));
        const std::string refused = machine.problems(arguments);
        CHECK(refused.find("refresh.login_path") != std::string::npos);
        CHECK(refused.find(row.words) != std::string::npos);
    }
}

TEST_CASE("where a rotated token is stored") {
    const struct {
        const char* given;
        const char* lines;
        bool stored;
    } rows[] = {
        {"file", "  refresh_token: ${file:token}\n", true},
        {"file, in memory", "  refresh_token: ${file:token}\n  store: false\n", false},
        {"variable", "  refresh_token: ${env:RT}\n", false},
        {"literal", "  refresh_token: rt-2\n", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Machine machine;
        machine.here.environment["RT"] = "rt-3";
        machine.write("token", "rt-1");
        machine.write("whogoes.yaml", block(row.lines));
        CHECK(refresh_of(machine.load()).token_file.empty() != row.stored);
    }
}

TEST_CASE("a route overrides the block, and may turn it off") {
    Machine machine;
    machine.write("whogoes.yaml", block("  refresh_token: rt-1\n") +
                                      "routes:\n"
                                      "  - {match: /off/**, refresh: {grant: off}}\n"
                                      "  - {match: /small/**, refresh: {max_body: 1KiB}}\n"
                                      "  - match: /machine/**\n"
                                      "    refresh:\n"
                                      "      grant: client_credentials\n"
                                      "      client_id: m\n"
                                      "      client_secret: s\n"
                                      "      client_authentication: post\n");
    const RunOptions options = machine.load();
    const auto& routes = options.settings->routes;
    const settings::RefreshSettings& top = refresh_of(options);
    CHECK(routes[0].treatment.refresh == nullptr);
    CHECK_FALSE(routes[0].treatment.remedies.refresh);
    REQUIRE(routes[1].treatment.refresh != nullptr);
    CHECK(routes[1].treatment.refresh->max_body == 1024);
    CHECK(routes[1].treatment.refresh->same_session(top));
    REQUIRE(routes[2].treatment.refresh != nullptr);
    CHECK(routes[2].treatment.refresh->grant == Grant::client_credentials);
    CHECK(routes[2].treatment.refresh->authentication == ClientAuthentication::post);
    CHECK(routes[2].treatment.refresh->refresh_token.empty());
    CHECK_FALSE(routes[2].treatment.refresh->same_session(top));
}

TEST_CASE("a block that cannot work is refused, with the cure") {
    const struct {
        const char* given;
        std::string text;
        const char* problem;
    } rows[] = {
        {"no endpoint", upstream + "refresh: {grant: refresh_token, refresh_token: rt}\n",
         "refresh.token_endpoint: is missing"},
        {"no URL",
         upstream +
             "refresh: {grant: refresh_token, refresh_token: rt, token_endpoint: id.example}\n",
         "refresh.token_endpoint: is no http:// or https:// URL"},
        {"no token", block(""), "refresh.refresh_token: is missing"},
        {"a variable that is not set", block("  refresh_token: ${env:NOPE}\n"),
         "refresh.refresh_token: names the variable NOPE, which is not set"},
        {"no such file", block("  refresh_token: ${file:nope}\n"),
         "refresh.refresh_token: cannot read the file nope"},
        {"a secret without its client", block("  refresh_token: rt\n  client_secret: s\n"),
         "refresh.client_id: is missing"},
        {"nothing to store in", block("  refresh_token: rt\n  store: true\n"),
         "refresh.store: takes a refresh token from a file"},
        {"client_credentials without a secret",
         upstream + "refresh: {grant: client_credentials, token_endpoint: 'https://id', "
                    "client_id: c}\n",
         "refresh.client_secret: is missing"},
        {"a listener that all reach", block("  refresh_token: rt\n", "listen: 0.0.0.0:8401\n"),
         "refresh: would lend its token to whoever reaches 0.0.0.0:8401: write shared: true"},
        {"a route on a listener that all reach",
         upstream +
             "listen: 0.0.0.0:8401\nroutes:\n  - {match: /a, refresh: {grant: refresh_token, "
             "token_endpoint: 'https://id', refresh_token: rt}}\n",
         "routes[0].refresh: would lend its token"},
        {"itself",
         upstream + "refresh: {grant: refresh_token, refresh_token: rt, token_endpoint: "
                    "'http://localhost:8401/token'}\n",
         "refresh.token_endpoint: is whogoes itself"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Machine machine;
        machine.write("whogoes.yaml", row.text);
        const std::string problems = machine.problems();
        CAPTURE(problems);
        CHECK(problems.find(row.problem) != std::string::npos);
        CHECK(problems.find('\n') == std::string::npos);
    }
}

TEST_CASE("a listener that all reach may lend the token when the operator says so") {
    Machine machine;
    machine.write("whogoes.yaml",
                  block("  refresh_token: rt\n  shared: true\n", "listen: 0.0.0.0:8401\n"));
    CHECK(machine.problems() == "");
}

TEST_CASE("what is doubtful about a block is warned of") {
    const struct {
        const char* given;
        std::string text;
        const char* warning;
    } rows[] = {
        {"without TLS",
         upstream + "refresh: {grant: refresh_token, refresh_token: rt, token_endpoint: "
                    "'http://id.example/token'}\n",
         "http://id.example is not https"},
        {"no grant", upstream + "refresh: {token_endpoint: 'https://id.example/token'}\n",
         "is off, for it has no grant"},
        {"client_credentials with a token",
         upstream + "refresh: {grant: client_credentials, token_endpoint: 'https://id', "
                    "client_id: c, client_secret: s, refresh_token: rt}\n",
         "refresh.refresh_token: has no use with client_credentials"},
        {"nothing is looked at", block("  refresh_token: rt\n") + "diagnose: off\n",
         "does nothing where diagnose is off"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Machine machine;
        machine.write("whogoes.yaml", row.text);
        const RunOptions options = machine.load();
        std::string all;
        for (const std::string& warning : options.warnings) all += warning + "\n";
        CHECK(all.find(row.warning) != std::string::npos);
    }
}

TEST_CASE("the example for a front end loads") {
    std::ifstream file(std::string(WHOGOES_SOURCE_DIR) + "/examples/refresh/whogoes.yaml");
    Machine machine;
    machine.write("whogoes.yaml", std::string{std::istreambuf_iterator<char>(file), {}});
    machine.write("refresh_token", "rt-1\n");
    CHECK(machine.problems() == "");
    CHECK(refresh_of(machine.load()).token_file == machine.path("refresh_token"));
}

TEST_CASE("no secret of a block is printed") {
    Machine machine;
    machine.write(
        "whogoes.yaml",
        block("  refresh_token: rt-canary\n  client_id: c\n  client_secret: cs-canary\n"));
    const std::string printed =
        print_config(gather({}, machine.here)) + print_config_json(gather({}, machine.here));
    CHECK(printed.find("canary") == std::string::npos);
    CHECK(printed.find("refresh_token: \"********\"") != std::string::npos);
}

}  // namespace
}  // namespace whogoes::app
