#include "rpc_calls.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>
#include <zlib.h>

// Calls of gRPC, gRPC-Web and Connect over HTTP/1.1: their refusals come with a 200, at the end of
// the answer. Native gRPC in chunks with trailers stands for what comes by HTTP/2.
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
