#include "proxy/report/review.hpp"

#include "given.hpp"
#include "proxy/report/admin_router.hpp"
#include "proxy/report/event_stream.hpp"
#include "proxy/report/page_files.hpp"
#include "proxy/report/record.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>

namespace whogoes::report {
namespace {

namespace json = boost::json;

std::string line_of(const Given& given, const rules::Diagnosis& diagnosis, std::string id) {
    AuthEvent event = described(given, diagnosis);
    event.id = std::move(id);
    event.message = headline(event);
    std::string line;
    TimeText times;
    append_record(line, event, times);
    return line;
}

// Three events, and a filter that knows `cause` alone.
struct Rig {
    Rig() {
        rules::Diagnosis bare = diagnosed(nothing_sent);
        bare.violations.push_back({&without_challenge, {}});
        kept.keep(line_of({}, diagnosed(expired), "A"));
        kept.keep(line_of({.path = "/v1/<img src=x>\x1b"}, bare, "B"));
        kept.keep(line_of({.status = 403}, diagnosed(expired), "C"));
        sources.token = "an-admin-token-for-tests";
        sources.ready = [this] { return is_ready; };
        sources.review.kept = &kept;
        sources.review.run = "run1";
        sources.review.about = [] {
            return StartLine{.version = "0.1.0",
                             .listen = "http://127.0.0.1:9999",
                             .upstream = "http://localhost:3000",
                             .mode = "observing",
                             .review = "",
                             .zone = "",
                             .dev = true};
        };
        sources.review.filter = [](const QueryPairs& pairs) {
            RecordFilter filter;
            if (pairs.front().first != "cause") filter.flaw = "no parameter " + pairs.front().first;
            filter.fits = [cause = pairs.front().second](std::string_view line) {
                return RecordView(line).text("auth.cause") == cause;
            };
            return filter;
        };
        sources.review.console = [](std::string_view line) {
            return std::string(RecordView(line).text("msg")) + "\n";
        };
    }

    AdminReply get(std::string_view target, std::string_view last_event_id = {}) const {
        AdminQuestion question;
        question.method = "GET";
        question.target = target;
        question.hosts = {"127.0.0.1:9401"};
        question.authorizations = {"Bearer an-admin-token-for-tests"};
        question.last_event_id = last_event_id;
        return answer(question, sources);
    }
    std::string ids(std::string_view target) const {
        const AdminReply reply = get(target);
        CHECK(reply.status == 200);
        std::string ids;
        const json::value body = json::parse(reply.body);
        for (const auto& event : body.at("events").as_array()) ids += event.at("id").as_string();
        return ids;
    }
    EventStream open(std::string_view target, std::string_view last_event_id = {}) const {
        AdminReply reply = get(target, last_event_id);
        REQUIRE(reply.stream);
        return {sources.review, std::move(reply.stream->filter), reply.stream->after,
                sources.ready};
    }

