#include "refresh_rig.hpp"

#include <doctest/doctest.h>

#include <string>

// What a hostile page can have of this proxy: no token, no preflight, no word of the cause. How the
// sessions that it might plant are kept out stands in login_test.
namespace whogoes::support {
namespace {

TEST_CASE("a page gets a token by where it is from, and not by what is left out") {
    const struct {
        std::string given, fields;
        int status;
    } rows[] = {
        {"loopback", "Origin: http://127.0.0.1:3000\r\n", 200},
        {"loopback, IPv6", "Origin: http://[::1]:3000\r\n", 200},
        {"a name below localhost", "Origin: https://app.localhost\r\n", 200},
        {"a configured name", "Origin: http://CLIENT.example:81\r\n", 200},
        {"this machine on another site",
         "Origin: http://localhost:5173\r\nSec-Fetch-Site: cross-site\r\n", 401},
        {"the browser's good word", "Sec-Fetch-Site: same-origin\r\n", 200},
        {"a foreign name", "Origin: https://evil.example\r\n", 401},
        {"an address", "Origin: http://203.0.113.9:8401\r\n", 401},
        {"an IPv6 address", "Origin: http://[2001:db8::1]\r\n", 401},
        {"a private address", "Origin: http://10.0.0.9\r\n", 401},
        {"an address in another guise", "Origin: http://[::ffff:203.0.113.9]\r\n", 401},
        {"a sandbox", "Origin: null\r\n", 401},
        {"nothing in it", "Origin:\r\n", 401},
        {"user information", "Origin: http://localhost:1@evil.example\r\n", 401},
        {"a path", "Origin: http://localhost/evil.example\r\n", 401},
        {"a longer name", "Origin: http://localhost.evil.example\r\n", 401},
        {"two", "Origin: http://localhost\r\nOrigin: https://evil.example\r\n", 401},
        {"the browser's bad word alone", "Sec-Fetch-Site: cross-site\r\n", 401},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RefreshRig refresh;
        CHECK(refresh.rig().get("/", stale + row.fields).status() == row.status);
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") ==
              (row.status == 200 ? "replayed" : "skipped:cross-site"));
    }
}

RigOptions dev() {
    RigOptions options;
    options.settings.dev = true;
    options.settings.host_names = {"app.example", "192.0.2.7"};
    return options;
}

TEST_CASE("under --dev a page of elsewhere is told nothing, whatever its browser leaves out") {
    const struct {
        std::string given, origin;
        bool near;
    } rows[] = {
        {"localhost", "http://localhost:5173", true},
        {"loopback", "http://127.0.0.2", true},
        {"a configured name", "https://app.example:8443", true},
        {"a configured address", "http://192.0.2.7:5173", true},
        {"a foreign name", "https://evil.example", false},
        {"an address", "http://203.0.113.9", false},
        {"a private address", "http://192.168.1.5:5173", false},
        {"a sandbox", "null", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig(dev());
        rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
        const std::string start = "Host: localhost\r\nOrigin: " + row.origin + "\r\n";
        const Message preflight = rig.ask("OPTIONS / HTTP/1.1\r\n" + start +
                                          "Access-Control-Request-Method: PUT\r\n\r\n");
        CHECK(preflight.status() == (row.near ? 204 : 401));
        CHECK(preflight.has("Access-Control-Allow-Origin") == row.near);
        const Message refusal = rig.ask("GET / HTTP/1.1\r\n" + start + "\r\n");
        CHECK(refusal.has("Access-Control-Allow-Origin") == row.near);
        CHECK(refusal.has("Timing-Allow-Origin") == row.near);
    }
}

TEST_CASE("a page of elsewhere that sends no Origin does not read the cause either") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
    const Message reply = rig.get("/");  // an image, a script: its page may be anywhere
    CHECK(reply.has("Server-Timing"));
    CHECK_FALSE(reply.has("Timing-Allow-Origin"));
}

}  // namespace
}  // namespace whogoes::support
