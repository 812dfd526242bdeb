#include "page_requests.hpp"
#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>
#include <zlib.h>

// Calls of gRPC, gRPC-Web and Connect over HTTP/1.1: their refusals come with a 200, at the end of
// the answer. Native gRPC in chunks with trailers stands for what comes by HTTP/2.
namespace whogoes::support {
namespace {

const std::string bearer = "Authorization: Bearer q7Lm2vX9sT4cR8wK1nB5dF3gH6jM0pZy\r\n";
const std::string message_frame("\0\0\0\0\2hi", 7);

std::string frame(char flags, const std::string& content) {
    std::string framed(1, flags);
    framed.append(2, '\0');
    framed += static_cast<char>(content.size() >> 8U);
    framed += static_cast<char>(content.size() & 0xffU);
    return framed + content;
}

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

std::string web_end(const std::string& lines) { return frame('\x80', lines); }

std::string call(const std::string& type, const std::string& fields = "") {
    return post("/orders.v1.Orders/List", message_frame,
                "Content-Type: application/" + type + "\r\n" + fields);
}

// The same by a page of this machine.
std::string from_page(const Rig& rig, const std::string& type, const std::string& fields = "") {
    return "POST /orders.v1.Orders/List HTTP/1.1\r\nHost: " + rig.endpoint().text() +
           "\r\nOrigin: " + page + "\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-site\r\n" +
           "Content-Type: application/" + type + "\r\nContent-Length: 7\r\n" + fields + "\r\n" +
           message_frame;
}

std::string chunked(const std::string& type, const std::string& body,
                    const std::string& trailers = "") {
    std::string text = "HTTP/1.1 200 OK\r\nContent-Type: application/" + type +
                       "\r\nTransfer-Encoding: chunked\r\n\r\n";
    if (!body.empty()) text += chunk(body);
    return text + "0\r\n" + trailers + "\r\n";
}

std::string answered(const std::string& type, const std::string& body,
                     const std::string& fields = "") {
    return answer(200, "Content-Type: application/" + type + "\r\n" + fields, body);
}

TEST_CASE("a refusal is found wherever a call's answer has it") {
    const std::string lines = "grpc-status: 16\r\ngrpc-message: no%20token\r\n";
    const std::string error = R"({"code":"unauthenticated","message":"no token"})";
    const struct {
        const char* given;
        std::string type, answer;
    } rows[] = {
        {"gRPC, in the head", "grpc", answered("grpc", "", lines)},
        {"gRPC, in a head without a type", "grpc", answer(200, lines)},
        {"gRPC, in trailers", "grpc", chunked("grpc", message_frame, lines)},
        {"gRPC, in trailers alone", "grpc+proto", chunked("grpc+proto", "", lines)},
        {"gRPC-Web, in the head", "grpc-web", answered("grpc-web", "", lines)},
        {"gRPC-Web, in the last frame", "grpc-web",
         answered("grpc-web+proto", message_frame + web_end(lines))},
        {"gRPC-Web, in chunks", "grpc-web", chunked("grpc-web", message_frame + web_end(lines))},
        {"gRPC-Web, in base64", "grpc-web-text",
         answered("grpc-web-text", "AAAAAAJoaQ==gAAAABBncnBjLXN0YXR1czoxNg0K")},
        {"Connect, a stream", "connect+json",
         chunked("connect+json", message_frame + frame(2, "{\"error\":" + error + "}"))},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        // All of it at once, and then an octet at a time.
        for (const bool slow : {false, true}) {
            CAPTURE(slow);
            Rig rig;
            rig.upstream.will([&](Talk& talk) {
                talk.read_body();
                if (!slow) return talk.send(row.answer);
                for (const char c : row.answer) talk.send(std::string(1, c));
            });
            Client client = rig.connect();
            const Message reply = client.ask(call(row.type));
            CHECK(reply.raw_body == row.answer.substr(row.answer.find("\r\n\r\n") + 4));
            const boost::json::object event = rig.next_event();
            CHECK(text_at(event, "/event") == "auth.failure");
            CHECK(text_at(event, "/auth/cause") == "no-credentials");
            CHECK(text_at(event, "/auth/confidence") == "certain");
            CHECK(text_at(event, "/auth/verdict") == "401-correct");
            CHECK(text_at(event, "/http/response/status_code") == "200");
            CHECK(text_at(event, "/rpc/service") == "orders.v1.Orders");
            CHECK(text_at(event, "/rpc/method") == "List");
            if (row.type.starts_with("grpc")) {
                CHECK(text_at(event, "/rpc/system") == "grpc");
                CHECK(text_at(event, "/rpc/grpc/status_code") == "16");
            } else {
                CHECK(text_at(event, "/rpc/system") == "connect_rpc");
                CHECK(text_at(event, "/rpc/connect_rpc/error_code") == "unauthenticated");
            }
            if (row.type != "grpc-web-text")
                CHECK(text_at(event, "/upstream/message") == "no token");
            CHECK(rig.stop().empty());
        }
    }
}

TEST_CASE("a status is found in what is packed, the frame alone or all of the body") {
    const std::string lines = "grpc-status: 7\r\n", packed = gzipped(lines);
    const std::string body = message_frame + web_end(lines);
    const struct {
        const char* given;
        std::string answer;
        bool found;
    } rows[] = {
        {"the frame", answered("grpc-web", frame('\x81', packed), "grpc-encoding: gzip\r\n"), true},
        {"the frame, by nobody knows what",
         answered("grpc-web", frame('\x81', packed), "grpc-encoding: zstd\r\n"), false},
        {"the body", answered("grpc-web", gzipped(body), "Content-Encoding: gzip\r\n"), true},
        {"the body, in chunks",
         "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web\r\nContent-Encoding: gzip\r\n"
         "Transfer-Encoding: chunked\r\n\r\n" +
             chunk(gzipped(body)) + chunk(""),
         true},
        {"a body that is none", answered("grpc-web", body, "Content-Encoding: gzip\r\n"), false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig;
        rig.upstream.will_answer(row.answer);
        rig.ask(call("grpc-web", bearer));
        if (row.found) CHECK(text_at(rig.next_event(), "/auth/cause") == "permission-denied");
        CHECK(rig.stop().empty());
    }
}

TEST_CASE("a Connect error is a status of HTTP's, and is named beside it") {
    Rig rig;
    rig.upstream.will_answer(answer(403, "Content-Type: application/json\r\n",
                                    R"({"code":"permission_denied","message":"admins only"})"));
    rig.ask(call("json", "Connect-Protocol-Version: 1\r\n" + bearer));
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/auth/cause") == "permission-denied");
    CHECK(text_at(event, "/rpc/connect_rpc/error_code") == "permission_denied");
    CHECK(text_at(event, "/auth/system") == "Connect");
    CHECK(text_at(event, "/msg").ends_with(", Connect: permission_denied"));
}

TEST_CASE("a status that is no refusal is no event") {
    const struct {
        const char* given;
        std::string type, answer;
    } rows[] = {
        {"success in trailers", "grpc", chunked("grpc", message_frame, "grpc-status: 0\r\n")},
        {"success in the last frame", "grpc-web",
         answered("grpc-web", message_frame + web_end("grpc-status: 0\r\n"))},
        {"a failure in trailers", "grpc",
         chunked("grpc", "", "grpc-status: 13\r\ngrpc-message: token has expired\r\n")},
        {"a failure in the head", "grpc",
         answered("grpc", "", "grpc-status: 13\r\ngrpc-message: token has expired\r\n")},
        {"an answer that never says", "grpc-web", answered("grpc-web", message_frame)},
        {"a stream's success", "connect+json",
         answered("connect+json", message_frame + frame(2, "{}"))},
        {"a status within a message", "grpc", answered("grpc", frame(0, "grpc-status: 16\r\n"))},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig;
        rig.upstream.will_answer(row.answer);
        rig.ask(call(row.type, bearer));
        CHECK(rig.stop().empty());
    }
}

TEST_CASE("the status of a long stream is found behind all of it, and dated by its end") {
    Rig rig;
    Gate half;
    rig.upstream.will([&](Talk& talk) {
        talk.read_body();
        talk.send(
            "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web+proto\r\n"
            "Transfer-Encoding: chunked\r\n\r\n");
        const std::string large = frame(0, std::string(60000, 'm'));
        for (int i = 0; i < 10; ++i) talk.send(chunk(large));
        half.wait();
        talk.send(chunk(web_end("grpc-status: 7\r\n")) + chunk(""));
    });
    Client client = rig.connect();
    client.send(call("grpc-web", bearer));
    rig.set_clock(rig_start + std::chrono::hours(1));
    half.open();
    CHECK(client.reply().body.size() > 600000);
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/auth/cause") == "permission-denied");
    CHECK(text_at(event, "/auth/verdict") == "403-correct");
    CHECK(text_at(event, "/time").starts_with("2026-11-23T13:51:24"));
}

TEST_CASE("a stream that breaks off says nothing of a status") {
    Rig rig;
    rig.upstream.will_answer_and_close(
        "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web\r\nContent-Length: 100\r\n\r\n" +
        web_end("grpc-status: 16\r\n"));
    Client client = rig.connect();
    client.send(call("grpc-web"));
    client.wire.read_to_end();
    CHECK(text_at(rig.next_event(), "/event") == "proxy.error");
    CHECK(rig.stop().empty());
}

TEST_CASE("a call that was let in tells that its token was good") {
    for (const bool first_good : {true, false}) {
        CAPTURE(first_good);
        Rig rig;
        rig.upstream.will_answer(chunked(
            "grpc", message_frame, first_good ? "grpc-status: 0\r\n" : "grpc-status: 13\r\n"));
        rig.upstream.will_answer(chunked("grpc", "", "grpc-status: 16\r\n"));
        rig.ask(call("grpc", bearer));
        rig.ask(call("grpc", bearer));
        CHECK(text_at(rig.next_event(), "/auth/cause") ==
              (first_good ? "revoked-or-logged-out" : "opaque-token-rejected"));
    }
}

TEST_CASE("a refused call of another origin is told of once, with the duties that it broke") {
    Rig rig;
    rig.upstream.will_answer(chunked("grpc-web", web_end("grpc-status: 16\r\n"))
                                 .insert(17, "Access-Control-Allow-Origin: *\r\n"));
    rig.ask(call("grpc-web", "Origin: http://app.example\r\n"));
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/auth/cause") == "no-credentials");
    CHECK(text_at(event, "/rpc/grpc/status_code") == "16");
    CHECK(rig.stop().empty());
}

TEST_CASE("a bare 401 to a call of gRPC is told in its own words, where that is asked for") {
    const std::string plain = answer(401, "Content-Type: text/plain\r\nDate: d\r\n");
    RigOptions options;
    options.offers = {"Bearer realm=\"api\""};
    options.settings.treatment.remedies.grpc = true;
    Rig rig(std::move(options));
    rig.upstream.will_answer(plain);
    CHECK(rig.ask(call("grpc")).head ==
          "HTTP/1.1 401 Status\r\nContent-Type: text/plain\r\nDate: d\r\nContent-Length: 0\r\n"
          "grpc-status: 16\r\ngrpc-message: HTTP 401: no credentials\r\n"
          "WWW-Authenticate: Bearer realm=\"api\"\r\n\r\n");
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/rpc/system") == "grpc");
    CHECK(text_at(event, "/rpc/grpc/status_code") == "");
    CHECK(text_at(event, "/auth/changes") == "[\"grpc-status: 16 was added beside this 401\"]");

    rig.upstream.will_answer(answer(403, "Date: d\r\n"));
    CHECK(rig.ask(call("grpc", bearer)).field("grpc-status") == "7");
    CHECK(text_at(rig.next_event(), "/auth/cause") == "permission-denied");
    rig.upstream.will_answer(plain);
    CHECK_FALSE(rig.ask(call("grpc-web")).has("grpc-status"));
    rig.next_event();
    // gRPC's C core takes it for a broken call where a body follows.
    rig.upstream.will_answer(answer(401, "Date: d\r\n", "no"));
    CHECK_FALSE(rig.ask(call("grpc")).has("grpc-status"));
    CHECK(text_at(rig.next_event(), "/auth/changes") == "");

    Rig observing;
    observing.upstream.will_answer(plain);
    CHECK(observing.ask(call("grpc")).whole() == plain);
    CHECK(text_at(observing.next_event(), "/auth/changes") == "");
}

TEST_CASE("the front-end profile lets a page read the status of a call, and says so") {
    const struct {
        const char* given;
        std::string fields;
        std::string exposed;
        std::string told;
    } rows[] = {
        {"nothing is exposed", "Access-Control-Allow-Origin: " + page + "\r\n",
         "grpc-status, grpc-message", "grpc-status, grpc-message were exposed to " + page},
        {"one is",
         "Access-Control-Allow-Origin: " + page +
             "\r\nAccess-Control-Expose-Headers: grpc-status\r\n",
         "grpc-message", "grpc-message were exposed to " + page},
        {"both are",
         "Access-Control-Allow-Origin: " + page +
             "\r\nAccess-Control-Expose-Headers: Grpc-Status, grpc-message\r\n",
         "", ""},
        {"no CORS at all", "", "grpc-status, grpc-message", "CORS was added for " + page},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig(dev());
        rig.upstream.will_answer(answered("grpc-web", "",
                                          "Vary: Origin\r\ngrpc-status: 16\r\n"
                                          "grpc-message: no\r\n" +
                                              row.fields));
        const Message reply = rig.ask(from_page(rig, "grpc-web"));
        CHECK(reply.field("Access-Control-Allow-Origin") == page);
        std::string exposed;
        for (const std::string& line : reply.fields("Access-Control-Expose-Headers"))
            if (line.find("tatus") == std::string::npos || row.exposed.find("tatus") != line.npos)
                exposed = line;
        CHECK(exposed == row.exposed);
        const std::string changes = text_at(rig.next_event(), "/auth/changes");
        CHECK((row.told.empty() ? changes.empty() : changes.find(row.told) != std::string::npos));
    }
    // Of a refusal it is told each time.
    Rig rig(dev());
    for (int i = 0; i < 2; ++i) {
        rig.upstream.will_answer(chunked("grpc-web", web_end("grpc-status: 16\r\n")));
        rig.ask(from_page(rig, "grpc-web"));
        CHECK(text_at(rig.next_event(), "/auth/changes").find("CORS was added") !=
              std::string::npos);
    }
}

TEST_CASE("a call is refused on demand as a server of its protocol would refuse it") {
    const std::string asked = "whogoes-simulate: token-expired\r\n";
    Rig rig(dev());
    for (const std::string type : {"grpc", "grpc+proto", "grpc-web+proto", "grpc-web-text"}) {
        CAPTURE(type);
        const Message reply = rig.ask(from_page(rig, type, asked));
        CHECK(reply.status() == 200);
        CHECK(reply.field("Content-Type") == "application/" + type);
        CHECK(reply.field("grpc-status") == "16");
        CHECK(reply.field("grpc-message") ==
              "simulated: token expired (token-expired); the API was not asked");
        CHECK(reply.field("Access-Control-Expose-Headers") == "grpc-status, grpc-message");
        CHECK_FALSE(reply.has("WWW-Authenticate"));
        CHECK(reply.body.empty());
        const boost::json::object event = rig.next_event();
        CHECK(text_at(event, "/auth/cause") == "token-expired");
        CHECK(text_at(event, "/http/response/status_code") == "200");
        CHECK(text_at(event, "/rpc/grpc/status_code") == "16");
        CHECK(text_at(event, "/auth/changes").find("simulated") != std::string::npos);
    }
    const Message denied = rig.ask(from_page(rig, "grpc", "Prefer: whogoes=permission-denied\r\n"));
    CHECK(denied.field("grpc-status") == "7");
    CHECK(denied.field("Preference-Applied") == "whogoes=permission-denied");
    rig.next_event();

    const Message unary =
        rig.ask(from_page(rig, "json", asked + "Connect-Protocol-Version: 1\r\n"));
    CHECK(unary.status() == 401);
    CHECK(unary.field("WWW-Authenticate") == "Bearer realm=\"api\", error=\"invalid_token\"");
    CHECK(unary.body ==
          R"({"code":"unauthenticated","message":"simulated: token expired (token-expired); )"
          R"(the API was not asked"})");
    CHECK(text_at(rig.next_event(), "/rpc/connect_rpc/error_code") == "unauthenticated");
    const Message stream = rig.ask(from_page(rig, "connect+json", asked));
    CHECK(stream.status() == 200);
    CHECK(stream.field("Content-Type") == "application/connect+json");
    CHECK(stream.body.substr(0, 1) == "\2");
    CHECK(stream.body.substr(5).starts_with(R"({"error":{"code":"unauthenticated",)"));
    CHECK(stream.body.size() == 5U + static_cast<unsigned char>(stream.body[4]));
    CHECK(text_at(rig.next_event(), "/rpc/system") == "connect_rpc");
    CHECK(rig.upstream.requests().empty());

    rig.upstream.will_answer(chunked("grpc", "", "grpc-status: 0\r\n"));
    rig.ask(from_page(rig, "grpc", "whogoes-simulate: nonsense\r\n"));
    CHECK(text_at(rig.next_event(), "/auth/changes").find("whogoes-simulate names no cause") !=
          std::string::npos);
}

TEST_CASE("where every exchange is told of, a call is told of with its status") {
    RigOptions options;
    options.log_everything = true;
    Rig rig(std::move(options));
    rig.upstream.will_answer(chunked("grpc", message_frame, "grpc-status: 5\r\n"));
    rig.ask(call("grpc"));
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/event") == "http.access");
    CHECK(text_at(event, "/rpc/method") == "List");
    CHECK(text_at(event, "/rpc/grpc/status_code") == "5");
}

}  // namespace
}  // namespace whogoes::support
