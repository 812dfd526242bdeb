#include "rules/prefixes.hpp"

#include "rules/text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace whogoes::rules {
namespace {

std::string_view provider_of(std::string_view token) {
    const TokenPrefix* const known = known_prefix(token);
    return known ? known->provider : std::string_view();
}

TEST_CASE("published prefixes tell a token's provider") {
    struct {
        const char *token, *provider;
    } const rows[] = {
        {"ghp_EXAMPLE", "GitHub"},
        {"acme-glpat-EXAMPLE", "GitLab"},
        {"acme-x-gldt-EXAMPLE", "GitLab"},
        {"AKIAIOSFODNN7EXAMPLE", "AWS"},
        {"hvs.EXAMPLE", "HashiCorp Vault"},
        {"sk-ant-api03-EXAMPLE", "Anthropic"},
        {"xoxe.xoxb-1-EXAMPLE", "Slack"},
        {"AKIAbcdefghijklmnop", ""},
        {"myghp_EXAMPLE", ""},
        {"glpat", ""},
        {"gh", ""},
        {"", ""},
        {"re_authentication_required", ""},
        {"npm_config_registry", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.token);
        CHECK(provider_of(row.token) == row.provider);
    }
}

TEST_CASE("each prefix is found, and the longest one that fits") {
    CHECK(known_prefixes().size() > 250);
    for (const TokenPrefix& row : known_prefixes()) {
        CAPTURE(row.prefix);
        CHECK_FALSE(row.provider.empty());
        CHECK(row.installed >= row.hosts.empty());
        const std::string token = std::string(row.prefix) + "0123456789ABCDEF";
        REQUIRE(known_prefix(token));
        CHECK(known_prefix(token)->prefix == row.prefix);
    }
    REQUIRE(known_prefix("xoxe-EXAMPLE"));
    CHECK(known_prefix("xoxe-EXAMPLE")->kind == TokenKind::refresh_token);
    CHECK(known_prefix("xoxe.xoxp-EXAMPLE")->kind == TokenKind::token);
    CHECK(known_prefix("glrtr-EXAMPLE")->prefix == "glrtr-");
}

TEST_CASE("hosts are told from their namesakes") {
    CHECK(is_host_of("GitHub", "api.github.com"));
    CHECK(is_host_of("GitHub", "github.corp.test"));
    CHECK_FALSE(is_host_of("GitHub", "notgithub.com.example.test"));
    CHECK_FALSE(is_host_of("Slack", "evilslack.com"));
    CHECK_FALSE(is_host_of("Slack", "slack.corp.test"));
    CHECK(is_known_host("api.openai.com"));
    CHECK_FALSE(is_known_host("api.example.test"));
}

TEST_CASE("the environment is the prefix's own, or told by habit") {
    CHECK(environment_of("sk_live_EXAMPLE") == "live");
    CHECK(environment_of("acme_test_EXAMPLE") == "test");
    CHECK(environment_of("access-sandbox-EXAMPLE") == "test");
    CHECK(environment_of("toolongaword_live_x").empty());
}

}  // namespace
}  // namespace whogoes::rules
