#include "proxy/app/schema.hpp"

#include "surroundings.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace whogoes::app {
namespace {

TEST_CASE("every key of the table is sound") {
    std::set<std::string_view> paths, flags, variables;
    for (const Key& key : keys()) {
        CAPTURE(std::string(key.path));
        CHECK(paths.insert(key.path).second);
        CHECK(find_key(key.path) == &key);
        if (key.comes_later.empty()) CHECK_FALSE(key.doc.empty());
        if (!key.flag.empty()) {
            CHECK(key.flag.starts_with("--"));
            CHECK(flags.insert(key.flag).second);
            CHECK(variables.insert(key.environment).second);
        }
        CHECK(key.flag.empty() == key.environment.empty());
        if (!key.fallback.empty()) CHECK_FALSE(value_flaw(key, key.fallback).has_value());
        CHECK((key.kind == Kind::choice) == !key.choices.empty());
    }
}

TEST_CASE("every key is shown in the full example") {
    std::ifstream file(std::string(WHOGOES_SOURCE_DIR) + "/examples/full.yaml");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (const Key& key : keys()) {
        if (!key.comes_later.empty()) continue;
        CAPTURE(std::string(key.path));
        const auto dot = key.path.rfind('.');
        const std::string name(key.path.substr(dot == key.path.npos ? 0 : dot + 1));
        CHECK(text.find(name + ":") != std::string::npos);
    }
}

}  // namespace
}  // namespace whogoes::app
