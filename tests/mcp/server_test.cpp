#include "mcp/asked.hpp"

namespace whogoes::mcp {
namespace {

json::object meta(std::string_view version = "2026-07-28") {
    return {
        {"_meta", json::object{{"io.modelcontextprotocol/protocolVersion", version},
                               {"io.modelcontextprotocol/clientCapabilities", json::object()}}}};
}

std::string message(std::string_view method, json::object params = {}) {
    return json::serialize(
        json::object{{"jsonrpc", "2.0"}, {"id", 7}, {"method", method}, {"params", params}});
}

struct Said {
    int status = 0;
    json::value body;

    int code() const {
        const json::value* const error = body.get_object().if_contains("error");
        return error ? error->at("code").to_number<int>() : 0;
    }
};

Said ask(const std::string& text, const HttpFields* fields = nullptr) {
    Asked asked;
    const Reply reply = Server(asked.sources()).answer(text, fields);
    return {reply.status, reply.body.empty() ? json::value() : json::parse(reply.body)};
}

TEST_CASE("a handshake agrees on what both speak, and on the oldest where they share nothing") {
    const struct {
        const char* asked;
        const char* agreed;
    } rows[] = {{"2025-11-25", "2025-11-25"},
                {"2025-06-18", "2025-06-18"},
                {"2025-03-26", "2024-11-05"},
                {"2024-11-05", "2024-11-05"},
                {"2026-07-28", "2025-11-25"},
                {"2030-01-01", "2025-11-25"},
                {"", "2024-11-05"}};
    for (const auto& row : rows) {
        CAPTURE(row.asked);
        const Said said = ask(message("initialize", {{"protocolVersion", row.asked}}));
        CHECK(said.body.at("id") == 7);
        CHECK(said.body.at("result").at("protocolVersion") == row.agreed);
        CHECK(said.body.at("result").at("serverInfo").at("version") == "1.2.3");
        CHECK(said.body.at("result").at("capabilities").get_object().contains("tools"));
        CHECK_FALSE(said.body.at("result").get_object().contains("resultType"));
    }
    CHECK(ask(message("ping")).body.at("result") == json::object());
}

TEST_CASE("2026-07-28 is served without a handshake") {
    const Said discovered = ask(message("server/discover", meta()));
    const json::value& result = discovered.body.at("result");
    CHECK(result.at("resultType") == "complete");
    CHECK(result.at("supportedVersions").at(0) == "2026-07-28");
    CHECK(result.at("ttlMs").to_number<int>() >= 0);
    CHECK(result.at("cacheScope") == "private");
    CHECK(result.at("_meta").at("io.modelcontextprotocol/serverInfo").at("name") == "whogoes");
    const Said listed = ask(message("tools/list", meta()));
    CHECK(listed.body.at("result").at("tools").get_array().size() == 6);
    CHECK(listed.body.at("result").at("resultType") == "complete");
}

TEST_CASE("what 2026-07-28 wants of a request is asked for") {
    const Said unknown = ask(message("tools/list", meta("1900-01-01")));
    CHECK(unknown.status == 400);
    CHECK(unknown.code() == -32022);
    CHECK(unknown.body.at("error").at("data").at("supported").at(0) == "2026-07-28");
    CHECK(unknown.body.at("error").at("data").at("requested") == "1900-01-01");

    json::object incomplete = meta();
    incomplete["_meta"].get_object().erase("io.modelcontextprotocol/clientCapabilities");
    CHECK(ask(message("tools/list", incomplete)).code() == -32602);
    CHECK(ask(message("ping", meta())).code() == -32601);
    CHECK(ask(message("initialize", meta())).code() == -32601);
    CHECK(ask(message("server/discover")).code() == -32602);
    CHECK(ask(message("resources/list")).code() == -32601);
}

TEST_CASE("over HTTP the fields repeat what the body says") {
    json::object call = meta();
    call["name"] = "causes";
    const struct {
        HttpFields fields;
        std::string text;
        int status, code;
    } rows[] = {
        {{"2026-07-28", "tools/list", ""}, message("tools/list", meta()), 200, 0},
        {{"2026-07-28", "tools/call", "causes"}, message("tools/call", call), 200, 0},
        {{"", "tools/list", ""}, message("tools/list", meta()), 400, -32020},
        {{"2025-11-25", "tools/list", ""}, message("tools/list", meta()), 400, -32020},
        {{"2026-07-28", "", ""}, message("tools/list", meta()), 400, -32020},
        {{"2026-07-28", "tools/call", "lint"}, message("tools/call", call), 400, -32020},
        {{"2026-07-28", "nothing", ""}, message("nothing", meta()), 404, -32601},
        {{"2026-07-28", "tools/list", ""}, message("tools/list"), 400, -32602},
        {{"1900-01-01", "tools/list", ""}, message("tools/list", meta("1900-01-01")), 400, -32022},
        {{"1900-01-01", "", ""}, message("tools/list"), 400, -32022},
        {{"2025-11-25", "", ""}, message("tools/list"), 200, 0},
        {{"", "", ""}, message("tools/list"), 200, 0},
        {{"", "", ""}, message("nothing"), 200, -32601},
        {{"", "", ""}, "{", 400, -32700},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CAPTURE(std::string(row.fields.version));
        const Said said = ask(row.text, &row.fields);
        CHECK(said.status == row.status);
        CHECK(said.code() == row.code);
    }
}

TEST_CASE("a notification is not answered") {
    Asked asked;
    const Server server(asked.sources());
    for (const char* const text : {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
                                   R"({"jsonrpc":"2.0","method":"tools/call","params":{}})",
                                   R"({"jsonrpc":"2.0","id":1,"result":{}})"}) {
        const Reply reply = server.answer(text);
        CHECK(reply.status == 202);
        CHECK(reply.body.empty());
    }
}

TEST_CASE("simulate is there while --dev runs, and nothing else writes") {
    Asked asked;
    const auto names = [&] {
        std::string all;
        const json::value listed = asked.result("tools/list", {});
        for (const json::value& tool : listed.at("tools").get_array()) {
            const std::string name(tool.at("name").as_string());
            CHECK(tool.at("annotations").at("readOnlyHint").as_bool() == (name != "simulate"));
            CHECK(tool.at("inputSchema").at("type") == "object");
            CHECK(tool.at("outputSchema").at("type") == "object");
            all += name + " ";
        }
        return all;
    };
    CHECK(names() == "failures explain_failure explain_token summary lint causes ");
    const json::object call{{"name", "simulate"}, {"arguments", {{"cause", "token-expired"}}}};
    CHECK(ask(message("tools/call", call)).code() == -32602);
    asked.dev = true;
    CHECK(names() == "failures explain_failure explain_token summary lint causes simulate ");
    CHECK(asked.content("simulate", {{"cause", "token-expired"}, {"match", "/v1/**"}})
              .at("message") == "simulating token-expired");
    REQUIRE(asked.wishes.size() == 1);
    CHECK(asked.wishes[0].match == "/v1/**");
    CHECK(ask(message("tools/call", {{"name", "nothing"}})).code() == -32602);
}

TEST_CASE("only lint may take its time") {
    CHECK(Server::is_slow(message("tools/call", {{"name", "lint"}})));
    CHECK_FALSE(Server::is_slow(message("tools/call", {{"name", "failures"}})));
    CHECK_FALSE(Server::is_slow(message("tools/list")));
    CHECK_FALSE(Server::is_slow("{"));
}

TEST_CASE("what goes wrong within is told, and ends nothing") {
    Asked asked;
    Sources sources = asked.sources();
    sources.records = [](const tools::TakeLine&) -> std::string {
        throw std::runtime_error("secret words");
    };
    const Reply reply =
        Server(std::move(sources)).answer(message("tools/call", {{"name", "failures"}}));
    CHECK(reply.body.find("secret words") == std::string::npos);
    CHECK(json::parse(reply.body).at("error").at("code") == -32603);
}

}  // namespace
}  // namespace whogoes::mcp