    RecentEvents kept;
    AdminSources sources;
    bool is_ready = true;
};

constexpr std::chrono::steady_clock::time_point begin{};

TEST_CASE("the page needs no token and holds no data; everything else needs it") {
    const Rig rig;
    struct {
        const char* path;
        bool open;
    } const cases[] = {
        {"/", true},
        {"/page.js", true},
        {"/view.js", true},
        {"/page.css", true},
        {"/api/v1/events", false},
        {"/api/v1/events?format=text", false},
        {"/api/v1/stream", false},
        {"/api/v1/summary", false},
        {"/api/v1/causes", false},
        {"/api/v1/export.har", false},
        {"/api/v1/export.jsonl", false},
    };
    for (const auto& row : cases) {
        CAPTURE(row.path);
        AdminQuestion question;
        question.method = "GET";
        question.target = row.path;
        question.hosts = {"127.0.0.1:9401"};
        CHECK(answer(question, rig.sources).status == (row.open ? 200 : 401));
        question.authorizations = {"Bearer an-admin-token-for-test"};
        CHECK(answer(question, rig.sources).status == (row.open ? 200 : 401));
        question.authorizations = {"Bearer an-admin-token-for-tests"};
        CHECK(answer(question, rig.sources).status == 200);
        question.hosts = {"rebound.example"};
        CHECK(answer(question, rig.sources).status == 403);
        question.hosts = {"127.0.0.1:9401"};
        question.method = "POST";
        CHECK(answer(question, rig.sources).status == 405);
    }
}

TEST_CASE("the page is small, is whole, and asks nobody else for anything") {
    std::size_t octets = 0;
    for (const PageFile& file : page_files()) {
        CAPTURE(file.path);
        CHECK(find_page_file(file.path) == &file);
        octets += file.text.size();
        CHECK(file.text.size() > 100);
        for (const char* banned :
             {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "https://",
              "src=\"//", "@import", "style=\"", "onclick=", "document.cookie"}) {
            CAPTURE(banned);
            CHECK(file.text.find(banned) == std::string_view::npos);
        }
    }
    // As wide as a list that folds, its filter's words and three columns need; a font weighs more.
    CHECK(octets < 48000);
    CHECK(find_page_file("/page.html") == nullptr);
}

TEST_CASE("every module that the page asks for is there, and no other is") {
    std::size_t asked = 2;  // the page itself and its style
    for (const PageFile& file : page_files()) {
        const std::string name(file.path.substr(1));
        if (!name.ends_with(".js")) continue;
        bool wanted = false;
        for (const PageFile& other : page_files())
            wanted = wanted || other.text.find("'./" + name + "'") != std::string_view::npos ||
                     other.text.find("src=\"" + name + "\"") != std::string_view::npos;
        CAPTURE(name);
        CHECK(wanted);
        ++asked;
    }
    CHECK(asked == page_files().size());
}

TEST_CASE("the page learns the summary of each cause and rule, and what it looks at") {
    const Rig rig;
    const json::value names = json::parse(rig.get("/api/v1/causes").body);
    CHECK(names.at("causes").as_object().size() == rules::catalogue().size());
    CHECK(names.at("rules").as_object().size() == rules::rulebook().size());
    CHECK(names.at("causes").at("token-expired").as_string() == "token expired");
    CHECK(json::parse(about_json(rig.sources.review, true)).at("dev").as_bool());
}

TEST_CASE("events come as they were logged, the newest last") {
    const Rig rig;
    CHECK(rig.ids("/api/v1/events") == "ABC");
    CHECK(rig.ids("/api/v1/events?limit=2") == "BC");
    CHECK(rig.ids("/api/v1/events?cause=token-expired") == "AC");
    CHECK(rig.ids("/api/v1/events?cause=token-expired&limit=1") == "C");
    CHECK(rig.ids("/api/v1/events?cause=nothing") == "");
    CHECK(rig.ids("/api/v1/events?after=run1-1") == "BC");
    CHECK(rig.ids("/api/v1/events?after=run1-3") == "");
    CHECK(rig.ids("/api/v1/events?after=run0-3") == "ABC");
    CHECK(rig.ids("/api/v1/events?after=nonsense") == "ABC");
    CHECK(json::parse(rig.get("/api/v1/events").body).at("next").as_string() == "run1-3");
    CHECK(rig.get("/api/v1/events").body.find('<') != std::string::npos);
    CHECK(rig.get("/api/v1/events").content_type == "application/json");
    CHECK(rig.get("/api/v1/events").body.find('\x1b') == std::string::npos);
}

TEST_CASE("a question that cannot be answered is told what is wrong with it") {
    const Rig rig;
    for (const char* query : {"limit=0", "limit=-1", "limit=x", "limit=99999999999999999999",
                              "format=xml", "colour=red", "cause=%zz", "%"}) {
        CAPTURE(query);
        for (const char* path : {"/api/v1/events?", "/api/v1/stream?", "/api/v1/summary?",
                                 "/api/v1/export.har?", "/api/v1/export.jsonl?"}) {
            const AdminReply reply = rig.get(std::string(path) + query);
            CHECK(reply.status == 400);
            CHECK_FALSE(json::parse(reply.body).at("message").as_string().empty());
        }
    }
    AdminSources without = rig.sources;
    without.review = {};
    AdminQuestion question;
    question.method = "GET";
    question.target = "/api/v1/events";
    question.hosts = {"localhost"};
    question.authorizations = {"Bearer an-admin-token-for-tests"};
    CHECK(answer(question, without).status == 501);
}

TEST_CASE("events come as text, as curl and as Markdown for who has no JavaScript") {
    const Rig rig;
    const AdminReply text = rig.get("/api/v1/events?format=text&limit=1");
    CHECK(text.content_type == "text/plain; charset=utf-8");
    CHECK(text.body == "403 GET /v1/orders - token expired\n");
    CHECK(rig.get("/api/v1/events?format=curl&limit=1").body ==
          "curl -i 'http://127.0.0.1:9999/v1/orders'\n");
    const AdminReply markdown = rig.get("/api/v1/events?format=markdown");
    CHECK(markdown.content_type == "text/markdown; charset=utf-8");
    CHECK(markdown.body.find("### 403 `GET /v1/orders`: token expired") != std::string::npos);
}

TEST_CASE("exports hold what fits, each in its format") {
    const Rig rig;
    const AdminReply har = rig.get("/api/v1/export.har?cause=token-expired");
    CHECK(har.file_name == "whogoes.har");
    const json::value body = json::parse(har.body), log = body.at("log");
    CHECK(log.at("entries").as_array().size() == 2);
    CHECK(log.at("creator").at("version").as_string() == "0.1.0");
    const AdminReply lines = rig.get("/api/v1/export.jsonl?limit=2");
    CHECK(lines.file_name == "whogoes.jsonl");
    CHECK(lines.content_type == "application/jsonl");
    CHECK(std::count(lines.body.begin(), lines.body.end(), '\n') == 2);
    CHECK(json::parse(lines.body.substr(0, lines.body.find('\n'))).at("id").as_string() == "B");
}

TEST_CASE("a summary counts causes, rules, tokens, routes and statuses") {
    const Rig rig;
    const json::value summary = json::parse(rig.get("/api/v1/summary").body);
    CHECK(summary.at("events").as_int64() == 3);
    CHECK(summary.at("causes").at(0).at("cause").as_string() == "token-expired");
    CHECK(summary.at("causes").at(0).at("count").as_int64() == 2);
    CHECK(summary.at("causes").at(0).at("summary").as_string() == "token expired");
    CHECK(summary.at("rules").at(0).at("rule").as_string() == "unauthorized-without-challenge");
    CHECK(summary.at("statuses").at(0).at("status").as_string() == "401");
    CHECK(summary.at("routes").at(0).at("route").as_string() == "/v1/orders");
    CHECK(summary.at("first").as_string() == "2026-11-23T12:51:24.318Z");
    CHECK(json::parse(rig.get("/api/v1/summary?cause=none").body).at("events").as_int64() == 0);
}

TEST_CASE("a stream begins with who this is, and goes on from now") {
    Rig rig;
    EventStream stream = rig.open("/api/v1/stream");
    const std::string hello = stream.next(begin);
    CHECK(hello.starts_with("retry: 1000\n\nevent: about\ndata: {\"version\":\"0.1.0\","));
    CHECK(hello.find("\"state\":\"ready\"}\n\n") != std::string::npos);
    CHECK(hello.find("id:") == std::string::npos);
    CHECK(stream.next(begin) == "");
    const std::string line = line_of({}, diagnosed(expired), "D");
    rig.kept.keep(line);
    CHECK(stream.next(begin) == "id: run1-4\ndata: " + line + "\n");
    CHECK(stream.next(begin) == "");
    rig.is_ready = false;
    CHECK(stream.next(begin).find("\"state\":\"draining\"") != std::string::npos);
}

TEST_CASE("a stream takes up where its reader stopped") {
    const Rig rig;
    struct {
        const char *target, *last_event_id;
        int events;
    } const cases[] = {
        {"/api/v1/stream", "run1-1", 2},
        {"/api/v1/stream", "run1-3", 0},
        {"/api/v1/stream", "run0-2", 3},  // before a restart
        {"/api/v1/stream", "nonsense", 3},
        {"/api/v1/stream?limit=2", "", 2},
        {"/api/v1/stream?limit=2", "run1-2", 1},
        {"/api/v1/stream?limit=5000", "", 3},
        {"/api/v1/stream?limit=1&cause=no-credentials", "", 1},
        {"/api/v1/stream?after=run1-2", "", 1},
    };
    for (const auto& row : cases) {
        CAPTURE(row.target);
        CAPTURE(row.last_event_id);
        EventStream stream = rig.open(row.target, row.last_event_id);
        const std::string text = stream.next(begin);
        int events = 0;
        for (auto at = text.find("\nid: "); at != std::string::npos;
             at = text.find("\nid: ", at + 1))
            ++events;
        CHECK(events == row.events);
        CHECK(text.find("event: gap") == std::string::npos);
    }
}

TEST_CASE("a quiet stream gives a sign of life, and only then") {
    const Rig rig;
    EventStream stream = rig.open("/api/v1/stream");
    stream.next(begin);
    CHECK(stream.next(begin + EventStream::heartbeat - std::chrono::milliseconds(1)) == "");
    CHECK(stream.next(begin + EventStream::heartbeat) == ": still here\n\n");
    CHECK(stream.next(begin + EventStream::heartbeat) == "");
}

TEST_CASE("a reader that falls behind is told what it lost, and pieces are bounded") {
    Rig rig;
    EventStream stream = rig.open("/api/v1/stream");
    stream.next(begin);
    const std::string line = line_of({}, diagnosed(expired), "D");
    rig.kept.limit(1000);
    for (int i = 0; i < 3000; ++i) rig.kept.keep(line);
    const std::string first = stream.next(begin);
    CHECK(first.starts_with("event: gap\ndata: {\"lost\":2000}\n\nid: run1-2004\n"));
    std::size_t octets = first.size();
    for (std::string piece = stream.next(begin); !piece.empty(); piece = stream.next(begin)) {
        CHECK(piece.size() < 2 * EventStream::most_octets);
        octets += piece.size();
    }
    CHECK(octets > 1000 * line.size());
}

TEST_CASE("a filter that nothing fits costs its reader nothing but time") {
    Rig rig;
    EventStream stream = rig.open("/api/v1/stream?limit=5000&cause=no-such-cause");
    for (int i = 0; i < 1000; ++i) rig.kept.keep(line_of({}, diagnosed(expired), "D"));
    CHECK(stream.next(begin).find("data: {\"time\"") == std::string::npos);
    CHECK(stream.next(begin) == "");
}

}  // namespace
}  // namespace whogoes::report
