#include "surroundings.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::app {
namespace {

// Every row's file has an upstream, so that its absence is not one more problem.
const std::string with_upstream = "upstream: http://localhost:3000\n";

struct Row {
    const char* given;
    std::string file;
    std::string said;  // exactly; lines are joined by "\n"
};

void check_rows(std::initializer_list<Row> rows) {
    for (const Row& row : rows) {
        CAPTURE(std::string(row.given));
        const Machine machine;
        machine.write("whogoes.yaml", row.file);
        CHECK(machine.problems() == row.said);
    }
}

TEST_CASE("text that is no YAML is refused with its place and the cure") {
    check_rows({
        {"a tab", with_upstream + "log:\n\tformat: json\n",
         "whogoes.yaml:3:1: a tab indents this line: YAML takes spaces only"},
        {"tabs behind spaces", with_upstream + "log:\n  \tformat: json\n",
         "whogoes.yaml:3:3: a tab indents this line: YAML takes spaces only"},
        {"not UTF-8", "upstream: http://caf\xe9:3000\n",
         "whogoes.yaml:1:21: is not UTF-8 text here: save the file as UTF-8"},
        {"UTF-16", std::string("\xff\xfeu\0p\0", 6),
         "whogoes.yaml:1:1: is not UTF-8 text here: save the file as UTF-8"},
        {"a NUL", with_upstream + std::string("a\0b", 3),
         "whogoes.yaml:2:2: is not UTF-8 text here: save the file as UTF-8"},
        {"an open quote", "upstream: \"http://localhost:3000\n",
         "whogoes.yaml:3:1: a quote that was opened above is not closed here"},
        {"a list", "- upstream\n",
         "whogoes.yaml:1:1: a map of settings is due here, as in \"upstream: "
         "http://localhost:3000\", not a list"},
        {"one word", "upstream\n",
         "whogoes.yaml:1:1: a map of settings is due here, as in \"upstream: "
         "http://localhost:3000\", not the value \"upstream\""},
        {"two documents", with_upstream + "---\nworkers: 2\n",
         "whogoes.yaml:3:1: a second document begins here: keep one, without \"---\" in it"},
        {"over 1 MiB", std::string(1024 * 1024 + 1, '#'),
         "whogoes.yaml: is larger than 1 MiB: this is hardly a configuration of whogoes"},
    });
}

TEST_CASE("an empty file is no error of its own, but says nothing of the upstream") {
    for (const char* text : {"", "\n", "# nothing\n", "---\n", "~\n"}) {
        CAPTURE(std::string(text));
        const Machine machine;
        machine.write("whogoes.yaml", text);
        CHECK(machine.problems() ==
              "whogoes.yaml: upstream: is missing: say where the API is, as in `whogoes -u "
              "http://localhost:3000`, or `upstream: http://localhost:3000` in whogoes.yaml");
        CHECK(machine.problems(flags({{"upstream", {":3000"}}})) == "");
    }
}

TEST_CASE("a key that is not known, or stands in the wrong place, is named") {
    check_rows({
        {"mistyped", with_upstream + "lisen: 127.0.0.1:1\n",
         "whogoes.yaml:2:1: lisen: there is no such key; did you mean \"listen\"?"},
        {"mistyped within", with_upstream + "log:\n  rotate:\n    sise: 1MiB\n",
         "whogoes.yaml:4:5: log.rotate.sise: there is no such key; did you mean \"size\"?"},
        {"unlike any", with_upstream + "drain: {quickly: 1s}\n",
         "whogoes.yaml:2:9: drain.quickly: there is no such key; here stand delay, timeout"},
        {"twice", with_upstream + "workers: 1\nworkers: 2\n",
         "whogoes.yaml:3:1: workers: stands here twice: keep one"},
        {"twice within", with_upstream + "log: {keep: 1, keep: 1}\n",
         "whogoes.yaml:2:16: log.keep: stands here twice: keep one"},
        {"in a route", with_upstream + "routes:\n- match: /a\n  upstream: :3001\n",
         "whogoes.yaml:4:3: routes[0].upstream: cannot stand in a route: a route overrides "
         "challenge and diagnose"},
        {"a map as a key", with_upstream + "? {a: 1}\n: 2\n",
         "whogoes.yaml:2:3: a key must be one word, not a map"},
    });
}

TEST_CASE("a value of the wrong kind is refused with what is due") {
    check_rows({
        {"list for map", with_upstream + "log: [json]\n",
         "whogoes.yaml:2:6: log: a map is due here, not a list: its keys are access, format, "
         "identity, keep, output, rotate, time"},
        {"value for map", with_upstream + "challenge: bearer\n",
         "whogoes.yaml:2:12: challenge: a map is due here, not the value \"bearer\": its keys are "
         "describe, expose, grpc, login_redirect, offer, quiet_scheme, scope"},
        {"map for value", with_upstream + "workers: {a: 1}\n",
         "whogoes.yaml:2:10: workers: one value is due here, not a map"},
        {"list for value", with_upstream + "admin: [off]\n",
         "whogoes.yaml:2:8: admin: one value is due here, not a list"},
        {"list in a list", with_upstream + "listen: [[a]]\n",
         "whogoes.yaml:2:10: listen: one value or a list of values is due here, not a list"},
        {"nothing", with_upstream + "workers:\n",
         "whogoes.yaml:2:1: workers: has no value: give it one, or leave the line out"},
        {"empty", "upstream: \"\"\n",
         "whogoes.yaml:1:11: upstream: is empty: give it a value, or leave it out"},
        {"no unit", with_upstream + "limits: {header: 64}\n",
         "whogoes.yaml:2:18: limits.header: \"64\" is no size: write a number and B, KiB, MiB or "
         "GiB, as in 64KiB"},
        {"wrong unit", with_upstream + "drain: {timeout: 30sec}\n",
         "whogoes.yaml:2:18: drain.timeout: \"30sec\" is no duration: write a number and ms, s, m, "
         "h or d, as in 5s"},
        {"no number", with_upstream + "workers: many\n",
         "whogoes.yaml:2:10: workers: \"many\" is no whole number"},
        {"negative", with_upstream + "workers: -1\n",
         "whogoes.yaml:2:10: workers: \"-1\" is no whole number"},
        {"too many", with_upstream + "workers: 1000\n",
         "whogoes.yaml:2:10: workers: \"1000\" is out of bounds: write from 0 to 256"},
        {"too large", with_upstream + "limits: {header: 2MiB}\n",
         "whogoes.yaml:2:18: limits.header: \"2MiB\" is out of bounds: write from 1KiB to 1MiB"},
        {"another version", with_upstream + "version: 2\n",
         "whogoes.yaml:2:10: version: \"2\" is out of bounds: write 1"},
        {"no choice", with_upstream + "log: {format: jsn}\n",
         "whogoes.yaml:2:15: log.format: \"jsn\" is not auto, json or pretty; did you mean "
         "\"json\"?"},
        {"no switch", with_upstream + "challenge: {describe: maybe}\n",
         "whogoes.yaml:2:23: challenge.describe: \"maybe\" is neither true nor false"},
        {"variable", "upstream: ${env:API}\n",
         "whogoes.yaml:1:11: upstream: takes no ${…}, only secrets do: write the value itself, or "
         "set WHOGOES_UPSTREAM"},
    });
}

TEST_CASE("a dialect that cannot be read is refused with its own place") {
    Machine machine;
    machine.write("whogoes.yaml", with_upstream + "diagnose: {dialects: [our.yaml, gone.yaml]}\n");
    machine.write("our.yaml", "name: A\nabout: b\nsayings:\n  - {code: E1, cuase: x, seen: y}\n");
    const std::string problems = machine.problems();
    CHECK(problems.find("diagnose.dialects: our.yaml:4") != std::string::npos);
    CHECK(problems.find("diagnose.dialects: gone.yaml: cannot be read") != std::string::npos);
}

TEST_CASE("keys from a URL are refused where nobody could believe them") {
    check_rows({
        {"no URL", with_upstream + "diagnose: {keys: ftp://id.example/jwks}\n",
         "whogoes.yaml:2:18: diagnose.keys: is no http:// or https:// URL without a user name in "
         "it: write https://id.example/.well-known/jwks.json, or the name of a file"},
        {"a user name", with_upstream + "diagnose: {keys: 'https://me@id.example/jwks'}\n",
         "whogoes.yaml:2:18: diagnose.keys: is no http:// or https:// URL without a user name in "
         "it: write https://id.example/.well-known/jwks.json, or the name of a file"},
        {"in the clear", with_upstream + "diagnose: {keys: 'http://id.example/jwks'}\n",
         "whogoes.yaml:2:18: diagnose.keys: is fetched over https only, or from this machine: "
         "write https://id.example/jwks, or save the set to a file and name that"},
    });
}

TEST_CASE("what cannot work together is refused at load") {
    check_rows({
        {"admin on the proxied port", with_upstream + "admin: 127.0.0.1:8401\n",
         "whogoes.yaml:2:8: admin: 127.0.0.1:8401 is a listen address too: metrics and the review "
         "page never share the proxied port, so take another, or off"},
        {"own upstream", "upstream: :8401\n",
         "whogoes.yaml:1:11: upstream: is whogoes itself: 127.0.0.1:8401 is its listen address, so "
         "the API must be elsewhere"},
        {"listen twice", with_upstream + "listen: [\":1\", 127.0.0.1:1]\n",
         "whogoes.yaml:2:16: listen: 127.0.0.1:1 stands here twice: keep one"},
        {"no listen", with_upstream + "listen: []\n",
         "whogoes.yaml:2:1: listen: names no address: write 127.0.0.1:8401"},
        {"certificate alone", with_upstream + "tls: {certificate: a.pem}\n",
         "whogoes.yaml:2:7: tls: has no key: HTTPS takes both, certificate: FILE and key: FILE"},
        {"route without match", with_upstream + "routes: [{diagnose: off}]\n",
         "whogoes.yaml:2:10: routes[0]: has no `match`: say which requests it is for, as in match: "
         "\"/public/**\""},
        {"route for no path", with_upstream + "routes: [{match: public}]\n",
         "whogoes.yaml:2:18: routes[0].match: \"public\" is no path: a pattern starts with /, as "
         "in "
         "\"/public/**\" or \"POST /login\""},
        {"method in small letters", with_upstream + "routes: [{match: post /login}]\n",
         "whogoes.yaml:2:18: routes[0].match: \"post\" is no method: write it in capitals, as in "
         "\"POST /login\""},
        {"query in a pattern", with_upstream + "routes: [{match: \"/a?b\"}]\n",
         "whogoes.yaml:2:18: routes[0].match: a pattern sees the path alone: leave out what "
         "follows "
         "? or #"},
        {"dev on a listener for others", with_upstream + "dev: true\nlisten: [\":1\", 0.0.0.0:2]\n",
         "whogoes.yaml:2:6: dev: is for one's own machine, and 0.0.0.0:2 can be reached from "
         "others: listen on 127.0.0.1, or leave it out"},
        {"login redirect without a challenge", with_upstream + "challenge: {login_redirect: 401}\n",
         "whogoes.yaml:2:13: challenge.login_redirect: needs challenge.offer: a 401 must carry a "
         "challenge (RFC 9110, 15.5.2)"},
        {"metadata without an issuer", with_upstream + "resource_metadata: {resource_name: x}\n",
         "whogoes.yaml:2:21: resource_metadata.resource_name: says nothing without "
         "authorization_servers: add the issuers"},
        {"an issuer that is no URL",
         with_upstream + "resource_metadata: {authorization_servers: [id.example]}\n",
         "whogoes.yaml:2:45: resource_metadata.authorization_servers: is no URL: write the issuer, "
         "as in https://id.example"},
        {"an issuer with a query",
         with_upstream + "resource_metadata: {authorization_servers: \"https://id.example?a\"}\n",
         "whogoes.yaml:2:44: resource_metadata.authorization_servers: has a query, a fragment or "
         "a byte that no issuer may hold (RFC 8414, 2)"},
        {"an issuer without TLS",
         with_upstream + "resource_metadata: {authorization_servers: \"http://id.example\"}\n",
         "whogoes.yaml:2:44: resource_metadata.authorization_servers: is plain http on another "
         "machine, which no client will take: write https"},
        {"a bearer method that is none",
         with_upstream + "resource_metadata:\n  authorization_servers: https://id.example\n"
                         "  bearer_methods_supported: cookie\n",
         "whogoes.yaml:4:29: resource_metadata.bearer_methods_supported: is not header, body or "
         "query (RFC 9728, 2)"},
        {"a host name with a port", with_upstream + "host_names: [\"api.dev.test:8401\"]\n",
         "whogoes.yaml:2:14: host_names: is no host name: write it as clients do, without scheme "
         "and port, as in api.dev.test"},
        {"a form of its own", with_upstream + "forwarded: x-forward\n",
         "whogoes.yaml:2:12: forwarded: \"x-forward\" is not x-forwarded, forwarded, both or off; "
         "did "
         "you mean \"x-forwarded\"?"},
        {"no form", with_upstream + "forwarded:\n",
         "whogoes.yaml:2:1: forwarded: has no value: give it one, or leave the line out"},
        {"no network", with_upstream + "forwarded: {trust: [loopback, 10.0.0.0/40]}\n",
         "whogoes.yaml:2:31: forwarded.trust: is not loopback, unix, an address or a network, as "
         "in "
         "10.0.0.0/8"},
        {"a public URL without a scheme", with_upstream + "public_url: api.example\n",
         "whogoes.yaml:2:13: public_url: is no URL: write scheme and host as clients dial them, as "
         "in "
         "https://api.example.com"},
        {"a public URL with a path", with_upstream + "public_url: https://api.example/v1\n",
         "whogoes.yaml:2:13: public_url: has \"/v1\" behind the host: requests keep the client's "
         "own "
         "path, so write only scheme, host and port"},
        {"quiet scheme that browsers know", with_upstream + "challenge: {quiet_scheme: digest}\n",
         "whogoes.yaml:2:27: challenge.quiet_scheme: is a scheme that browsers or clients know: "
         "take a name that none does, as in xBasic"},
    });
}

TEST_CASE("a challenge is read at load, and a flaw in it has a column") {
    const Machine machine;
    const struct {
        const char* given;
        const char* offer;
        const char* place;
    } rows[] = {
        {"open quote", "'Bearer realm=\"api'", "whogoes.yaml:2:"},
        {"Digest", "Digest realm=\"api\"", "whogoes.yaml:2:"},
        {"Negotiate", "Negotiate", "whogoes.yaml:2:"},
        {"an error parameter", "Bearer realm=\"api\", error=\"invalid_token\"", "whogoes.yaml:2:"},
        {"the second of two", "[bearer, NTLM]", "whogoes.yaml:2:29: challenge.offer: "},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.given));
        machine.write("whogoes.yaml",
                      with_upstream + "challenge: {offer: " + std::string(row.offer) + "}\n");
        if (std::string(row.given) != "the second of two")
            machine.write("whogoes.yaml",
                          with_upstream + "challenge:\n  offer: " + std::string(row.offer) + "\n");
        const std::string said = machine.problems();
        CHECK(said.find("challenge.offer: ") != std::string::npos);
        const std::string place = row.place;
        if (std::string(row.given) == "the second of two")
            CHECK(said.starts_with(place));
        else
            CHECK(said.starts_with("whogoes.yaml:3:"));
    }
}

