#include "proxy/app/moment.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>

namespace whogoes::app {
namespace {

using namespace std::chrono;

// 2026-11-23T12:51:24Z
constexpr rules::TimePoint noon{seconds(1795438284)};

// The zone of this process, for as long as it lives.
struct Zone {
    explicit Zone(const char* zone) {
        ::setenv("TZ", zone, 1);
        ::tzset();
    }
    ~Zone() {
        ::unsetenv("TZ");
        ::tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;
};

TEST_CASE("or by the clock on the wall, but for what says its own zone") {
    const Zone zone("NPT-5:45");  // POSIX counts westwards: 12:51:24Z is 18:36:24 there
    const struct {
        std::string text;
        rules::TimePoint moment;
    } rows[] = {
        {"15m", noon - 15min},
        {"18:36", noon - 24s},
        {"18:36:24.318", noon + 318ms - 24h},
        {"18:37", noon + 36s - 24h},
        {"12:51Z", noon - 24s},
        {"2026-11-23T18:36:24", noon},
        {"2026-11-23T12:51:24Z", noon},
        {"2026-11-23T13:51:24+01:00", noon},
        {"2026-11-23", sys_days{2026y / 11 / 23} - 5h - 45min},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto moment = parse_moment(row.text, noon, true);
        REQUIRE(moment);
        CHECK(*moment == row.moment);
    }
}

TEST_CASE("moments are read as people write them, in UTC") {
    const struct {
        std::string text;
        rules::TimePoint moment;
    } rows[] = {
        {"15m", noon - 15min},
        {"1h30m", noon - 90min},
        {"0", noon},
        {"2026-11-23", sys_days{2026y / 11 / 23}},
        {"2026-11-23T12:51", noon - 24s},
        {"2026-11-23 12:51:24", noon},
        {"2026-11-23T12:51:24Z", noon},
        {"2026-11-23T12:51:24.318Z", noon + 318ms},
        {"2026-11-23T13:51:24+01:00", noon},
        {"2026-11-23T07:21:24-0530", noon},
        {"12:51", noon - 24s},
        {"12:51:24", noon},
        {"12:52", noon + 36s - 24h},
        {"12:51Z", noon - 24s},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto moment = parse_moment(row.text, now);
        REQUIRE(moment);
        CHECK(*moment == row.moment);
    }
}

TEST_CASE("what is no moment is none") {
    for (const std::string text : {"", "15", "yesterday", "2026-13-01", "2026-02-30", "2026-11-23T",
                                   "2026-11-23T25:00", "2026-11-23T12:51:24.", "2026-11-23T12:51X",
                                   "2026-11-23T12:51+1", "12:60", "12:5", "12:51 "}) {
        CAPTURE(text);
        CHECK_FALSE(parse_moment(text, now));
    }
}

}  // namespace
}  // namespace whogoes::app
