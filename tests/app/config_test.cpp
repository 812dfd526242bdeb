#include "proxy/app/config.hpp"

#include "surroundings.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::app {
namespace {

TEST_CASE(
    "a flag wins over the environment, the environment over the file, the file over nothing") {
    Machine machine;
    Arguments arguments = flags({{"upstream", {":3000"}}});
    CHECK(machine.load(arguments).workers == 1);
    CHECK(machine.load(arguments).config_file == "");

    machine.write("whogoes.yaml", "workers: 2\nlog: {keep: 7}\n");
    CHECK(machine.load(arguments).workers == 2);
    CHECK(machine.load(arguments).config_file == "whogoes.yaml");

    machine.here.environment["WHOGOES_WORKERS"] = "3";
    CHECK(machine.load(arguments).workers == 3);

    arguments.flags["workers"] = {"4"};
    CHECK(machine.load(arguments).workers == 4);
    CHECK(machine.load(arguments).log.keep == 7);

    machine.here.environment["WHOGOES_WORKERS"] = "";  // empty is unset
    arguments.flags.erase("workers");
    CHECK(machine.load(arguments).workers == 2);
}

TEST_CASE("workers: 0 is one a core") {
    const Machine machine;
    CHECK(machine.load(flags({{"upstream", {":3000"}}, {"workers", {"0"}}})).workers == 6);
}

TEST_CASE("the first file of the search wins, and nothing is merged") {
    Machine machine;
    machine.here.environment["HOME"] = machine.path("home");
    const auto file_in_use = [&](const Arguments& arguments = {}) {
        return gather(arguments, machine.here).config_file;
    };
    CHECK(file_in_use() == "");
    machine.write("etc/config.yaml", "workers: 1\n");
    CHECK(file_in_use() == machine.path("etc/config.yaml"));
    machine.write("home/.config/whogoes/config.yaml", "workers: 2\n");
    CHECK(file_in_use() == machine.path("home/.config/whogoes/config.yaml"));
    machine.write("xdg/whogoes/config.yaml", "workers: 3\n");
    CHECK(file_in_use() == machine.path("home/.config/whogoes/config.yaml"));
    machine.here.environment["XDG_CONFIG_HOME"] = machine.path("xdg");
    CHECK(file_in_use() == machine.path("xdg/whogoes/config.yaml"));
    machine.write("whogoes.yaml", "admin: off\n");
    CHECK(file_in_use() == "whogoes.yaml");
    CHECK(machine.load(flags({{"upstream", {":1"}}})).workers == 1);
    machine.write("named.yaml", "workers: 5\n");
    machine.here.environment["WHOGOES_CONFIG"] = "named.yaml";
    CHECK(file_in_use() == "named.yaml");
    Arguments arguments;
    arguments.config_file = "etc/config.yaml";
    CHECK(file_in_use(arguments) == "etc/config.yaml");
}

TEST_CASE("a file that was named must be there") {
    Machine machine;
    Arguments arguments = flags({{"upstream", {":1"}}});
    arguments.config_file = "missing.yaml";
    CHECK(machine.problems(arguments) ==
          "--config: cannot read missing.yaml: No such file or directory");
    arguments.config_file = ".";
    CHECK(machine.problems(arguments) == "--config: cannot read .: Is a directory");
    arguments.config_file.reset();
    machine.here.environment["WHOGOES_CONFIG"] = "missing.yaml";
    CHECK(machine.problems(arguments) ==
          "WHOGOES_CONFIG: cannot read missing.yaml: No such file or directory");
}

TEST_CASE("a route that adds no challenge has no login redirect turned, and that is no error") {
    const Machine machine;
    machine.write("whogoes.yaml",
                  "upstream: :3000\nchallenge: {offer: bearer, login_redirect: 401}\n"
                  "routes: [{match: /public, challenge: {offer: []}}]\n");
    const auto settings = machine.load().settings;
    CHECK(settings->treatment.remedies.login_redirect_to_401);
    CHECK(settings->routes.front().treatment.remedies.offers.empty());
}

TEST_CASE("- is standard input, and a reload reads the same again") {
    Machine machine;
    machine.here.standard_input = [] { return std::string("upstream: :3000\nworkers: 2\n"); };
    Arguments arguments;
    arguments.config_file = "-";
    const RunOptions options = machine.load(arguments);
    CHECK(options.workers == 2);
    CHECK(options.config_file == "-");
    CHECK(options.load().workers == 2);
    machine.here.standard_input = [] { return std::string("workerz: 2\n"); };
    CHECK(machine.problems(arguments) ==
          "<stdin>:1:1: workerz: there is no such key; did you mean \"workers\"?");
}

TEST_CASE("a reload sees the file as it is then, or says what is wrong with it") {
    const Machine machine;
    machine.write("whogoes.yaml", "upstream: :3000\n");
    const RunOptions options = machine.load();
    machine.write("whogoes.yaml", "upstream: :3001\nchallenge: {offer: bearer}\n");
    const RunOptions again = options.load();
    CHECK(again.settings->upstream.port == 3001);
    CHECK(again.settings->treatment.remedies.offers.size() == 1);
    CHECK(options.settings->upstream.port == 3000);
    machine.write("whogoes.yaml", "upstream: [\n");
    CHECK_THROWS_AS(again.load(), ConfigError);
}

TEST_CASE("problems of flags and variables are named by them, and flags alone are usage") {
    Machine machine;
    const auto usage = [&](const Arguments& arguments) {
        try {
            load_options(arguments, machine.here);
            return -1;
        } catch (const ConfigError& error) {
            return error.usage() ? 1 : 0;
        }
    };
    Arguments arguments = flags({{"upstream", {"ftp://x"}}});
    CHECK(
        machine.problems(arguments) ==
        "--upstream: \"ftp\" is no scheme that whogoes speaks: write http://, https://, h2c:// or "
        "unix:/path");
    CHECK(usage(arguments) == 1);
    arguments = flags({{"upstream", {":1"}}, {"workers", {"x"}}});
    CHECK(machine.problems(arguments) == "--workers: \"x\" is no whole number");
    arguments = flags({{"upstream", {":1", ":2"}}});
    CHECK(machine.problems(arguments) == "--upstream: is given twice: keep one");
    arguments = flags({{"upstream", {":1"}}, {"dev", {"true"}}, {"listen", {"0.0.0.0:2"}}});
    CHECK(usage(arguments) == 1);

    machine.here.environment["WHOGOES_LISTEN"] = "nowhere";
    arguments = flags({{"upstream", {":1"}}});
    CHECK(machine.problems(arguments) ==
          "WHOGOES_LISTEN: \"nowhere\" has no port: write nowhere:8401");
    CHECK(usage(arguments) == 0);
    machine.here.environment.clear();
    CHECK(usage({}) == 1);  // no upstream, and no file that could have named it
}

TEST_CASE("lists come from repeated flags and from lines of a variable") {
    Machine machine;
    machine.here.environment = {{"WHOGOES_UPSTREAM", ":3000"},
                                {"WHOGOES_CHALLENGE", "Bearer realm=\"a\"\nBasic realm=\"b\"\n"},
                                {"WHOGOES_LISTEN", "127.0.0.1:1, [::1]:1"}};
    RunOptions options = machine.load();
    REQUIRE(options.settings->treatment.remedies.offers.size() == 2);
    CHECK(options.settings->treatment.remedies.offers[1].value == "Basic realm=\"b\"");
    REQUIRE(options.listen.size() == 2);
    CHECK(options.listen[1].text() == "[::1]:1");
    options = machine.load(flags({{"challenge.offer", {"basic"}}, {"listen", {":2", ":3", ":4"}}}));
    CHECK(options.settings->treatment.remedies.offers.size() == 1);
    CHECK(options.listen.size() == 3);
}

TEST_CASE("off is text and YAML's false") {
    const Machine machine;
    for (const char* word : {"off", "\"off\"", "false", "no", "Off"}) {
        CAPTURE(std::string(word));
        machine.write("whogoes.yaml", "upstream: :1\nadmin: " + std::string(word) +
                                          "\nforwarded: " + word +
                                          "\nroutes: [{match: /a, diagnose: " + word + "}]\n");
        const RunOptions options = machine.load();
        CHECK(options.admin == "");
        CHECK(options.settings->forwarded == http::ForwardedStyle::off);
        REQUIRE(options.settings->routes.size() == 1);
        CHECK_FALSE(options.settings->routes[0].treatment.diagnose);
    }
}

TEST_CASE("a route overrides what it names and keeps the rest") {
    const Machine machine;
    machine.write("whogoes.yaml", R"(
upstream: :3000
challenge: {offer: bearer, scope: "a b", describe: false}
diagnose: {leeway: 5s, expect: {issuer: https://id.example, audience: [x, y], scope: [a, "b c"]}}
routes:
  - {match: "/public/**", challenge: {offer: []}}
  - {match: "/git/**", challenge: {offer: basic}, diagnose: {expect: {scheme: Basic}}}
  - {match: "POST /login", diagnose: off}
)");
    const settings::Settings settings = *machine.load().settings;
    CHECK(settings.treatment.remedies.scope == "a b");
    CHECK_FALSE(settings.treatment.remedies.describe);
    CHECK(settings.treatment.expected.audiences == std::vector<std::string>{"x", "y"});
    CHECK(settings.treatment.expected.scopes == std::vector<std::string>{"a", "b", "c"});
    REQUIRE(settings.routes.size() == 3);
    CHECK(settings.routes[0].treatment.remedies.offers.empty());
    CHECK(settings.routes[0].treatment.remedies.scope == "a b");
    const settings::Treatment& git = settings.treatment_for("GET", "/git/x/info/refs");
    CHECK(git.route == "/git/**");
    REQUIRE(git.remedies.offers.size() == 1);
    CHECK(git.remedies.offers[0].scheme == rules::Scheme::basic);
    CHECK(git.expected.scheme == "Basic");
    CHECK(git.expected.issuer == "https://id.example");
    CHECK(git.expected.leeway == std::chrono::seconds{5});
    CHECK_FALSE(settings.treatment_for("POST", "/login").diagnose);
    CHECK(settings.treatment_for("GET", "/login").diagnose);
}

TEST_CASE("every limit arrives where it is used") {
    const Machine machine;
    machine.write("whogoes.yaml", R"(
upstream: https://api.example
upstream_host: pass
upstream_tls: {verify: false, server_name: other.example}
forwarded: both
log: {format: json, output: log/auth.jsonl, rotate: {size: 1MiB, age: 2h}, access: all, identity: none}
limits: {header: 8KiB, connections: 9, half_close: finish, timeouts: {connect: 1s, header: 2s, body: 7s, tunnel_end: 8s, idle: 3s, response: 1m}}
drain: {delay: 100ms, timeout: 1m}
)");
    const RunOptions options = machine.load();
    CHECK(options.drain.delay == std::chrono::milliseconds{100});
    CHECK(options.log.rotate_size == 1024 * 1024);
    CHECK(options.log.rotate_age == std::chrono::hours{2});
    CHECK(options.log.output == machine.path("log/auth.jsonl"));
    CHECK(options.log.output_asked_at.find(".yaml:") != std::string::npos);
    const settings::Settings& settings = *options.settings;
    CHECK(settings.upstream.tls);
    CHECK(settings.upstream.port == 443);
    CHECK(settings.upstream.host_header == upstream::HostHeader::pass);
    CHECK_FALSE(settings.upstream_tls.verify);
    CHECK(settings.upstream_tls.server_name == "other.example");
    CHECK(settings.forwarded == http::ForwardedStyle::both);
    CHECK(settings.head_limits.octets == 8192);
    CHECK(settings.half_close == settings::HalfClose::finish);
    CHECK(settings.connections == 9);
    CHECK(settings.timeouts.connect == std::chrono::seconds{1});
    CHECK(settings.timeouts.body() == std::chrono::seconds{7});
    CHECK(settings.timeouts.tunnel_end() == std::chrono::seconds{8});
    // As `header`, where nothing else is said.
    CHECK(settings.timeouts.handshake() == std::chrono::seconds{2});
    CHECK(settings.timeouts.own_answer() == std::chrono::seconds{2});
    CHECK(settings.timeouts.response == std::chrono::seconds{60});
    CHECK(settings.log.access == settings::AccessLog::all);
    CHECK(settings.log.identity == settings::Identity::none);
}

TEST_CASE("whom to believe is a word beside the form, which may stand alone") {
    const Machine machine;
    const auto peer = [](const char* text) { return *net::parse_peer(text); };
    const settings::Settings plain = *machine.load(flags({{"upstream", {":3000"}}})).settings;
    CHECK(plain.forwarded == http::ForwardedStyle::x_forwarded);
    CHECK(plain.forwarded_trust == net::PeerSet::this_machine());
    CHECK_FALSE(plain.public_url);

    machine.write("whogoes.yaml", "upstream: :1\nforwarded: forwarded\n");
    const settings::Settings word = *machine.load().settings;
    CHECK(word.forwarded == http::ForwardedStyle::forwarded);
    CHECK(word.forwarded_trust == net::PeerSet::this_machine());

    machine.write("whogoes.yaml", R"(
upstream: :1
forwarded: {form: both, trust: [loopback, 10.0.0.0/8, "fd00::/8"]}
public_url: HTTPS://Api.example:8443/
)");
    const settings::Settings map = *machine.load().settings;
    CHECK(map.forwarded == http::ForwardedStyle::both);
    CHECK(map.forwarded_trust.has(peer("10.1.2.3")));
    CHECK(map.forwarded_trust.has(peer("fd00::1")));
    CHECK(map.forwarded_trust.has(peer("127.0.0.1")));
    CHECK_FALSE(map.forwarded_trust.has(peer("192.0.2.1")));
    CHECK_FALSE(map.forwarded_trust.has(net::peer_of(net::unix_endpoint("/a"))));
    REQUIRE(map.public_url);
    CHECK(*map.public_url == settings::PublicUrl{true, "api.example:8443"});
    CHECK(map.host_names == std::vector<std::string>{"api.example"});

    machine.write("whogoes.yaml", "upstream: :1\nforwarded: {trust: []}\n");
    CHECK(machine.load().settings->forwarded_trust.empty());
    machine.write("whogoes.yaml", "upstream: :1\nforwarded: {trust: 192.0.2.1}\n");
    CHECK(machine.load().settings->forwarded_trust.has(peer("192.0.2.1")));
}

TEST_CASE("what is legal and yet risky is warned about") {
    const Machine machine;
    const struct {
        const char* given;
        const char* file;
        const char* words;  // empty: no warning
    } rows[] = {
        {"the default", "", ""},
        {"listen to all", "listen: 0.0.0.0:1",
         "listen: 0.0.0.0:1 can be reached from other machines"},
        {"admin to all", "admin: 0.0.0.0:1", "admin: 0.0.0.0:1 can be reached from other machines"},
        {"a socket", "listen: unix:/run/w.sock", ""},
        {"no verification", "upstream_tls: {verify: false}", "upstream_tls.verify: off"},
        {"Bearer before Basic", "challenge: {offer: [bearer, basic]}", "challenge.offer: "},
        {"scope without Bearer", "challenge: {offer: basic, scope: a}", "challenge.scope: "},
        {"a route behind all", "routes: [{match: /**}, {match: /a}]", "is never reached"},
        {"in a route", "routes: [{match: /a, challenge: {offer: [bearer, basic]}}]",
         "routes[0].challenge.offer: "},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.given));
        machine.write("whogoes.yaml", "upstream: :3000\n" + std::string(row.file) + "\n");
        std::string all;
        for (const std::string& words : machine.load().warnings) all += words + "\n";
        if (std::string(row.words).empty())
            CHECK(all == "");
        else
            CHECK(all.find(row.words) != std::string::npos);
    }
}

TEST_CASE("keys come from a file, and a bad one is named") {
    const Machine machine;
    machine.write("conf/whogoes.yaml", "upstream: :1\ndiagnose: {keys: jwks.json}\n");
    Arguments arguments;
    arguments.config_file = "conf/whogoes.yaml";
    CHECK(machine.problems(arguments).find("cannot read " + machine.path("conf/jwks.json")) !=
          std::string::npos);
    machine.write("conf/jwks.json", "{]");
    CHECK(machine.problems(arguments).starts_with("conf/whogoes.yaml:2:18: diagnose.keys: " +
                                                  machine.path("conf/jwks.json")));
    machine.write(
        "conf/jwks.json",
        R"({"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}]})");
    const RunOptions options = machine.load(arguments);
    REQUIRE(options.settings->treatment.keys);
    CHECK(options.settings->treatment.keys->kids() == std::vector<std::string>{"a"});
}