TEST_CASE("all problems are told at once, up to twenty") {
    const Machine machine;
    machine.write("whogoes.yaml", with_upstream + "lisen: 1\nworkers: x\nadmin: nowhere\n");
    CHECK(machine.problems() ==
          "whogoes.yaml:2:1: lisen: there is no such key; did you mean \"listen\"?\n"
          "whogoes.yaml:3:10: workers: \"x\" is no whole number\n"
          "whogoes.yaml:4:8: admin: \"nowhere\" has no port: write nowhere:8401");
    std::string many = with_upstream;
    for (int i = 0; i < 50; ++i) many += "key" + std::to_string(i) + ": 1\n";
    machine.write("whogoes.yaml", many);
    const std::string said = machine.problems();
    CHECK(std::count(said.begin(), said.end(), '\n') == 19);
}

TEST_CASE("a large file of nonsense is refused in no time") {
    const Machine machine;
    std::string large;
    for (int i = 0; large.size() < 1000000; ++i)
        large += "k" + std::to_string(i) + ": [1, {a: b}]\n";
    machine.write("whogoes.yaml", large);
    CHECK(machine.problems().starts_with("whogoes.yaml:1:1: k0: there is no such key"));
    machine.write("whogoes.yaml", std::string(100000, '['));
    CHECK(machine.problems().find("is not valid YAML") != std::string::npos);
}

TEST_CASE("no secret stands in a problem") {
    const Machine machine;
    machine.write("whogoes.yaml", "upstream: http://anna:hunter2@localhost:3000\n");
    CHECK(machine.problems() ==
          "whogoes.yaml:1:11: upstream: has a user name or a password in it: leave them out, the "
          "client's own credentials go through");
}

}  // namespace
}  // namespace whogoes::app
