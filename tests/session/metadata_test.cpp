#include "tests/support/rig.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <string>

// The preset mcp, the document that whogoes answers itself (RFC 9728), and login redirects.
namespace whogoes::support {
namespace {

const std::string servers = ",\"authorization_servers\":[\"https://id.example\"]";

settings::Route route(const std::string& method, const std::string& pattern,
                      std::shared_ptr<const std::string> metadata) {
    settings::Route made;
    made.match = {method, pattern};
    made.treatment.route = pattern;
    made.treatment.resource_metadata = std::move(metadata);
    return made;
}

RigOptions with_metadata() {
    RigOptions options;
    options.offers = {"mcp"};
    options.settings.treatment.resource_metadata = std::make_shared<const std::string>(servers);
    options.settings.answers_metadata = true;
    return options;
}

std::string resource_in(const Message& reply) {
    return text_at(boost::json::parse(reply.body).as_object(), "/resource");
}

TEST_CASE("the preset mcp names the metadata of the path on the origin that the client dialled") {
    Rig rig({.offers = {"mcp"}});
    const std::string here = rig.endpoint().text();
    const struct {
        std::string target, fields, url;
    } rows[] = {
        {"/mcp?x=1", "", "http://" + here + "/.well-known/oauth-protected-resource/mcp"},
        {"/", "", "http://" + here + "/.well-known/oauth-protected-resource"},
        {"/a%20b", "", "http://" + here + "/.well-known/oauth-protected-resource/a%20b"},
        {"/mcp", "X-Forwarded-Proto: https\r\n",
         "https://" + here + "/.well-known/oauth-protected-resource/mcp"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.target);
        rig.upstream.will_answer(answer(401));
        const std::string request =
            "GET " + row.target + " HTTP/1.1\r\nHost: " + here + "\r\n" + row.fields + "\r\n";
        CHECK(rig.ask(request).fields("WWW-Authenticate") ==
              std::vector<std::string>{"Bearer realm=\"api\", resource_metadata=\"" + row.url +
                                       "\""});
    }
}

TEST_CASE("a bare 403 for want of a scope leads to the metadata, and no other 403 does") {
    Rig rig({.offers = {"mcp"}});
    const std::string here = rig.endpoint().text();
    const std::string request =
        "GET /mcp HTTP/1.1\r\nHost: " + here + "\r\nAuthorization: Bearer abcdef0123456789\r\n\r\n";
    const std::string challenge =
        "Bearer realm=\"api\", error=\"insufficient_scope\", resource_metadata=\"http://" + here +
        "/.well-known/oauth-protected-resource/mcp\"";
    const struct {
        std::string body;
        std::vector<std::string> challenges;
    } rows[] = {{"{\"error\":\"insufficient_scope\"}", {challenge}}, {"{}", {}}};
    for (const auto& row : rows) {
        CAPTURE(row.body);
        rig.upstream.will_answer(
            "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n"
            "Content-Length: " +
            std::to_string(row.body.size()) + "\r\n\r\n" + row.body);
        const Message reply = rig.ask(request);
        CHECK(reply.fields("WWW-Authenticate") == row.challenges);
        CHECK(reply.body == row.body);
    }
}

TEST_CASE("a Host that is none of ours is not written into an answer") {
    const struct {
        std::vector<std::string> names;
        std::string host, value;
    } rows[] = {
        {{}, "evil.test:8401", "Bearer realm=\"api\""},
        {{"api.dev.test"},
         "evil.test:8401",
         "Bearer realm=\"api\", resource_metadata=\"http://api.dev.test:8401/.well-known/"
         "oauth-protected-resource/mcp\""},
        {{"api.dev.test"},
         "API.dev.test",
         "Bearer realm=\"api\", resource_metadata=\"http://API.dev.test/.well-known/"
         "oauth-protected-resource/mcp\""},
        {{},
         "sub.localhost:1",
         "Bearer realm=\"api\", resource_metadata=\"http://sub.localhost:1/.well-known/"
         "oauth-protected-resource/mcp\""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.host);
        RigOptions options;
        options.offers = {"mcp"};
        options.settings.host_names = row.names;
        Rig rig(options);
        rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
        const Message reply = rig.ask("GET /mcp HTTP/1.1\r\nHost: " + row.host + "\r\n\r\n");
        CHECK(reply.field("WWW-Authenticate") == row.value);
        // Told by a trusted peer it is a client's word all the same.
        const Message told = rig.get("/mcp", "X-Forwarded-Host: " + row.host + "\r\n");
        CHECK(told.field("WWW-Authenticate") == row.value);
    }
}

TEST_CASE("the metadata document is answered, and its resource is the URL that the client used") {
    Rig rig(with_metadata());
    const std::string origin = "http://" + rig.endpoint().text();
    const auto ask = [&](const std::string& method, const std::string& path) {
        return rig.connect().ask(method + " /.well-known/oauth-protected-resource" + path +
                                 " HTTP/1.1\r\nHost: " + rig.endpoint().text() + "\r\n\r\n");
    };
    const Message reply = ask("GET", "/mcp");
    CHECK(reply.status() == 200);
    CHECK(reply.field("Content-Type") == "application/json");
    CHECK(reply.field("Access-Control-Allow-Origin") == "*");
    CHECK(reply.body == "{\"resource\":\"" + origin + "/mcp\"" + servers + "}");
    CHECK(resource_in(ask("GET", "")) == origin);
    CHECK(resource_in(ask("GET", "/")) == origin);
    CHECK(resource_in(ask("GET", "/a/b?c=d")) == origin + "/a/b");
    CHECK(ask("HEAD", "/mcp").field("Content-Length") == reply.field("Content-Length"));
    CHECK(ask("OPTIONS", "/mcp").status() == 204);
    const Message refused = ask("DELETE", "/mcp");
    CHECK(refused.status() == 405);
    CHECK(refused.field("Allow") == "GET, HEAD, OPTIONS");
    CHECK(rig.upstream.requests().empty());
}

TEST_CASE("no other path is taken from the API, and none without the setting") {
    Rig rig(with_metadata());
    rig.upstream.always([](Talk& talk) { talk.answer(ok("api")); });
    for (const char* path :
         {"/.well-known/oauth-protected-resources", "/.well-known/oauth-authorization-server",
          "/x/.well-known/oauth-protected-resource"})
        CHECK(rig.get(path).body == "api");
    Rig plain({.offers = {"mcp"}});
    plain.upstream.always([](Talk& talk) { talk.answer(ok("api")); });
    CHECK(plain.get("/.well-known/oauth-protected-resource/mcp").body == "api");
}

TEST_CASE("a route has a document of its own, whatever method it is for") {
    RigOptions options;
    options.offers = {"mcp"};
    options.settings.answers_metadata = true;
    options.settings.routes = {
        route("", "/open/**", nullptr),
        route("POST", "/mcp", std::make_shared<const std::string>(",\"a\":1"))};
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(answer(404, "", "api")); });
    const std::string base = "/.well-known/oauth-protected-resource";
    const auto at = [&](const std::string& path) {
        return rig.ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").body;
    };
    CHECK(at(base + "/mcp") == "{\"resource\":\"http://localhost/mcp\",\"a\":1}");
    CHECK(at(base) == "{\"resource\":\"http://localhost\",\"a\":1}");
    CHECK(rig.get(base + "/open/x").body == "api");
    CHECK(rig.get(base + "/other").body == "api");
}