TEST_CASE("keys may come from a URL, which is not asked when the configuration is read") {
    const Machine machine;
    machine.write("whogoes.yaml",
                  "upstream: :1\n"
                  "diagnose: {keys: 'https://id.example/.well-known/jwks.json'}\n"
                  "routes:\n"
                  "  - {match: /a, diagnose: {keys: 'http://localhost:1/jwks?tenant=a'}}\n"
                  "  - {match: /b}\n");
    Arguments arguments;
    arguments.config_file = "whogoes.yaml";
    const RunOptions options = machine.load(arguments);
    const settings::Settings& settings = *options.settings;
    CHECK(settings.treatment.keys == nullptr);
    REQUIRE(settings.treatment.key_source);
    CHECK(settings.treatment.key_source->url.origin() == "https://id.example");
    CHECK(settings.treatment.key_source->url.target == "/.well-known/jwks.json");
    CHECK(settings.treatment.key_source->tls != nullptr);
    REQUIRE(settings.routes[0].treatment.key_source);
    CHECK(settings.routes[0].treatment.key_source->url.target == "/jwks?tenant=a");
    REQUIRE(settings.routes[1].treatment.key_source);
    CHECK(settings.routes[1].treatment.key_source->url == settings.treatment.key_source->url);
    CHECK(options.warnings.empty());
}

