#include "rules/rpc.hpp"

#include "brief_exchange.hpp"
#include "rules/diagnosis.hpp"
#include "rules/error_info.hpp"
#include "rules/history.hpp"
#include "rules/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Calls of gRPC, gRPC-Web and Connect: their status, wherever it stands, and what it means.
namespace whogoes::rules {
namespace {

const std::string grpc_call = "POST /orders.v1.Orders/List\nContent-Type: application/grpc\n";
const std::string web_call = "POST /orders.v1.Orders/List\nContent-Type: application/grpc-web\n";
const std::string connect_call =
    "POST /orders.v1.Orders/List\nContent-Type: application/json\nConnect-Protocol-Version: 1\n";
const std::string opaque = "Authorization: Bearer q7Lm2vX9sT4cR8wK1nB5dF3gH6jM0pZy\n";

std::string field(unsigned number, std::string_view bytes) {
    std::string out(1, static_cast<char>(number << 3U | 2U));
    out += static_cast<char>(bytes.size());
    return out.append(bytes);
}

std::string info(std::string_view reason, std::string_view domain) {
    return field(1, reason) + field(2, domain);
}

std::string status_details(std::string_view reason, std::string_view domain) {
    const std::string any =
        field(1, "type.googleapis.com/google.rpc.ErrorInfo") + field(2, info(reason, domain));
    return base64url_of(std::string("\x08\x10") + field(2, "refused") + field(3, any));
}

std::string cause_of(BriefExchange& brief) {
    brief.exchange.read();
    const Diagnosis diagnosis = diagnose(brief.exchange);
    return diagnosis.main ? std::string(diagnosis.main->cause->id) : "nothing";
}

TEST_CASE("a call is known by what it says of itself") {
    const struct {
        std::string request, answer;
        RpcSystem system;
    } rows[] = {
        {grpc_call, "200\n", RpcSystem::grpc},
        {"POST /a/b\nContent-Type: application/grpc+proto\n", "401\n", RpcSystem::grpc},
        {web_call, "200\n", RpcSystem::grpc_web},
        {"POST /a/b\nContent-Type: application/grpc-web-text\n", "200\n", RpcSystem::grpc_web},
        {connect_call, "401\n", RpcSystem::connect},
        {"POST /a/b\nContent-Type: application/connect+proto\n", "200\n", RpcSystem::connect},
        {"GET /a/b?message=e30&connect=v1&encoding=json\n", "403\n", RpcSystem::connect},
        {"POST /a/b?connect=v1\nContent-Type: application/json\n", "403\n", RpcSystem::none},
        {"POST /a/b\n", "200\nContent-Type: application/grpc-web+proto\n", RpcSystem::grpc_web},
        {"POST /a/b\nContent-Type: application/grpcx\n", "200\n", RpcSystem::none},
        {"POST /a/b\nContent-Type: application/json\n", "200\n", RpcSystem::none},
    };
    for (const auto& row : rows) {
        CAPTURE(row.request);
        BriefExchange brief(row.request, row.answer);
        brief.exchange.read();
        CHECK(brief.exchange.rpc.system == row.system);
    }
}

TEST_CASE("what is called stands at the end of the path") {
    const auto is = [](std::string_view path, std::string_view service, std::string_view method) {
        const RpcCall call = rpc_call_of(path);
        CAPTURE(path);
        CHECK(call.service == service);
        CHECK(call.method == method);
    };
    is("/orders.v1.Orders/List", "orders.v1.Orders", "List");
    is("/api/orders.v1.Orders/List", "orders.v1.Orders", "List");
    is("/List", "", "");
    is("/orders.v1.Orders/", "", "");
    is("", "", "");
}

TEST_CASE("a status is read wherever an answer has it") {
    const std::string error = R"({"code":"permission_denied","message":"admins only"})";
    const struct {
        const char* given;
        std::string request, answer;
        int code;
        const char* message;
    } rows[] = {
        {"the head", grpc_call, "200\ngrpc-status: 16\ngrpc-message: no%20token%25\n", 16,
         "no token%"},
        {"what is no escape", grpc_call, "200\ngrpc-status: 16\ngrpc-message: 100%, %zz %4\n", 16,
         "100%, %zz %4"},
        {"beside an HTTP status", grpc_call, "401\ngrpc-status: 16\n", 16, ""},
        {"success", grpc_call, "200\ngrpc-status: 0\n", 0, ""},
        {"no number", grpc_call, "200\ngrpc-status: x\n", -1, ""},
        {"a number and more", grpc_call, "200\ngrpc-status: 16x\n", -1, ""},
        {"below zero", grpc_call, "200\ngrpc-status: -1\n", -1, ""},
        {"none", grpc_call, "200\n", -1, ""},
        {"a unary error", connect_call, "403\nContent-Type: application/json\n\n" + error, 7,
         "admins only"},
        {"a unary success", connect_call, "200\nContent-Type: application/json\n\n" + error, 0, ""},
        {"an error of somebody else", connect_call,
         "403\nContent-Type: application/json\n\n{\"code\":\"E17\"}", -1, ""},
        {"no JSON", connect_call, "403\nContent-Type: text/plain\n\nno", -1, ""},
        {"a stream's error", connect_call,
         "200\nContent-Type: application/connect+json\n\n{\"error\":" + error + "}", 7,
         "admins only"},
        {"a stream's success", connect_call,
         "200\nContent-Type: application/connect+json\n\n{\"metadata\":{}}", 0, ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        BriefExchange brief(row.request, row.answer);
        brief.exchange.read();
        const std::optional<RpcStatus>& status = brief.exchange.rpc.status;
        CHECK((status ? status->code : -1) == row.code);
        if (status) CHECK(status->message == row.message);
    }
    BriefExchange trailers(web_call, "200\nContent-Type: application/grpc-web\n");
    trailers.exchange.response.trailers.add("Grpc-Status", "7");
    trailers.exchange.response.trailers.add("grpc-message", "no");
    trailers.exchange.read();
    CHECK(trailers.exchange.rpc.refuses());
    CHECK(trailers.exchange.rpc.status->message == "no");
}

TEST_CASE("a status of 16 is a 401, one of 7 a 403, and any other is no event") {
    const struct {
        const char* given;
        std::string request;
        std::string answer;
        const char* cause;
        Verdict verdict;
    } rows[] = {
        {"nothing came", grpc_call, "grpc-status: 16\n", "no-credentials",
         Verdict::unauthorized_correct},
        {"nothing came, and permission is missed", grpc_call, "grpc-status: 7\n", "no-credentials",
         Verdict::should_be_401},
        {"a placeholder", grpc_call + "Authorization: Bearer undefined\n", "grpc-status: 16\n",
         "placeholder-token", Verdict::unauthorized_correct},
        {"a token without a shape", grpc_call + opaque, "grpc-status: 16\n",
         "opaque-token-rejected", Verdict::unknown},
        {"the role is missing", grpc_call + opaque,
         "grpc-status: 7\ngrpc-message: permission%20denied\n", "permission-denied",
         Verdict::forbidden_correct},
        {"words", web_call + opaque, "grpc-status: 16\ngrpc-message: token%20has%20expired\n",
         "token-expired", Verdict::unauthorized_correct},
        {"a failure with words", web_call + opaque,
         "grpc-status: 13\ngrpc-message: token%20has%20expired\n", "nothing", Verdict::unknown},
        {"a success with words", web_call + opaque,
         "grpc-status: 0\ngrpc-message: token%20has%20expired\n", "nothing", Verdict::unknown},
        {"nothing is known", web_call + opaque, "", "nothing", Verdict::unknown},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const std::string answer = "200\nContent-Type: application/grpc\n" + row.answer;
        BriefExchange brief(row.request, answer);
        CHECK(cause_of(brief) == row.cause);
        CHECK(diagnose(brief.exchange).verdict == row.verdict);
    }
}

TEST_CASE("the reason of an ErrorInfo is told, whoever says it") {
    const auto diagnosed = [](const std::string& details) {
        const std::string request = grpc_call + opaque,
                          answer =
                              "200\nContent-Type: application/grpc\ngrpc-status: 16\n"
                              "grpc-message: refused\ngrpc-status-details-bin: " +
                              details + "\n";
        BriefExchange brief(request, answer);
        brief.exchange.read();
        return diagnose(brief.exchange);
    };
    const Diagnosis own = diagnosed(status_details("TOKEN_EXPIRED", "orders.example.com"));
    REQUIRE(own.main);
    CHECK(own.main->cause->id == "token-expired");
    CHECK(own.main->evidence.ground == Ground::told);
    CHECK(own.main->evidence.words == "the answer's ErrorInfo says \"TOKEN_EXPIRED\"");
    // What is known of a system in JSON holds of its calls as well.
    const Diagnosis google = diagnosed(status_details("SERVICE_DISABLED", "googleapis.com"));
    REQUIRE(google.main);
    CHECK(google.main->cause->id == "api-not-enabled");
    CHECK(google.system == "Google APIs");
    CHECK(diagnosed("!!!").main->cause->id == "opaque-token-rejected");
    CHECK(diagnosed(std::string(20000, 'A')).main->cause->id == "opaque-token-rejected");
}

TEST_CASE("Connect's details are read like those of gRPC") {
    const std::string request = connect_call + opaque;
    const std::string answer =
        "401\nContent-Type: application/json\n\n"
        R"({"code":"unauthenticated","message":"refused","details":[)"
        R"({"type":"google.rpc.RetryInfo","value":"AA"},{"type":"google.rpc.ErrorInfo","value":")" +
        base64url_of(info("TOKEN_EXPIRED", "example.com")) + R"("}]})";
    BriefExchange brief(request, answer);
    brief.exchange.read();
    REQUIRE(brief.exchange.rpc.status);
    CHECK(brief.exchange.rpc.status->reason == "TOKEN_EXPIRED");
    CHECK(brief.exchange.rpc.status->domain == "example.com");
    CHECK(diagnose(brief.exchange).main->cause->id == "token-expired");
}

