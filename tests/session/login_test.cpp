#include "refresh_rig.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <zlib.h>

// A session that is over, and a login that passes.
namespace whogoes::support {
namespace {

const std::string tokens =
    "{\"access_token\":\"fresh-login\",\"token_type\":\"Bearer\",\"refresh_token\":\"rt-login\"}";

std::string gzipped(const std::string& text) {
    z_stream z{};
    REQUIRE(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(text.size() + 64, '\0');
    std::string in = text;
    z.next_in = reinterpret_cast<Bytef*>(in.data());
    z.avail_in = static_cast<uInt>(in.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

std::string chunked(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(body.substr(0, 20)) +
           chunk(body.substr(20)) + chunk("");
}

void with_login(RigOptions& options, settings::RefreshSettings& block) {
    block.login_paths = {"/login", "/auth/**"};
    options.settings.sees_logins = true;
}

// The token endpoint takes the login's refresh token alone.
void serve_idp(RefreshRig& refresh) {
    refresh.idp.always([&refresh](Talk& talk) {
        ++refresh.calls;
        talk.read_body();
        const bool known = talk.request.body.find("refresh_token=rt-login") != std::string::npos;
        talk.send(known ? token_answer(refresh.calls)
                        : answer(400, json_type, "{\"error\":\"invalid_grant\"}"));
    });
}

TEST_CASE("a login revives a session that is over") {
    const struct {
        const char* given;
        std::string path, login;
        bool revives;
    } rows[] = {
        {"as JSON", "/login", ok(tokens, json_type), true},
        {"201, at a pattern", "/auth/v1/token", answer(201, json_type, tokens), true},
        {"in chunks", "/login", chunked(tokens), true},
        {"packed", "/login", ok(gzipped(tokens), "Content-Encoding: gzip\r\n"), true},
        {"at another path", "/orders", ok(tokens, json_type), false},
        {"refused", "/login", answer(403, json_type, tokens), false},
        {"without a refresh token", "/login", ok("{\"access_token\":\"fresh-2\"}"), false},
        {"without an access token", "/login", ok("{\"refresh_token\":\"rt-login\"}"), false},
        {"a page", "/login", ok("<html>welcome</html>"), false},
        {"not a token", "/login",
         ok("{\"access_token\":\"a b\",\"refresh_token\":\"rt\\r\\nX: y\"}"), false},
        {"too large", "/login", ok(tokens + std::string(70000, ' ')), false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RefreshRig refresh(with_login);
        serve_idp(refresh);
        CHECK(refresh.rig().get("/", stale).status() == 401);
        CHECK(refresh.rig().get("/", stale).status() == 401);
        CHECK(refresh.calls == 1);
        refresh.api().will_answer(row.login);
        CHECK(refresh.rig().ask(post(row.path, "{}")).status() != 401);
        CHECK(refresh.rig().get("/", stale).status() == (row.revives ? 200 : 401));
        // The login's own token first, without a call; its refresh token after that.
        CHECK(refresh.calls == 1);
        if (!row.revives) continue;
        CHECK(field_of(refresh.api().requests().back()) == "Bearer fresh-login");
        CHECK(refresh.rig().get("/", "Authorization: Bearer fresh-gone\r\n").status() == 200);
    }
}

TEST_CASE("the refresh token of a login is used and stored as a rotated one is") {
    const std::string file =
        (std::filesystem::temp_directory_path() / "whogoes-login-test-token").string();
    std::ofstream(file) << "rt-0\n";
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    RefreshRig refresh([&](RigOptions& options, settings::RefreshSettings& block) {
        with_login(options, block);
        block.token_file = file;
    });
    serve_idp(refresh);
    CHECK(refresh.rig().get("/", stale).status() == 401);
    refresh.api().will_answer(ok(tokens, json_type));
    refresh.rig().ask(post("/login", "{}"));
    refresh.api().will_answer(answer(401));
    refresh.api().will_answer(answer(401));  // the login's own token is refused, too
    CHECK(refresh.rig().get("/", stale).status() == 401);
    std::string stored;
    std::getline(std::ifstream(file) >> std::ws, stored);
    CHECK(stored == "rt-login");
    CHECK(refresh.rig().get("/", stale).status() == 200);
    CHECK(refresh.idp.requests().back().body ==
          "grant_type=refresh_token&refresh_token=rt-login&client_id=dev");
    std::filesystem::remove(file);
}

TEST_CASE("a session that goes on takes nothing from a login") {
    RefreshRig refresh(with_login);
    CHECK(refresh.rig().get("/", stale).status() == 200);
    refresh.api().will_answer(ok(tokens, json_type));
    CHECK(refresh.rig().ask(post("/login", "{}")).body == tokens);
    CHECK(refresh.rig().get("/", stale).status() == 200);
    CHECK(field_of(refresh.api().requests().back()) == "Bearer fresh-1");
}

TEST_CASE("a foreign page plants no session, whatever it leaves out") {
    const struct {
        const char* given;
        std::string fields;
        bool taken;
    } rows[] = {
        {"no browser", "", true},
        {"a page of this machine", "Origin: http://localhost:5173\r\n", true},
        {"a page of this machine on another site",
         "Origin: http://localhost:5173\r\nSec-Fetch-Site: cross-site\r\n", false},
        {"a configured name", "Origin: https://client.example\r\n", true},
        {"a foreign page", "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n", false},
        {"a foreign page in an old browser", "Origin: https://evil.example\r\n", false},
        {"a foreign page that says otherwise",
         "Origin: https://evil.example\r\nSec-Fetch-Site: same-origin\r\n", false},
        {"an address", "Origin: http://203.0.113.9\r\n", false},
        {"a private address", "Origin: http://192.168.1.9:8080\r\n", false},
        {"a sandbox", "Origin: null\r\n", false},
        {"no origin, but the browser's word", "Sec-Fetch-Site: cross-site\r\n", false},
        {"two origins", "Origin: http://localhost\r\nOrigin: https://evil.example\r\n", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RefreshRig refresh(with_login);
        serve_idp(refresh);
        CHECK(refresh.rig().get("/", stale).status() == 401);
        refresh.api().will_answer(ok(tokens, json_type));
        CHECK(refresh.rig().ask(post("/login", "{}", row.fields)).status() == 200);
        CHECK(refresh.rig().get("/", stale).status() == (row.taken ? 200 : 401));
    }
}

TEST_CASE("a name that was pointed here plants no session") {
    RefreshRig refresh(with_login);
    serve_idp(refresh);
    CHECK(refresh.rig().get("/", stale).status() == 401);
    refresh.api().will_answer(ok(tokens, json_type));
    refresh.rig().ask("POST /login HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}");
    CHECK(refresh.rig().get("/", stale).status() == 401);
}

}  // namespace
}  // namespace whogoes::support