TEST_CASE("fail-on takes ids and severities, and needs a command") {
    Machine machine;
    Arguments arguments = flags({{"upstream", {":1"}}});
    arguments.fail_on = {"token-expired,unauthorized-without-challenge"};
    CHECK(machine.problems(arguments) ==
          "--fail-on: needs a command behind `--`: its end is when whogoes tells");
    arguments.command = {"npm", "test"};
    CHECK(machine.load(arguments).fail_on.size() == 2);
    arguments.fail_on = {"error"};
    CHECK(machine.load(arguments).fail_on.size() > 10);
    arguments.fail_on = {"token-expird"};
    CHECK(machine.problems(arguments) ==
          "--fail-on: \"token-expird\" is no cause, rule or severity; did you mean "
          "\"token-expired\"? (`whogoes causes` lists them)");
    arguments.fail_on.clear();
    machine.here.environment["WHOGOES_FAIL_ON"] = "token-expired";
    CHECK(machine.load(arguments).fail_on == std::vector<std::string>{"token-expired"});
}

TEST_CASE("the admin token may be chosen, and is never repeated in an error") {
    Machine machine;
    const Arguments arguments = flags({{"upstream", {":1"}}});
    CHECK(machine.load(arguments).admin_token == "");
    std::string& variable = machine.here.environment["WHOGOES_ADMIN_TOKEN"];
    variable = "0123456789abcdef";
    CHECK(machine.load(arguments).admin_token == "0123456789abcdef");
    machine.write("token", "fedcba9876543210\n");
    variable = "${file:" + machine.path("token") + "}";
    CHECK(machine.load(arguments).admin_token == "fedcba9876543210");
    for (const char* flawed : {"too-short", "0123456789abcde\"", "0123456789 abcdef",
                               "${file:/no/such/file}", "${env:NO_SUCH_VARIABLE}"}) {
        CAPTURE(flawed);
        variable = flawed;
        const std::string problems = machine.problems(arguments);
        CHECK(problems.starts_with("WHOGOES_ADMIN_TOKEN: "));
        if (flawed[0] != '$') CHECK(problems.find(flawed) == std::string::npos);
    }
}

