#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <zlib.h>

// What the log says of an exchange: one record, with what the body told, and nothing secret.
namespace whogoes::support {
namespace {

std::string gzipped(const std::string& text) {
    std::string out(text.size() + 100, '\0');
    z_stream stream{};
    deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

const std::string told =
    "{\"error\":\"invalid_token\",\"error_description\":\"The token expired\"}";

std::string cause_of(const std::string& bytes) {
    Rig rig;
    rig.upstream.will_answer_and_close(bytes);
    Client client = rig.connect();
    client.ask(get("/v1/orders", "Authorization: Bearer notarealtokenatall\r\n"));
    const boost::json::object event = rig.next_event();
    CHECK(rig.stop().empty());
    return text_at(event, "/auth/cause");
}

TEST_CASE("what the body tells completes the record, however the body is framed or coded") {
    const std::string json = "Content-Type: application/json\r\n";
    const std::string silent = cause_of(answer(401, json, "{}"));
    const std::string by_length = cause_of(answer(401, json, told));
    CHECK(by_length != silent);

    const std::string head = "HTTP/1.1 401 Unauthorized\r\n" + json;
    const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n";
    CHECK(cause_of(head + chunked + chunk(told.substr(0, 9)) + chunk(told.substr(9)) + chunk("")) ==
          by_length);
    CHECK(cause_of(head + "\r\n" + told) == by_length);
    CHECK(cause_of(answer(401, json + "Content-Encoding: gzip\r\n", gzipped(told))) == by_length);
    CHECK(cause_of(head + "Content-Encoding: gzip\r\n" + chunked + chunk(gzipped(told)) +
                   chunk("")) == by_length);
    CHECK(cause_of(answer(401, json, told + std::string(300000, ' '))) == by_length);
}

TEST_CASE("a body in a coding that we do not undo, or an endless one, is no evidence") {
    const std::string json = "Content-Type: application/json\r\n";
    const std::string silent = cause_of(answer(401, json, "{}"));
    CHECK(cause_of(answer(401, json + "Content-Encoding: br\r\n", told)) == silent);
    CHECK(cause_of(answer(401, json + "Content-Encoding: gzip\r\n", "no gzip at all")) == silent);
    CHECK(cause_of(answer(401, "Content-Type: text/event-stream\r\n", told)) == silent);
    CHECK(cause_of(answer(401, "Content-Type: Text/Event-Stream; charset=utf-8\r\n", told)) ==
          silent);
}

TEST_CASE("a refusal that streams for ever reaches the client; its record comes with its end") {
    Rig rig;
    Gate seen;
    rig.upstream.will([&](Talk& talk) {
        talk.answer(
            "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
        seen.wait();
        talk.wire.close();
    });
    Client client = rig.connect();
    client.send(get("/events"));
    CHECK(read_head(client.wire).status() == 401);
    CHECK(client.wire.read_through("\n\n") == "data: 1\n\n");
    seen.open();
    CHECK(text_at(rig.next_event(), "/auth/cause") == "no-credentials");
}

TEST_CASE("a record has what is needed to find and to understand the exchange") {
    Rig rig({.offers = {"Bearer realm=\"api\""}});
    rig.upstream.will_answer(answer(401));
    rig.ask(post("/v1/orders?page=2", "{}", "User-Agent: test/1\r\n"));
    const boost::json::object event = rig.next_event();
    const struct {
        const char* pointer;
        std::string text;
    } rows[] = {
        {"/time", "2026-11-23T12:51:24.000Z"},
        {"/schema", "whogoes/1"},
        {"/event", "auth.failure"},
        {"/http/request/method", "POST"},
        {"/http/response/status_code", "401"},
        {"/url/path", "/v1/orders"},
        {"/url/query", "page=2"},
        {"/client/address", "127.0.0.1"},
        {"/upstream/address", rig.origin().substr(std::string("http://").size())},
        {"/upstream/status_code", "401"},
        {"/user_agent/original", "test/1"},
        {"/auth/cause", "no-credentials"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.pointer);
        CHECK(text_at(event, row.pointer) == row.text);
    }
    CHECK(text_at(event, "/id").size() == 12);
    CHECK(rig.stop().empty());
}

TEST_CASE("access: failures, all or none decides what is recorded") {
    using settings::AccessLog;
    const struct {
        std::string given;
        AccessLog access;
        std::size_t records;
    } rows[] = {{"failures", AccessLog::failures, 1},
                {"all", AccessLog::all, 3},
                {"none", AccessLog::none, 0}};
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RigOptions options;
        options.settings.log.access = row.access;
        Rig rig(options);
        rig.upstream.will_answer(ok("fine"));
        rig.upstream.will_answer(answer(401, "WWW-Authenticate: Bearer\r\n"));
        rig.upstream.will_answer(ok("fine", "Date: d\r\n"));
        Client client = rig.connect();
        for (int i = 0; i < 3; ++i) client.ask(get("/", i == 2 ? "Cookie: a=b\r\n" : ""));
        client.wire.close();
        CHECK(rig.stop().size() == row.records);
    }
}

TEST_CASE("pipelined and repeated requests each have one record, and its own") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
    Client client = rig.connect();
    std::string all;
    for (int i = 0; i < 50; ++i) all += get("/r" + std::to_string(i));
    client.send(all);
    for (int i = 0; i < 50; ++i) CHECK(client.reply().status() == 401);
    client.wire.close();
    const std::vector<boost::json::object> events = rig.stop();
    REQUIRE(events.size() == 50);
    std::set<std::string> ids;
    for (int i = 0; i < 50; ++i) {
        const boost::json::object& event = events[static_cast<std::size_t>(i)];
        CHECK(text_at(event, "/url/path") == "/r" + std::to_string(i));
        CHECK(ids.insert(text_at(event, "/id")).second);
    }
}

TEST_CASE("the password of a login that the answer repeats is not in the log, whatever its form") {
    const std::string password = "Xk7-pass-word-42";
    const struct {
        const char* type;
        std::string body;
    } rows[] = {
        {"application/json", R"({"user":{"name":"joe","password":")" + password + R"("}})"},
        {"application/vnd.api+json", R"([{"password":")" + password + R"("}])"},
        {"application/x-www-form-urlencoded", "user=joe&password=" + password},
        {"text/xml", "<login><password>" + password + "</password></login>"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.type);
        Rig rig;
        const std::string said = "no user joe@example.com with the password " + password;
        for (int i = 0; i < 2; ++i)
            rig.upstream.will_answer(
                answer(401, "Content-Type: application/json\r\n",
                       R"({"error":"invalid_grant","error_description":")" + said + R"("})"));
        const std::string type = std::string("Content-Type: ") + row.type + "\r\n";
        Client client = rig.connect();
        CHECK(client.ask(post("/login?for=joe@example.com", row.body, type)).status() == 401);
        // The same where the body comes after its head.
        const std::string whole = post("/login", row.body, type);
        client.send(whole.substr(0, whole.size() - row.body.size()));
        rig.upstream.request(1);
        client.send(row.body);
        CHECK(client.reply().status() == 401);
        client.wire.close();
        const std::size_t records = rig.stop().size();
        CHECK(records == 2);
        CHECK(rig.log_text().find(password) == std::string::npos);
        CHECK(rig.log_text().find("joe@example") == std::string::npos);
    }
}

TEST_CASE("a user's address is in a record only where user names are") {
    for (const settings::Identity identity :
         {settings::Identity::hash, settings::Identity::plain}) {
        RigOptions options;
        options.settings.log.identity = identity;
        options.log_everything = true;
        Rig rig(options);
        rig.upstream.will_answer(ok("fine"));
        rig.get("/users/joe@example.com?by=ann%40example.com");
        rig.stop();
        const bool plain = identity == settings::Identity::plain;
        for (const char* address : {"joe@example.com", "ann%40example.com"})
            CHECK((rig.log_text().find(address) != std::string::npos) == plain);
    }
}

TEST_CASE("no secret of either side is in the log, whatever becomes of the exchange") {
    const std::string secret = "S3cretS3cretS3cretS3cret42";
    const std::string fields = "Authorization: Bearer " + secret + "\r\nCookie: sid=" + secret +
                               "\r\nX-Api-Key: " + secret + "\r\nProxy-Authorization: Basic " +
                               secret + "\r\n";
    const std::string target = "/v1?access_token=" + secret + "&key=" + secret;
    RigOptions options;
    options.offers = {"Bearer realm=\"api\""};
    options.log_everything = true;
    Rig rig(options);
    const std::string echo = "{\"error\":\"invalid_token\",\"token\":\"" + secret + "\"}";
    rig.upstream.will_answer(answer(401, "Set-Cookie: sid=" + secret + "\r\n", echo));
    rig.upstream.will_answer(answer(403, "X-Echo: " + secret + "\r\n", echo));
    rig.upstream.will_answer(ok("fine " + secret, "Set-Cookie: sid=" + secret + "\r\n"));
    rig.upstream.will_answer(
        answer(302, "Location: /login?return=" + secret + "&token=" + secret + "\r\n"));
    rig.upstream.will_answer_and_close("HTTP/1.1 200 OK\r\nX: " + secret);
    rig.upstream.will_answer_and_close("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + secret);
    for (int i = 0; i < 6; ++i) {
        Client client = rig.connect();
        client.send(post(target, "password=" + secret,
                         fields + "Connection: close\r\n"
                                  "Content-Type: application/x-www-form-urlencoded\r\n"));
        client.wire.read_to_end();
    }
    rig.connect().ask("GET " + target + " HTTP/1.1\r\nHost: a\r\nHost: " + secret + "\r\n" +
                      fields + "\r\n");
    rig.stop();
    CHECK(rig.log_text().size() > 1000);
    CHECK(rig.log_text().find("S3cretS3") == std::string::npos);
}

}  // namespace
}  // namespace whogoes::support
