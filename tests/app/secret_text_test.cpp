#include "proxy/app/secret_text.hpp"

#include "surroundings.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::app {
namespace {

TEST_CASE("a secret is its text, a variable or a file, less one line end") {
    Machine machine;
    machine.here.environment = {{"SECRET", "from-variable"}, {"NONE", ""}};
    machine.write("conf/secret", "from-file\n");
    machine.write("conf/windows", "from-file\r\n");
    machine.write("conf/two", "from-file\n\n");
    machine.write("conf/empty", "\n");
    machine.write("conf/large", std::string(70000, 'x'));
    const struct {
        const char* text;
        const char* secret;  // empty: refused
    } rows[] = {
        {"plain", "plain"},
        {"${env:SECRET}", "from-variable"},
        {"${file:secret}", "from-file"},
        {"${file:windows}", "from-file"},
        {"${file:two}", "from-file\n"},
        {"${env:MISSING}", ""},
        {"${env:NONE}", ""},
        {"${env:SECRET", ""},
        {"${file:missing}", ""},
        {"${file:empty}", ""},
        {"${file:large}", ""},
        {"${other:x}", "${other:x}"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.text));
        const auto secret = reveal_secret(row.text, machine.here, "conf");
        CHECK((secret.has_value() ? *secret : std::string()) == row.secret);
        if (!secret.has_value()) CHECK(secret.error().find("from-") == std::string::npos);
    }
}

}  // namespace
}  // namespace whogoes::app