TEST_CASE("format and colour follow the terminal unless told otherwise") {
    Machine machine;
    Arguments arguments = flags({{"upstream", {":1"}}});
    const auto format = [&] { return machine.load(arguments).log.format; };
    const auto colour = [&] { return machine.load(arguments).log.colour; };
    CHECK(format() == report::LogFormat::json);
    CHECK(colour() == report::Colour::never);
    machine.here.terminal_stderr = true;
    CHECK(format() == report::LogFormat::pretty);
    CHECK(colour() == report::Colour::always);
    machine.here.environment["TERM"] = "dumb";
    CHECK(colour() == report::Colour::never);
    machine.here.environment["FORCE_COLOR"] = "1";
    CHECK(colour() == report::Colour::always);
    machine.here.environment["NO_COLOR"] = "1";
    CHECK(colour() == report::Colour::never);
    arguments.color = "always";
    CHECK(colour() == report::Colour::always);
    arguments.color = "auto";
    CHECK(colour() == report::Colour::never);
    arguments.flags["log.output"] = {"stdout"};  // no terminal
    CHECK(format() == report::LogFormat::json);
    arguments.flags["log.format"] = {"pretty"};
    CHECK(format() == report::LogFormat::pretty);
    CHECK_FALSE(utf8_wanted(machine.here));
    machine.here.environment["LANG"] = "en_US.UTF-8";
    CHECK(utf8_wanted(machine.here));
    machine.here.environment["LC_ALL"] = "C";
    CHECK_FALSE(utf8_wanted(machine.here));
}

