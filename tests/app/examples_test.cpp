#include "surroundings.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace whogoes::app {
namespace {

const std::string examples = std::string(WHOGOES_SOURCE_DIR) + "/examples";

Arguments with_file(const std::string& path) {
    Arguments arguments;
    arguments.config_file = path;
    return arguments;
}

// Manifests for other programs stand in folders of their own, or say what they are.
bool is_configuration(const std::filesystem::path& path) {
    if (path.extension() != ".yaml") return false;
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (const char* foreign : {"apiVersion:", "services:", "scrape_configs:", "groups:"})
        if (text.starts_with(foreign) ||
            text.find("\n" + std::string(foreign)) != std::string::npos)
            return false;
    return true;
}

TEST_CASE("every example configuration loads, and prints as one that loads the same") {
    int loaded = 0;
    for (const auto& entry : std::filesystem::directory_iterator(examples)) {
        if (!is_configuration(entry.path())) continue;
        CAPTURE(entry.path().filename().string());
        Machine machine;
        // Some leave the upstream to the command line.
        machine.here.environment["WHOGOES_UPSTREAM"] = "http://localhost:3000";
        const Arguments arguments = with_file(entry.path().string());
        CHECK(machine.problems(arguments) == "");
        const std::string printed = print_config(gather(arguments, machine.here));
        machine.write("printed.yaml", printed);
        CHECK(machine.problems(with_file("printed.yaml")) == "");
        ++loaded;
    }
    CHECK(loaded >= 6);
}

TEST_CASE("the full example says what holds without it") {
    const Machine machine;
    const RunOptions full = machine.load(with_file(examples + "/full.yaml"));
    const RunOptions bare = machine.load(flags({{"upstream", {"http://localhost:3000"}}}));
    CHECK(full.listen == bare.listen);
    CHECK(full.admin == bare.admin);
    CHECK(full.workers == bare.workers);
    CHECK(full.drain.timeout == bare.drain.timeout);
    CHECK(full.drain.delay == bare.drain.delay);
    CHECK(full.log.output == bare.log.output);
    CHECK(full.log.rotate_size == bare.log.rotate_size);
    CHECK(full.log.rotate_age == bare.log.rotate_age);
    CHECK(full.log.keep == bare.log.keep);
    const settings::Settings& a = *full.settings;
    const settings::Settings& b = *bare.settings;
    CHECK(a.upstream.origin == b.upstream.origin);
    CHECK(a.forwarded == b.forwarded);
    CHECK(a.forwarded_trust == b.forwarded_trust);
    CHECK(a.public_url == b.public_url);
    CHECK(a.head_limits.octets == b.head_limits.octets);
    CHECK(a.connections == b.connections);
    CHECK(a.timeouts.connect == b.timeouts.connect);
    CHECK(a.timeouts.header == b.timeouts.header);
    CHECK(a.timeouts.idle == b.timeouts.idle);
    CHECK(a.timeouts.response == b.timeouts.response);
    CHECK(a.log.access == b.log.access);
    CHECK(a.log.identity == b.log.identity);
    CHECK(a.treatment.remedies.describe == b.treatment.remedies.describe);
    CHECK(a.treatment.remedies.expose == b.treatment.remedies.expose);
    CHECK(a.treatment.expected.leeway == b.treatment.expected.leeway);
    CHECK(a.treatment.remedies.offers.empty());
}

}  // namespace
}  // namespace whogoes::app
