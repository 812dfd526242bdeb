#include "refresh_rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

// A refused request, renewed and replayed once.
namespace whogoes::support {
namespace {

TEST_CASE("a refused request goes out once more with a fresh token") {
    RefreshRig refresh;
    const Message reply = refresh.rig().get("/orders?page=2", stale);
    CHECK(reply.status() == 200);
    CHECK(reply.body == "in ");
    // The second answer replaces the first whole.
    CHECK(reply.fields("Set-Cookie") == std::vector<std::string>{"second=1"});

    const std::vector<Message> sent = refresh.api().requests();
    REQUIRE(sent.size() == 2);
    CHECK(field_of(sent[0]) == "Bearer stale-1");
    CHECK(sent[1].fields("Authorization") == std::vector<std::string>{"Bearer fresh-1"});
    CHECK(sent[1].target() == "/orders?page=2");
    CHECK(refresh.api().connections() == 1);  // the first answer was read to its end

    const Message call = refresh.idp.request(0);
    CHECK(call.method() == "POST");
    CHECK(call.body == "grant_type=refresh_token&refresh_token=rt-0&client_id=dev");
    CHECK_FALSE(call.has("Authorization"));

    const boost::json::object renewal = refresh.call_event();
    CHECK(text_at(renewal, "/event") == "auth.refresh");
    CHECK(text_at(renewal, "/auth/refresh") == "renewed");
    const boost::json::object event = refresh.exchange_event();
    CHECK(text_at(event, "/http/response/status_code") == "200");
    CHECK(text_at(event, "/upstream/status_code") == "401");
    CHECK(text_at(event, "/auth/refresh") == "replayed");
    CHECK(text_at(event, "/auth/cause") == "opaque-token-rejected");
    CHECK(text_at(event, "/auth/token") == text_at(renewal, "/auth/token"));
    CHECK(text_at(event, "/auth/replaced_token") == text_at(renewal, "/auth/replaced_token"));
    CHECK(text_at(event, "/auth/token") != text_at(event, "/auth/replaced_token"));
    CHECK(text_at(event, "/auth/evidence").find("replay fixed it: it was authentication") !=
          std::string::npos);
    CHECK(text_at(event, "/level") == "info");
}

TEST_CASE("nothing is attached to a first attempt") {
    RefreshRig refresh;
    CHECK(refresh.rig().get("/", stale).status() == 200);
    CHECK(refresh.rig().get("/").status() == 401);
    CHECK(refresh.rig().get("/", stale).status() == 200);
    const std::vector<Message> sent = refresh.api().requests();
    REQUIRE(sent.size() == 5);
    CHECK_FALSE(sent[2].has("Authorization"));
    CHECK(field_of(sent[3]) == "Bearer stale-1");
}

TEST_CASE("only a request with exactly one Bearer credential of its own is replayed") {
    const struct {
        const char* given;
        std::string fields;
        const char* refresh;
    } rows[] = {
        {"none", "", "skipped:credential"},
        {"two", stale + stale, "skipped:credential"},
        {"Basic", "Authorization: Basic dTpw\r\n", "skipped:credential"},
        {"Digest", "Authorization: Digest username=\"u\", response=\"abc\"\r\n",
         "skipped:credential"},
        {"DPoP", "Authorization: DPoP stale-1\r\nDPoP: x.y.z\r\n", "skipped:credential"},
        {"Bearer with a DPoP proof", stale + "DPoP: x.y.z\r\n", "skipped:credential"},
        {"NTLM", "Authorization: NTLM TlRMTVNTUAAB\r\n", "skipped:credential"},
        {"Negotiate", "Authorization: Negotiate YII=\r\n", "skipped:credential"},
        {"an API key", "X-API-Key: k-1\r\n", "skipped:credential"},
        {"a placeholder", "Authorization: Bearer undefined\r\n", "skipped:cause"},
        {"a page of another site", stale + "Sec-Fetch-Site: cross-site\r\n", "skipped:cross-site"},
        {"an origin of another site", stale + "Origin: https://evil.example\r\n",
         "skipped:cross-site"},
        {"no origin at all", stale + "Origin: null\r\n", "skipped:cross-site"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RefreshRig refresh;
        CHECK(refresh.rig().get("/", row.fields).status() == 401);
        CHECK(refresh.api().requests().size() == 1);
        CHECK(refresh.calls == 0);
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == row.refresh);
    }
}

TEST_CASE("a development page of this machine is trusted, a rebound name is not") {
    RefreshRig refresh;
    CHECK(refresh.rig().get("/", stale + "Origin: http://localhost:5173\r\n").status() == 200);
    const std::string rebound = "GET / HTTP/1.1\r\nHost: evil.example:8401\r\n" + stale + "\r\n";
    CHECK(refresh.rig().ask(rebound).status() == 401);
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "replayed");
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:host");
}

TEST_CASE("a configured name is trusted as this proxy's own") {
    RefreshRig refresh([](RigOptions& options, settings::RefreshSettings&) {
        options.settings.host_names = {"api.internal"};
    });
    CHECK(refresh.rig()
              .ask("GET / HTTP/1.1\r\nHost: api.internal\r\nOrigin: http://api.internal\r\n" +
                   stale + "\r\n")
              .status() == 200);
}

TEST_CASE("other refusals, and other causes, pass at once") {
    const struct {
        const char* given;
        std::string answer;
        const char* refresh;
    } rows[] = {
        {"403", answer(403, "", "no"), "off"},
        {"429", answer(429, "", "no"), "off"},
        {"scope", answer(401, "WWW-Authenticate: Bearer error=\"insufficient_scope\"\r\n", "no"),
         "skipped:cause"},
        {"step-up",
         answer(401, "WWW-Authenticate: Bearer error=\"insufficient_user_authentication\"\r\n",
                "no"),
         "skipped:cause"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RefreshRig refresh;
        refresh.api().will_answer(row.answer);
        CHECK(refresh.rig().get("/", stale).body == "no");
        CHECK(refresh.calls == 0);
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == row.refresh);
    }
}

TEST_CASE("methods: safe ones and those that may be repeated, others with a key or a setting") {
    const struct {
        const char* method;
        const char* fields;
        bool unsafe;
        int attempts;
    } rows[] = {
        {"GET", "", false, 2},     {"HEAD", "", false, 2},
        {"OPTIONS", "", false, 2}, {"PUT", "", false, 2},
        {"DELETE", "", false, 2},  {"POST", "", false, 1},
        {"PATCH", "", false, 1},   {"POST", "Idempotency-Key: \"a1\"\r\n", false, 2},
        {"POST", "", true, 2},     {"PATCH", "", true, 2},
        {"REPORT", "", false, 1},
    };
    for (const auto& row : rows) {
        CAPTURE(row.method);
        CAPTURE(row.fields);
        CAPTURE(row.unsafe);
        RefreshRig refresh([&](RigOptions& options, settings::RefreshSettings&) {
            options.settings.treatment.remedies.unsafe_methods = row.unsafe;
        });
        Client client = refresh.rig().connect();
        client.send(std::string(row.method) + " / HTTP/1.1\r\nHost: localhost\r\n" + stale +
                    row.fields + "\r\n");
        CHECK(client.reply(row.method).status() == (row.attempts == 2 ? 200 : 401));
        CHECK(refresh.api().requests().size() == static_cast<std::size_t>(row.attempts));
        if (row.attempts == 1)
            CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:method");
    }
}

TEST_CASE("many refusals at once: one call, and each request is replayed once") {
    constexpr std::size_t many = 24;
    RefreshRig refresh(
        [](RigOptions& options, settings::RefreshSettings&) { options.workers = 2; });
    std::mutex mutex;
    std::condition_variable all_here;
    std::size_t here = 0;
    // Every first attempt has come before one of them is refused.
    refresh.api().always([&](Talk& talk) {
        talk.read_body();
        if (talk.request.field("Authorization").starts_with("Bearer fresh"))
            return talk.send(ok("in"));
        std::unique_lock lock(mutex);
        ++here;
        all_here.notify_all();
        all_here.wait_for(lock, patience, [&] { return here == many; });
        talk.send(answer(401, "", "no"));
    });
    std::vector<Client> clients;
    for (std::size_t i = 0; i < many; ++i) clients.push_back(refresh.rig().connect());
    for (std::size_t i = 0; i < many; ++i)
        clients[i].send(get("/" + std::to_string(i),
                            "Authorization: Bearer stale-" + std::to_string(i) + "\r\n"));
    for (Client& client : clients) CHECK(client.reply().body == "in");
    CHECK(refresh.calls == 1);
    CHECK(refresh.api().requests().size() == 2 * many);
    std::size_t replayed = 0, joined = 0;
    for (std::size_t i = 0; i < many; ++i) {
        const std::string how = text_at(refresh.exchange_event(), "/auth/refresh");
        replayed += how == "replayed";
        joined += how == "joined";
    }
    CHECK(replayed == 1);
    CHECK(joined == many - 1);
}

TEST_CASE("a late refusal takes the newer token, without a call") {
    RefreshRig refresh;
    CHECK(refresh.rig().get("/", stale).status() == 200);
    CHECK(refresh.rig().get("/", "Authorization: Bearer stale-2\r\n").status() == 200);
    CHECK(refresh.calls == 1);
    refresh.exchange_event();
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "joined");
}