TEST_CASE("a document for a name that nobody configured is refused in words") {
    Rig rig(with_metadata());
    const Message reply =
        rig.ask("GET /.well-known/oauth-protected-resource HTTP/1.1\r\nHost: evil.test\r\n\r\n");
    CHECK(reply.status() == 421);
    CHECK(reply.body.find("host_names") != std::string::npos);
}

TEST_CASE("a login redirect becomes a 401 for who asked for JSON, where a route says so") {
    RigOptions options;
    options.offers = {"bearer"};
    options.settings.treatment.remedies.login_redirect_to_401 = true;
    Rig rig(options);
    const std::string redirect =
        answer(302, "Location: /login?next=/orders\r\nX-Api: 1\r\nDate: d\r\n", "<html>");
    const std::string json = "Accept: application/json\r\n";

    rig.upstream.will_answer(redirect);
    const Message reply = rig.get("/orders", json);
    CHECK(reply.whole() ==
          "HTTP/1.1 401 Unauthorized\r\nX-Api: 1\r\nDate: d\r\nContent-Length: 6\r\n"
          "WWW-Authenticate: Bearer realm=\"api\"\r\n\r\n<html>");
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/http/response/status_code") == "401");
    CHECK(text_at(event, "/upstream/status_code") == "302");
    CHECK(text_at(event, "/auth/rules").find("login-redirect-for-api") != std::string::npos);
    CHECK(text_at(event, "/auth/changes").find("became this 401") != std::string::npos);

    rig.upstream.will_answer(redirect);
    CHECK(rig.get("/orders").whole() == redirect);  // a browser's navigation
    const std::string elsewhere = answer(302, "Location: /v2/orders\r\nDate: d\r\n");
    rig.upstream.will_answer(elsewhere);
    CHECK(rig.get("/orders", json).whole() == elsewhere);
}

}  // namespace
}  // namespace whogoes::support
