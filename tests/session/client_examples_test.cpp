#include "tests/app/surroundings.hpp"
#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

// examples/clients/README.md is a table of real clients and the smallest configuration that each
// works with. What it says is done here, over real sockets.
namespace whogoes::support {
namespace {

const std::string folder = std::string(WHOGOES_SOURCE_DIR) + "/examples/clients";

struct Row {
    std::string client, file, request, value;  // value empty: none is given
};

// What stands between the marks; empty: nothing does.
std::string between(const std::string& text, char begin, char end) {
    const std::size_t from = text.find(begin);
    const std::size_t to = text.rfind(end);
    return from == std::string::npos || to <= from ? "" : text.substr(from + 1, to - from - 1);
}

std::vector<Row> rows() {
    std::vector<Row> table;
    std::ifstream readme(folder + "/README.md");
    for (std::string line; std::getline(readme, line);) {
        if (!line.starts_with("| ") || line.find(".yaml](") == std::string::npos) continue;
        std::vector<std::string> cells;
        std::istringstream stream(line.substr(1));
        for (std::string cell; std::getline(stream, cell, '|');) cells.push_back(cell);
        REQUIRE(cells.size() == 4);
        std::string file = between(cells[1], '[', ']');
        table.push_back({cells[0], file, between(cells[2], '`', '`'), between(cells[3], '`', '`')});
    }
    return table;
}

// "GET /path Name: value" as a whole request to the address that the examples are for.
std::string request_of(const std::string& text) {
    const std::size_t target = text.find(' ');
    const std::size_t fields = text.find(' ', target + 1);
    std::string request = text.substr(0, fields) + " HTTP/1.1\r\nHost: 127.0.0.1:8401\r\n";
    if (fields != std::string::npos) request += text.substr(fields + 1) + "\r\n";
    const std::string method = text.substr(0, target);
    if (method == "POST" || method == "PUT") request += "Content-Length: 0\r\n";
    return request + "\r\n";
}

app::RunOptions loaded(const std::string& file) {
    app::Machine machine;
    app::Arguments arguments = app::flags({{"upstream", {"http://127.0.0.1:3000"}}});
    arguments.config_file = folder + "/" + file;
    return machine.load(arguments);
}

TEST_CASE("every client's example gives a bare 401 what the table says") {
    const std::vector<Row> table = rows();
    CHECK(table.size() >= 25);
    for (const Row& row : table) {
        CAPTURE(row.client);
        CAPTURE(row.file);
        const app::RunOptions options = loaded(row.file);
        CHECK(options.warnings == std::vector<std::string>{});
        RigOptions rig_options;
        rig_options.settings = *options.settings;
        rig_options.settings.upstream = {};
        Rig rig(rig_options);
        rig.upstream.will_answer(answer(401, "", "{}"));
        const Message reply = rig.ask(request_of(row.request));
        CHECK(reply.status() == 401);
        CHECK(reply.body == "{}");
        const auto expected =
            row.value.empty() ? std::vector<std::string>{} : std::vector<std::string>{row.value};
        CHECK(reply.fields("WWW-Authenticate") == expected);
        // A challenge that is there stays.
        rig.upstream.will_answer(answer(401, "WWW-Authenticate: Basic realm=\"own\"\r\n"));
        CHECK(rig.ask(request_of(row.request)).fields("WWW-Authenticate") ==
              std::vector<std::string>{"Basic realm=\"own\""});
    }
}

TEST_CASE("no example for clients stands outside the table") {
    std::set<std::string> named;
    for (const Row& row : rows()) named.insert(row.file);
    std::set<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".yaml") there.insert(entry.path().filename().string());
    CHECK(named == there);
}

TEST_CASE("the example without metadata answers for it, and the one for pages has CORS") {
    RigOptions answered;
    answered.settings = *loaded("mcp-answered.yaml").settings;
    answered.settings.upstream = {};
    Rig rig(answered);
    CHECK(rig.ask(request_of("GET /.well-known/oauth-protected-resource/mcp")).body ==
          "{\"resource\":\"http://127.0.0.1:8401/mcp\",\"authorization_servers\":[\"https://"
          "id.example\"],\"bearer_methods_supported\":[\"header\"]}");
    RigOptions pages;
    pages.settings = *loaded("front-end.yaml").settings;
    pages.settings.upstream = {};
    Rig front(pages);
    front.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
    const Message seen = front.ask(request_of("GET /data Origin: http://localhost:5173"));
    CHECK(seen.field("Access-Control-Allow-Origin") == "http://localhost:5173");
    CHECK(seen.field("Access-Control-Expose-Headers") == "WWW-Authenticate");
}

}  // namespace
}  // namespace whogoes::support