TEST_CASE("what was rotated is what is sent next, across a reload too") {
    RefreshRig refresh;
    CHECK(refresh.rig().get("/", stale).status() == 200);
    refresh.rig().reload([](settings::Settings& settings) { settings.trace_create = true; });
    // The API refuses the fresh token: the next one is asked for with what came with it.
    CHECK(refresh.rig().get("/", "Authorization: Bearer fresh-1\r\n").status() == 200);
    refresh.takes_fresh = false;
    refresh.api().will([&](Talk& talk) {
        talk.answer(answer(401, "", "no"));
        refresh.takes_fresh = true;
    });
    CHECK(refresh.rig().get("/", "Authorization: Bearer fresh-1\r\n").status() == 200);
    CHECK(refresh.idp.request(1).body ==
          "grant_type=refresh_token&refresh_token=rt-1&client_id=dev");
}

TEST_CASE("a rotated token is in its file before the replay goes out") {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("whogoes-rotated-" + std::to_string(::getpid())))
            .string();
    std::ofstream(path) << "rt-0\n";
    RefreshRig refresh([&](RigOptions&, settings::RefreshSettings& block) {
        block.token_source = "${file:x}";
        block.token_file = path;
    });
    std::string stored;
    refresh.api().will_answer(answer(401));
    refresh.api().will([&](Talk& talk) {
        std::ifstream file(path);
        stored.assign(std::istreambuf_iterator<char>(file), {});
        talk.answer(ok());
    });
    CHECK(refresh.rig().get("/", stale).status() == 200);
    CHECK(stored == "rt-1\n");
    std::filesystem::remove(path);
}

