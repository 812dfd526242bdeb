#include "proxy/net/process_usage.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

namespace whogoes::net {
namespace {

TEST_CASE("a process knows what it uses") {
    const auto before = process_usage();
    REQUIRE(before.has_value());
    CHECK(before->threads >= 1);
    CHECK(before->resident_octets > 0);
    CHECK(before->virtual_octets >= before->resident_octets);
    CHECK(before->started_at_unix > 0);
    const int one_more = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const auto after = process_usage();
    REQUIRE(after.has_value());
    CHECK(after->open_descriptors == before->open_descriptors + 1);
    CHECK(after->cpu_s >= before->cpu_s);
    ::close(one_more);
}

}  // namespace
}  // namespace whogoes::net
