#include "rpc_calls.hpp"

#include <doctest/doctest.h>

#include <string>

// What whogoes does for calls: a status beside HTTP's, a status that a page may read, and refusals
// on demand.
namespace whogoes::support {
namespace {

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

}  // namespace
}  // namespace whogoes::support