TEST_CASE("a file that cannot be written costs a warning, not the replay") {
    RefreshRig refresh([](RigOptions&, settings::RefreshSettings& block) {
        block.token_file = "/nowhere/at/all/token";
    });
    CHECK(refresh.rig().get("/", stale).status() == 200);
    const boost::json::object warning = refresh.call_event();
    CHECK(text_at(warning, "/level") == "warn");
    CHECK(text_at(warning, "/msg").find("could not be stored") != std::string::npos);
}

TEST_CASE("a refused call ends the session: the first answer, no replay, and no further call") {
    const struct {
        const char* given;
        std::string answer;
        const char* cause;
        const char* then;
    } rows[] = {
        {"spent", answer(400, json_type, "{\"error\":\"invalid_grant\"}"), "refresh-failed",
         "skipped:session-over"},
        {"401", answer(401, "", ""), "refresh-failed", "skipped:session-over"},
        {"client", answer(401, json_type, "{\"error\":\"invalid_client\"}"),
         "refresh-client-rejected", "skipped:client-rejected"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RefreshRig refresh;
        refresh.idp.always([&](Talk& talk) { talk.answer(row.answer); });
        const Message reply = refresh.rig().get("/", stale);
        CHECK(reply.status() == 401);
        CHECK(reply.body == "{\"message\":\"no\"}");
        CHECK(reply.fields("Set-Cookie") == std::vector<std::string>{"first=1"});
        CHECK(refresh.rig().get("/", stale).status() == 401);
        CHECK(refresh.idp.requests().size() == 1);
        CHECK(refresh.api().requests().size() == 2);
        const boost::json::object renewal = refresh.call_event();
        CHECK(text_at(renewal, "/event") == "auth.refresh");
        CHECK(text_at(renewal, "/auth/cause") == row.cause);
        const boost::json::object event = refresh.exchange_event();
        CHECK(text_at(event, "/auth/cause") == row.cause);
        CHECK(text_at(event, "/auth/also") == "[\"opaque-token-rejected\"]");
        CHECK(text_at(event, "/auth/refresh") == "failed");
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == row.then);
    }
}