TEST_CASE("protocol buffers that are broken end where they break") {
    using namespace std::string_literals;
    const std::string good = info("A_B1", "a.example");
    CHECK(error_info(good)->reason == "A_B1");
    CHECK(error_info(good)->domain == "a.example");
    CHECK(error_info("\x18\x96\x01"s + good)->reason == "A_B1");  // a varint of no concern
    CHECK(error_info("\x21"
                     "12345678"
                     "\x2d"
                     "1234"s +
                     good)
              ->reason == "A_B1");                                            // fixed sizes
    CHECK(error_info(good + "\x3a\xff\xff\xff\xff\x0f"s)->reason == "A_B1");  // longer than it is
    for (const std::string& broken :
         {""s, "\x0a"s,
          "\x0a\x05"
          "ab"s,
          "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s, "\x0b"s, field(1, "no words"),
          field(1, std::string(64, 'A')), field(2, "a.example"), "\x09\x01"s}) {
        CAPTURE(hex_of(broken));
        CHECK_FALSE(error_info(broken));
        CHECK_FALSE(error_info_of_status(broken));
    }
    CHECK(error_info(field(1, "A") + field(2, "no host!"))->domain.empty());
    CHECK_FALSE(
        error_info_of_status(field(3, field(1, "a/google.rpc.RetryInfo") + field(2, good))));
}

