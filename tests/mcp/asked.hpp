#pragma once

#include "proxy/mcp/server.hpp"
#include "proxy/mcp/tool.hpp"
#include "tools/log_lines.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

// A server over lines that a test gives, and its tools called as a client of 2025-11-25 does.
namespace whogoes::mcp {

inline json::value words(std::string_view text) { return json::value(text); }

struct Asked {
    std::vector<std::string> lines{};
    bool dev = false;
    std::string upstream{};
    std::vector<report::SimulationWish> wishes{};

    Sources sources() {
        Sources given;
        given.version = "1.2.3";
        given.now = [] { return report::Given::noon; };
        given.moment = [](std::string_view text) -> std::optional<rules::TimePoint> {
            if (text != "noon") return std::nullopt;
            return report::Given::noon;
        };
        given.records = [this](const tools::TakeLine& take) {
            for (std::string_view line : lines) {
                while (line.ends_with('\n')) line.remove_suffix(1);
                if (!take(line)) break;
            }
            return std::string();
        };
        given.upstream = [this] { return upstream; };
        given.simulates = [this] { return dev; };
        given.simulate = [this](const report::SimulationWish& wish) {
            wishes.push_back(wish);
            return report::SimulationOutcome{200, "simulating " + wish.cause};
        };
        return given;
    }

    json::value result(const std::string& method, const json::object& params) {
        const json::object message{
            {"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
        const Reply reply = Server(sources()).answer(json::serialize(message));
        const json::value answer = json::parse(reply.body);
        REQUIRE_MESSAGE(answer.get_object().contains("result"), reply.body);
        return answer.at("result");
    }
    json::value call(const std::string& tool, const json::object& arguments = {}) {
        return result("tools/call", {{"name", tool}, {"arguments", arguments}});
    }
    // Of a call that goes well.
    json::value content(const std::string& tool, const json::object& arguments = {}) {
        const json::value given = call(tool, arguments);
        REQUIRE_MESSAGE(!given.at("isError").as_bool(), json::serialize(given));
        return given.at("structuredContent");
    }
    // Of one that does not.
    std::string flaw(const std::string& tool, const json::object& arguments = {}) {
        const json::value given = call(tool, arguments);
        CHECK(given.at("isError").as_bool());
        CHECK_FALSE(given.get_object().contains("structuredContent"));
        return std::string(given.at("content").at(0).at("text").as_string());
    }
};

}  // namespace whogoes::mcp
