#include "refresh_rig.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <unistd.h>

// A reload while a call to the token endpoint is under way.
namespace whogoes::support {
namespace {

// A call to the token endpoint that is held until the test says how it ends.
struct HeldCall {
    explicit HeldCall(RefreshRig& refresh) {
        refresh.idp.will([this, &refresh](Talk& talk) {
            ++refresh.calls;
            talk.read_body();
            began.set_value();
            talk.send(answer.get_future().get());
        });
    }
    std::promise<void> began;
    std::promise<std::string> answer;
};

struct TokenFile {
    TokenFile() { write("rt-0"); }
    ~TokenFile() { std::filesystem::remove(path); }
    void write(const std::string& token) const { std::ofstream(path) << token << "\n"; }
    std::string text() const {
        std::string line;
        std::getline(std::ifstream(path) >> std::ws, line);
        return line;
    }
    std::string path =
        (std::filesystem::temp_directory_path() / ("whogoes-reload-" + std::to_string(::getpid())))
            .string();
};

void from_file(settings::RefreshSettings& block, const TokenFile& file) {
    block.token_source = "${file:token}";
    block.token_file = file.path;
}

void reload(Rig& rig, const std::function<void(settings::RefreshSettings&)>& change) {
    rig.reload([&](settings::Settings& settings) {
        settings::RefreshSettings block = *settings.treatment.refresh;
        change(block);
        settings.treatment.refresh = std::make_shared<const settings::RefreshSettings>(block);
    });
}

const std::string over = answer(400, json_type, "{\"error\":\"invalid_grant\"}");

TEST_CASE("a call that began before a reload says nothing of the session after it") {
    const struct {
        std::string given, answer;
    } rows[] = {
        {"it rotates", token_answer(7)},
        {"the old session is over", over},
        {"the client was refused", answer(401, json_type, "{\"error\":\"invalid_client\"}")},
        {"it is in trouble", answer(503, "Retry-After: 60\r\n")},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const TokenFile file;
        RefreshRig refresh(
            [&](RigOptions&, settings::RefreshSettings& block) { from_file(block, file); });
        HeldCall held(refresh);
        Client leader = refresh.rig().connect();
        leader.send(get("/", stale));
        held.began.get_future().wait();
        file.write("rt-operator");
        reload(refresh.rig(), [](settings::RefreshSettings& block) {
            block.refresh_token = net::Secret("rt-operator");
        });
        held.answer.set_value(row.answer);
        CHECK(leader.reply().status() == 401);
        CHECK(file.text() == "rt-operator");
        CHECK(refresh.rig().get("/", stale).status() == 200);
        CHECK(refresh.idp.requests().back().body ==
              "grant_type=refresh_token&refresh_token=rt-operator&client_id=dev");
        CHECK(file.text() == "rt-2");
    }
}

TEST_CASE("the new session does not wait for the old one's call") {
    const TokenFile file;
    RefreshRig refresh(
        [&](RigOptions&, settings::RefreshSettings& block) { from_file(block, file); });
    HeldCall held(refresh);
    Client leader = refresh.rig().connect();
    leader.send(get("/", stale));
    held.began.get_future().wait();
    file.write("rt-operator");
    reload(refresh.rig(), [](settings::RefreshSettings& block) {
        block.refresh_token = net::Secret("rt-operator");
    });
    CHECK(refresh.rig().get("/", stale).status() == 200);
    CHECK(field_of(refresh.api().requests().back()) == "Bearer fresh-2");
    held.answer.set_value(token_answer(7));
    CHECK(leader.reply().status() == 401);
    CHECK(refresh.rig().get("/", stale).status() == 200);
    CHECK(field_of(refresh.api().requests().back()) == "Bearer fresh-2");
    CHECK(file.text() == "rt-2");
}

TEST_CASE("a reload that leaves the session alone takes what its call brings") {
    const TokenFile file;
    RefreshRig refresh(
        [&](RigOptions&, settings::RefreshSettings& block) { from_file(block, file); });
    HeldCall held(refresh);
    Client leader = refresh.rig().connect();
    leader.send(get("/", stale));
    held.began.get_future().wait();
    SUBCASE("with the same client") {
        reload(refresh.rig(), [](settings::RefreshSettings& block) { block.max_body = 1; });
    }
    SUBCASE("with another secret") {
        reload(refresh.rig(), [](settings::RefreshSettings& block) {
            block.client_secret = net::Secret("changed");
        });
    }
    held.answer.set_value(token_answer(7));
    CHECK(leader.reply().status() == 200);
    CHECK(file.text() == "rt-7");
    CHECK(refresh.rig().get("/", stale).status() == 200);
    CHECK(refresh.calls.load() == 1);
}

TEST_CASE("a refusal of the client that was configured before does not end the one after it") {
    RefreshRig refresh;
    HeldCall held(refresh);
    Client leader = refresh.rig().connect();
    leader.send(get("/", stale));
    held.began.get_future().wait();
    reload(refresh.rig(),
           [](settings::RefreshSettings& block) { block.client_secret = net::Secret("right"); });
    held.answer.set_value(answer(401, json_type, "{\"error\":\"invalid_client\"}"));
    CHECK(leader.reply().status() == 401);
    CHECK(refresh.rig().get("/", stale).status() == 200);
}

TEST_CASE("what a block that a reload replaced has rotated goes to who holds the spent token") {
    const TokenFile file;
    RefreshRig refresh(
        [&](RigOptions&, settings::RefreshSettings& block) { from_file(block, file); });
    HeldCall held(refresh);
    Client leader = refresh.rig().connect();
    leader.send(get("/", stale));
    held.began.get_future().wait();
    reload(refresh.rig(), [](settings::RefreshSettings& block) { block.scope = "narrow"; });
    held.answer.set_value(token_answer(7));
    CHECK(leader.reply().status() == 401);
    CHECK(file.text() == "rt-7");
    CHECK(refresh.rig().get("/", stale).status() == 200);
    CHECK(refresh.idp.requests().back().body.find("refresh_token=rt-7") != std::string::npos);
}

TEST_CASE("a token that the operator stored meanwhile stays, with or without a reload") {
    const TokenFile file;
    RefreshRig refresh(
        [&](RigOptions&, settings::RefreshSettings& block) { from_file(block, file); });
    HeldCall held(refresh);
    Client leader = refresh.rig().connect();
    leader.send(get("/", stale));
    held.began.get_future().wait();
    file.write("rt-operator");
    held.answer.set_value(token_answer(7));
    CHECK(leader.reply().status() == 200);
    CHECK(file.text() == "rt-operator");
    CHECK(text_at(refresh.call_event(), "/msg").find("was changed meanwhile") != std::string::npos);
}

}  // namespace
}  // namespace whogoes::support