TEST_CASE("messages are percent-encoded as gRPC wants them") {
    CHECK(rpc_message_encoded("a b~%\n\xc3\xb6") == "a b~%25%0A%C3%B6");
    for (const char* const text : {"", "größe 100% 日", "a\nb%", "%zz", "%"})
        CHECK(rpc_message_decoded(rpc_message_encoded(text)) == text);
    CHECK(rpc_message_decoded(std::string(5000, 'a')).size() == 1024);
}

TEST_CASE("codes have the names that Connect gives them") {
    CHECK(rpc_code_name(16) == "unauthenticated");
    CHECK(rpc_code_name(7) == "permission_denied");
    CHECK(rpc_code_name(1) == "canceled");
    CHECK(rpc_code_name(17).empty());
    CHECK(rpc_code_name(-1).empty());
    for (int code = 1; code <= 16; ++code) CHECK(rpc_code_named(rpc_code_name(code)) == code);
    CHECK_FALSE(rpc_code_named("ok"));
    CHECK_FALSE(rpc_code_named(""));
}

TEST_CASE("a refused call is a refusal to the history, and a good one an acceptance") {
    const auto remembered = [](std::vector<std::string> answers) {
        History history;
        const std::string request = grpc_call + opaque;
        for (const std::string& answer : answers) {
            BriefExchange brief(request, answer);
            brief.exchange.read();
            brief.exchange.recollection = history.recall(brief.exchange);
            history.remember(brief.exchange);
        }
        BriefExchange last(request, "200\ngrpc-status: 16\n");
        last.exchange.read();
        return history.recall(last.exchange);
    };
    CHECK(remembered({"200\ngrpc-status: 0\n"}).credential_accepted_ago);
    for (const char* const answer :
         {"200\ngrpc-status: 16\n", "200\ngrpc-status: 7\n", "200\ngrpc-status: 13\n", "200\n"}) {
        CAPTURE(answer);
        CHECK_FALSE(remembered({answer}).credential_accepted_ago);
    }
    CHECK(remembered({"200\ngrpc-status: 16\n", "200\ngrpc-status: 16\n"}).refused_in_30s == 2);
}

}  // namespace
}  // namespace whogoes::rules