TEST_CASE("-v logs every exchange, whatever a file says") {
    Machine machine;
    machine.write("whogoes.yaml", "upstream: :3000\nlog: {access: failures}\n");
    Arguments arguments;
    CHECK(machine.load(arguments).settings->log.access == settings::AccessLog::failures);
    arguments.verbosity = 1;
    CHECK(machine.load(arguments).settings->log.access == settings::AccessLog::all);
    CHECK(print_config(gather(arguments, machine.here)).find("access: all") != std::string::npos);
}

TEST_CASE("the effective configuration names each value's origin") {
    Machine machine;
    machine.write(
        "whogoes.yaml",
        "upstream: :3000\nlog:\n  keep: 7\nroutes:\n- match: \"/a/**\"\n  diagnose: off\n");
    machine.here.environment["WHOGOES_WORKERS"] = "2";
    const std::string text = print_config(gather(
        flags({{"listen", {"[::1]:1"}}, {"challenge.offer", {"bearer", "basic"}}}), machine.here));
    const auto line = [&](const std::string& start) {
        const auto at = ("\n" + text).find("\n" + start);
        if (at == std::string::npos) return std::string("absent");
        std::string found = text.substr(at, text.find('\n', at) - at);
        // The comments stand in a column.
        for (auto gap = found.find(':'); (gap = found.find("   ", gap)) != std::string::npos;)
            found.erase(gap, 1);
        return found;
    };
    CHECK(line("listen:") == "listen: \"[::1]:1\"  # flag --listen");
    CHECK(line("upstream:") == "upstream: \":3000\"  # whogoes.yaml:1");
    CHECK(line("workers:") == "workers: 2  # WHOGOES_WORKERS");
    CHECK(line("admin:") == "admin: 127.0.0.1:9401  # default");
    CHECK(line("  offer:") == "  offer: [bearer, basic]  # flag --challenge");
    CHECK(line("  keep:") == "  keep: 7  # whogoes.yaml:3");
    CHECK(line("  - match:") == "  - match: \"/a/**\"  # whogoes.yaml:5");
    CHECK(line("    diagnose:") == "    diagnose: off  # whogoes.yaml:6");
}

}  // namespace
}  // namespace whogoes::app
