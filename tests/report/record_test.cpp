#include "proxy/report/record.hpp"

#include "report/given.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>

namespace whogoes::report {
namespace {

namespace json = boost::json;

std::string line_of(AuthEvent event) {
    if (event.message.empty()) event.message = headline(event);
    std::string out;
    TimeText times;
    append_record(out, event, times);
    return out;
}

json::value parsed(const AuthEvent& event) {
    const std::string line = line_of(event);
    REQUIRE(line.ends_with('\n'));
    REQUIRE(line.find('\n') == line.size() - 1);
    return json::parse(std::string_view(line).substr(0, line.size() - 1));
}

AuthEvent failure() {
    rules::Diagnosis diagnosis =
        diagnosed(expired, "exp 2026-11-23T12:37:12Z is 852 s in the past (leeway 60 s)",
                  {{"expired_s", std::int64_t{852}}, {"now", std::string("x")}, {"inside", true}});
    diagnosis.also.push_back({&nothing_sent, {rules::Confidence::possible, "or so", {}}});
    diagnosis.violations.push_back(
        {&without_challenge,
         {rules::Confidence::certain, "upstream sent no WWW-Authenticate", {}}});
    diagnosis.verdict = rules::Verdict::unauthorized_correct;
    AuthEvent event = described({.query = "page=2&access_token=abcdefgh",
                                 .request = {{"Authorization", "Bearer abcdefgh"},
                                             {"User-Agent", "Mozilla/5.0"},
                                             {"Accept", "a/b"},
                                             {"Accept", "c/d"},
                                             {"X-Other", "1"}},
                                 .response = {{"Content-Type", "text/plain"}}},
                                diagnosis);
    event.id = "01JDC4M7Q2Z6";
    event.duration_ms = 14.2;
    event.injected = {"Bearer realm=\"api\", error=\"invalid_token\""};
    event.has_skew = true;
    event.has_jwt = true;
    event.jwt.alg = "RS256";
    event.jwt.aud = {"api"};
    event.jwt.exp = 1795437432;
    return event;
}

TEST_CASE("a failure's record has the published names") {
    const json::value record = parsed(failure());
    struct {
        const char* pointer;
        json::value value;
    } const cases[] = {
        {"/time", "2026-11-23T12:51:24.318Z"},
        {"/level", "warn"},
        {"/schema", "whogoes/1"},
        {"/event", "auth.failure"},
        {"/msg", "401 GET /v1/orders - token expired 14m 12s ago"},
        {"/id", "01JDC4M7Q2Z6"},
        {"/http/request/method", "GET"},
        {"/http/request/header/accept", "a/b, c/d"},
        {"/http/request/header/authorization", ""},
        {"/http/request/header/x-other", ""},
        {"/http/response/status_code", 401},
        {"/http/response/header/content-type", "text/plain"},
        {"/url/path", "/v1/orders"},
        {"/url/query", "page=2&access_token=REDACTED"},
        {"/client/address", "127.0.0.1"},
        {"/upstream/address", "127.0.0.1:3000"},
        {"/upstream/status_code", 401},
        {"/user_agent/original", "Mozilla/5.0"},
        {"/duration_ms", 14.2},
        {"/auth/cause", "token-expired"},
        {"/auth/confidence", "certain"},
        {"/auth/also", json::array{"no-credentials"}},
        {"/auth/evidence/0", "exp 2026-11-23T12:37:12Z is 852 s in the past (leeway 60 s)"},
        {"/auth/evidence/1", "upstream sent no WWW-Authenticate"},
        {"/auth/facts/expired_s", 852},
        {"/auth/facts/inside", true},
        {"/auth/remedy", "get a new token, or configure refresh"},
        {"/auth/scheme", "Bearer"},
        {"/auth/source", "header"},
        {"/auth/challenge/received", json::array{}},
        {"/auth/challenge/injected/0", "Bearer realm=\"api\", error=\"invalid_token\""},
        {"/auth/rules", json::array{"unauthorized-without-challenge"}},
        {"/auth/verdict", "401-correct"},
        {"/auth/refresh", "off"},
        {"/jwt/alg", "RS256"},
        {"/jwt/aud/0", "api"},
        {"/jwt/exp", 1795437432},
        {"/jwt/verified", false},
        {"/clock/skew_s", 0},
    };
    for (const auto& row : cases) {
        CAPTURE(row.pointer);
        boost::system::error_code error;
        const json::value* found = record.find_pointer(row.pointer, error);
        REQUIRE(found != nullptr);
        CHECK(*found == row.value);
    }
    CHECK(record.at_pointer("/auth/token").as_string().starts_with("tk_"));
}

TEST_CASE("a record's shape, whole") {
    AuthEvent event;
    event.kind = EventKind::lifecycle;
    event.time = Given::noon;
    event.message = "started";
    CHECK(line_of(event) ==
          R"({"time":"2026-11-23T12:51:24.318Z","level":"info","schema":"whogoes/1",)"
          R"("event":"lifecycle","msg":"started"})"
          "\n");
    event = described({.status = 200}, {});
    event.id = "A";
    event.duration_ms = 0.05;
    CHECK(line_of(event) ==
          R"({"time":"2026-11-23T12:51:24.318Z","level":"info","schema":"whogoes/1",)"
          R"("event":"http.access","msg":"200 GET /v1/orders","id":"A",)"
          R"("http":{"request":{"method":"GET"},"response":{"status_code":200}},)"
          R"("url":{"path":"/v1/orders"},"client":{"address":"127.0.0.1"},)"
          R"("upstream":{"address":"127.0.0.1:3000","status_code":200},"duration_ms":0.05})"
          "\n");
}

TEST_CASE("every kind of event has its published name") {
    CHECK(name(EventKind::auth_failure) == "auth.failure");
    CHECK(name(EventKind::auth_compliance) == "auth.compliance");
    CHECK(name(EventKind::auth_refresh) == "auth.refresh");
    CHECK(name(EventKind::http_access) == "http.access");
    CHECK(name(EventKind::proxy_error) == "proxy.error");
    CHECK(name(EventKind::config_reload) == "config.reload");
    CHECK(name(EventKind::lifecycle) == "lifecycle");
}

TEST_CASE("a long record is cut in the published order and each cut is marked") {
    AuthEvent event = failure();
    for (int i = 0; i < 6; ++i) {
        event.diagnosis.violations.push_back({&without_challenge, {{}, std::string(300, 's'), {}}});
    }
    event.user_agent = std::string(500, 'u');
    event.query = std::string(1000, 'q');
    event.path = std::string(1000, 'p');
    event.offered = {std::string(300, 'c')};
    const auto text = [](const json::value& record, const char* pointer) {
        return std::string(record.at_pointer(pointer).as_string());
    };

    SUBCASE("it fits: nothing is cut") {
        const json::value record = parsed(event);
        CHECK(record.at_pointer("/auth/evidence").as_array().size() == 9);
        CHECK(text(record, "/user_agent/original").size() == 500);
    }
    SUBCASE("sentences go first") {
        event.offered = {std::string(3000, 'c')};
        const json::value record = parsed(event);
        CHECK(record.at_pointer("/auth/evidence").as_array().size() == 5);
        CHECK(text(record, "/auth/evidence/4") == "…");
        CHECK(text(record, "/user_agent/original").size() == 500);
    }
    SUBCASE("then the user agent, then the query") {
        event.offered = {std::string(4200, 'c')};
        const json::value record = parsed(event);
        CHECK(text(record, "/user_agent/original").ends_with("u…"));
        CHECK(text(record, "/url/query").ends_with("q…"));
        CHECK(text(record, "/url/path").size() == 1000);
    }
    SUBCASE("then the path, then challenges") {
        event.offered = {std::string(9000, 'c')};
        const json::value record = parsed(event);
        CHECK(text(record, "/url/path").ends_with("p…"));
        CHECK(text(record, "/auth/challenge/received/0").ends_with("c…"));
        CHECK(record.at_pointer("/http/request/header").is_object());
    }
}

TEST_CASE("no event makes a record of more than 8 KiB, or one that does not parse") {
    const std::string worst(3000, '\x01');  // six octets each when escaped
    AuthEvent event = failure();
    event.method = event.path = event.query = event.user_agent = event.client = worst;
    event.upstream = event.route = event.user = event.message = event.trace_id = worst;
    event.offered.assign(64, worst);
    event.injected.assign(64, worst);
    event.changes.assign(64, worst);
    event.jwt.aud.assign(64, worst);
    event.jwt.kid = event.jwt.iss = worst;
    event.request_fields.assign(64, {"x", worst});
    event.diagnosis.main->evidence.words = worst;
    for (int i = 0; i < 40; ++i) {
        event.diagnosis.violations.push_back({&without_challenge, {{}, worst, {{"a", worst}}}});
        event.diagnosis.also.push_back({&expired, {{}, worst, {}}});
    }
    const std::string line = line_of(event);
    CHECK(line.size() <= longest_record);
    const json::value record = json::parse(std::string_view(line).substr(0, line.size() - 1));
    CHECK(record.at_pointer("/auth/cause").as_string() == "token-expired");
    CHECK(record.at_pointer("/http/response/status_code").as_int64() == 401);
}

TEST_CASE("a fact is written once: the main cause's") {
    AuthEvent event = failure();
    event.diagnosis.also[0].evidence.facts = {{"expired_s", std::int64_t{1}},
                                              {"count", std::int64_t{2}}};
    const json::value record = parsed(event);
    CHECK(record.at_pointer("/auth/facts/expired_s").as_int64() == 852);
    CHECK(record.at_pointer("/auth/facts/count").as_int64() == 2);
}

TEST_CASE("a list among the facts is written, and cut where it is too long") {
    AuthEvent event = failure();
    event.diagnosis.main->evidence.facts = {
        {"missing", std::vector<std::string>{"orders:write", "b"}},
        {"aud", std::vector<std::string>{}},
        {"jwks_kids", std::vector<std::string>(1000, "kid")}};
    const json::value record = parsed(event);
    CHECK(record.at_pointer("/auth/facts/missing") == json::array{"orders:write", "b"});
    CHECK(record.at_pointer("/auth/facts/aud") == json::array{});
    const json::array& kids = record.at_pointer("/auth/facts/jwks_kids").as_array();
    CHECK(kids.size() == 65);
    CHECK(kids.back() == json::value("…"));
}

TEST_CASE("control characters and bad octets of peers do not reach the line") {
    AuthEvent event = described({.path = "/a\x1b[31m\xff\xe2\x80\xae"}, {});
    const std::string line = line_of(event);
    for (const char c : std::string_view(line).substr(0, line.size() - 1)) {
        CHECK(static_cast<unsigned char>(c) >= 0x20);
        CHECK(static_cast<unsigned char>(c) < 0x7f);
    }
}

TEST_CASE("times are RFC 3339 with milliseconds, across seconds and days") {
    TimeText times;
    std::string out;
    using std::chrono::milliseconds;
    times.append(out, Given::noon);
    times.append(out, Given::noon + milliseconds(1));
    times.append(out, Given::noon + std::chrono::hours(12));
    times.append(out, rules::TimePoint{});
    CHECK(out ==
          "2026-11-23T12:51:24.318Z2026-11-23T12:51:24.319Z"
          "2026-11-24T00:51:24.318Z1970-01-01T00:00:00.000Z");
}

TEST_CASE("ids sort by time") {
    const std::string first = event_id(Given::noon, 262143);
    const std::string second = event_id(Given::noon + std::chrono::milliseconds(1), 0);
    CHECK(first.size() == 12);
    CHECK(first < second);
    CHECK(event_id(Given::noon, 1) != event_id(Given::noon, 2));
}

TEST_CASE("durations read as people say them") {
    CHECK(duration_words(0) == "0s");
    CHECK(duration_words(59) == "59s");
    CHECK(duration_words(60) == "1m");
    CHECK(duration_words(852) == "14m 12s");
    CHECK(duration_words(7200) == "2h");
    CHECK(duration_words(90000) == "1d 1h");
    CHECK(duration_words(-5) == "0s");
}

TEST_CASE("a record written again is what it would be if it were written afresh") {
    for (const double upstream_ms : {0.0, 3.25}) {
        AuthEvent event = failure();
        event.message = headline(event);
        event.upstream_ms = upstream_ms;
        TimeText times;
        RecordHoles holes;
        std::string record = "what stands before\n";
        const std::size_t begin = record.size();
        append_record(record, event, times, &holes);

        event.time += std::chrono::milliseconds(2500);
        event.id = "01JDC4M7Q2Z7";
        event.duration_ms = 1234.567;
        if (upstream_ms > 0) event.upstream_ms = 0.125;
        std::string again, afresh;
        append_again(again, std::string_view(record).substr(begin), holes, event, times);
        append_record(afresh, event, times);
        CHECK(again == afresh);
    }
}

}  // namespace
}  // namespace whogoes::report