TEST_CASE("a token endpoint in trouble is left alone for a while") {
    const struct {
        const char* given;
        Step step;
    } rows[] = {
        {"503", [](Talk& talk) { talk.answer(answer(503, "Retry-After: 60\r\n")); }},
        {"429", [](Talk& talk) { talk.answer(answer(429, "Retry-After: 60\r\n")); }},
        {"no JSON", [](Talk& talk) { talk.answer(ok("<html>")); }},
        {"a redirect",
         [](Talk& talk) { talk.answer(answer(302, "Location: http://127.0.0.1:1/\r\n")); }},
        {"broken off",
         [](Talk& talk) {
             talk.read_body();
             talk.wire.close();
         }},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RefreshRig refresh;
        refresh.idp.always(row.step);
        CHECK(refresh.rig().get("/", stale).body == "{\"message\":\"no\"}");
        CHECK(refresh.rig().get("/", stale).status() == 401);
        CHECK(refresh.idp.requests().size() == 1);
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "failed");
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:backing-off");
    }
}

TEST_CASE("who waits too long gets the first answer") {
    RefreshRig refresh([](RigOptions&, settings::RefreshSettings& block) {
        block.timeout = std::chrono::milliseconds(50);
    });
    Gate over;
    refresh.idp.always([&](Talk& talk) {
        talk.read_body();
        over.wait();
    });
    Client first = refresh.rig().connect(), second = refresh.rig().connect();
    first.send(get("/1", stale));
    second.send(get("/2", stale));
    CHECK(first.reply().body == "{\"message\":\"no\"}");
    CHECK(second.reply().status() == 401);
    over.open();
    refresh.idp.forgive("");
    CHECK(text_at(refresh.exchange_event(), "/auth/evidence").find("did not answer within 50 ms") !=
          std::string::npos);
}

TEST_CASE("a fresh token that is refused too: the second answer, and no further try") {
    RefreshRig refresh;
    refresh.takes_fresh = false;
    refresh.api().will_answer(answer(401, "Set-Cookie: first=1\r\n", "first"));
    refresh.api().will_answer(answer(401, "X-Second: 1\r\n", "second"));
    const Message reply = refresh.rig().get("/", stale);
    CHECK(reply.body == "second");
    CHECK(reply.has("X-Second"));
    CHECK_FALSE(reply.has("Set-Cookie"));
    CHECK(refresh.api().requests().size() == 2);
    CHECK(refresh.calls == 1);
    const boost::json::object event = refresh.exchange_event();
    CHECK(text_at(event, "/auth/cause") == "replay-still-unauthorized");
    CHECK(text_at(event, "/auth/refresh") == "replayed");
    CHECK(text_at(event, "/auth/facts/fp_old") == text_at(event, "/auth/token"));
    CHECK(text_at(event, "/level") == "warn");
}

TEST_CASE("three fresh tokens in a row that are refused stop everything for a while") {
    RefreshRig refresh;
    refresh.takes_fresh = false;
    for (int i = 0; i < 5; ++i) CHECK(refresh.rig().get("/", stale).status() == 401);
    CHECK(refresh.calls == 3);
    CHECK(refresh.api().requests().size() == 8);
    std::string last;
    for (int i = 0; i < 5; ++i) last = text_at(refresh.exchange_event(), "/auth/refresh");
    CHECK(last == "skipped:new-tokens-refused");
}

TEST_CASE("fresh token, still 403: it is permission") {
    RefreshRig refresh;
    refresh.api().will_answer(answer(401, "", "first"));
    refresh.api().will_answer(answer(403, "", "second"));
    CHECK(refresh.rig().get("/", stale).body == "second");
    const boost::json::object event = refresh.exchange_event();
    CHECK(text_at(event, "/http/response/status_code") == "403");
    CHECK(text_at(event, "/auth/refresh") == "replayed");
    CHECK(text_at(event, "/auth/evidence").find("fresh token, still 403: it is permission") !=
          std::string::npos);
}

TEST_CASE("a second 401 without a challenge gets one, a success none") {
    RefreshRig refresh([](RigOptions& options, settings::RefreshSettings&) {
        options.offers = {"Bearer realm=\"api\""};
    });
    CHECK_FALSE(refresh.rig().get("/", stale).has("WWW-Authenticate"));
    refresh.takes_fresh = false;
    CHECK(refresh.rig().get("/", stale).field("WWW-Authenticate") ==
          "Bearer realm=\"api\", error=\"invalid_token\"");
}

TEST_CASE("a replay that fails on the network leaves the first answer, whole") {
    const struct {
        const char* given;
        std::string first;
        std::string body;
    } rows[] = {
        {"with a length", answer(401, "X-First: 1\r\n", "the first"), "the first"},
        {"in chunks",
         "HTTP/1.1 401 No\r\nX-First: 1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("the ") +
             chunk("first") + chunk(""),
         "the first"},
        {"empty", answer(401, "X-First: 1\r\n"), ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RefreshRig refresh;
        refresh.api().will_answer(row.first);
        refresh.api().will([](Talk& talk) {
            talk.read_body();
            talk.wire.reset();
        });
        refresh.api().will([](Talk& talk) {  // where the pooled connection had died
            talk.read_body();
            talk.wire.reset();
        });
        Client client = refresh.rig().connect();
        const Message reply = client.ask(get("/", stale));
        CHECK(reply.status() == 401);
        CHECK(reply.field("X-First") == "1");
        CHECK(reply.body == row.body);
        const boost::json::object event = refresh.exchange_event();
        CHECK(text_at(event, "/auth/refresh") == "failed");
        CHECK(text_at(event, "/auth/evidence").find("brought no answer") != std::string::npos);
        CHECK(client.ask(get("/", stale)).status() == 200);  // and the connection is good
    }
}

TEST_CASE("a first answer that ends with its connection is delivered too") {
    RefreshRig refresh;
    refresh.idp.always([](Talk& talk) { talk.answer(answer(503)); });
    refresh.api().will_answer_and_close("HTTP/1.1 401 No\r\n\r\nuntil the end");
    Client client = refresh.rig().connect();
    CHECK(client.ask(get("/", stale)).body == "until the end");
    CHECK(client.ending() == End::closed);
}

TEST_CASE("a first answer that is too large to be put aside passes as it comes") {
    RefreshRig refresh;
    const std::string large(300 * 1024, 'x');
    SUBCASE("with a length") { refresh.api().will_answer(answer(401, "", large)); }
    SUBCASE("in chunks") {
        refresh.api().will_answer("HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                  chunk(large) + chunk(""));
    }
    CHECK(refresh.rig().get("/", stale).body == large);
    CHECK(refresh.calls == 0);
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:answer");
}

TEST_CASE("another user's token is not lent") {
    const auto jwt = [](const char* payload) {
        return std::string("eyJhbGciOiJIUzI1NiJ9.") + payload +
               ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    };
    // {"iss":"https://id.example","sub":"alice"} and bob
    const std::string alice = jwt("eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJhbGljZSJ9");
    const std::string bob = jwt("eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiJib2IifQ");
    RefreshRig refresh;
    refresh.idp.always([&](Talk& talk) {
        talk.answer(ok("{\"access_token\":\"" + alice + "\",\"expires_in\":300}", json_type));
    });
    refresh.api().always([&](Talk& talk) { talk.answer(answer(401, "", "no")); });
    const auto bearer = [](const std::string& token) {
        return "Authorization: Bearer " + token + "\r\n";
    };
    CHECK(refresh.rig().get("/", bearer(bob)).status() == 401);
    CHECK(refresh.rig().get("/", bearer(bob)).status() == 401);
    CHECK(refresh.api().requests().size() == 2);
    CHECK(refresh.idp.requests().size() == 1);
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:other-identity");
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:other-identity");
    // Whose it is, or who is not known, may.
    CHECK(refresh.rig().get("/", stale).status() == 401);
    CHECK(refresh.api().requests().size() == 4);
}

TEST_CASE("the refused token is never sent again") {
    RefreshRig refresh;
    refresh.idp.always([](Talk& talk) {
        talk.answer(ok("{\"access_token\":\"stale-1\",\"expires_in\":300}", json_type));
    });
    CHECK(refresh.rig().get("/", stale).status() == 401);
    CHECK(refresh.api().requests().size() == 1);
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:same-token");
}

TEST_CASE("client_credentials, with the secret in the field or in the form") {
    for (const bool post : {false, true}) {
        CAPTURE(post);
        RefreshRig refresh([&](RigOptions&, settings::RefreshSettings& block) {
            block.grant = settings::Grant::client_credentials;
            block.refresh_token = net::Secret();
            block.client_secret = net::Secret("secret");
            if (post) block.authentication = settings::ClientAuthentication::post;
        });
        CHECK(refresh.rig().get("/", stale).status() == 200);
        const Message call = refresh.idp.request(0);
        CHECK(call.body == (post ? "grant_type=client_credentials&client_id=dev&client_secret="
                                   "secret"
                                 : "grant_type=client_credentials"));
        CHECK(call.field("Authorization") == (post ? "" : "Basic ZGV2OnNlY3JldA=="));
    }
}

TEST_CASE("a client that leaves while it waits is let go, and the others are served") {
    RefreshRig refresh;
    Gate asked, go;
    refresh.idp.will([&](Talk& talk) {
        talk.read_body();
        asked.open();
        go.wait();
        talk.send(token_answer(++refresh.calls));
    });
    Client leaving = refresh.rig().connect(), staying = refresh.rig().connect();
    leaving.send(get("/leaving", stale));
    asked.wait();
    leaving.wire.close();
    staying.send(get("/staying", stale));
    refresh.rig().settle();
    go.open();
    CHECK(staying.reply().status() == 200);
    CHECK(refresh.calls == 1);
    for (const Message& request : refresh.api().requests())
        if (request.target() == "/leaving") CHECK(field_of(request) == "Bearer stale-1");
}

TEST_CASE("no token of anybody's is in the log") {
    RefreshRig refresh;
    CHECK(refresh.rig().get("/", stale).status() == 200);
    refresh.takes_fresh = false;
    refresh.api().will_answer(answer(401, "", "{\"error\":\"refused stale-1\"}"));
    refresh.api().will_answer(
        answer(401, "WWW-Authenticate: Bearer error_description=\"refused fresh-1\"\r\n",
               "{\"error\":\"refused fresh-1 and stale-1\"}"));
    CHECK(refresh.rig().get("/", stale).status() == 401);
    refresh.idp.always([](Talk& talk) {
        talk.answer(
            answer(400, json_type,
                   "{\"error\":\"invalid_grant\",\"error_description\":\"rt-1 is spent\"}"));
    });
    CHECK(refresh.rig().get("/", "Authorization: Bearer fresh-1\r\n").status() == 401);
    refresh.rig().stop();
    const std::string log = refresh.rig().log_text();
    for (const char* secret : {"stale-1", "fresh-1", "rt-0", "rt-1"}) {
        CAPTURE(secret);
        CHECK(log.find(secret) == std::string::npos);
    }
    CHECK(log.find("refresh-failed") != std::string::npos);
}

}  // namespace
}  // namespace whogoes::support
