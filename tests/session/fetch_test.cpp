#include "proxy/tools/fetch.hpp"

#include "proxy/upstream/fetch.hpp"
#include "rpc_calls.hpp"
#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>
#include <sys/resource.h>
#include <utility>

// Requests of the program's own over TLS, to a server that is the proxy itself.
namespace whogoes::support {
namespace {

tools::FetchRequest to(const Rig& rig, const std::string& target) {
    tools::FetchRequest request;
    request.url = "https://" + rig.endpoint().text() + target;
    request.verify = false;
    return request;
}

TEST_CASE("a fetch speaks HTTP/2 where TLS offers it, and HTTP/1.1 where it does not") {
    for (const bool offered : {true, false}) {
        CAPTURE(offered);
        settings::Settings settings;
        settings.speaks_http_2 = offered;
        Rig rig({.settings = std::move(settings), .tls = true, .log_everything = true});
        rig.upstream.will_answer(answer(401, "WWW-Authenticate: Bearer\r\nX-One: 1\r\n", "no"));
        tools::FetchRequest request = to(rig, "/a?b=c");
        request.method = "POST";
        request.body = "{}";
        request.fields = {{"X-Test", "1"}};
        const auto fetched = tools::fetch(request);
        REQUIRE(fetched.has_value());
        CHECK(fetched->status == 401);
        CHECK(fetched->body == "no");
        CHECK(fetched->body_evidence == rules::BodyEvidence::whole);
        const Message seen = rig.upstream.request(0);
        CHECK(seen.body == "{}");
        CHECK(seen.field("X-Test") == "1");
        CHECK(seen.field("Host") == rig.endpoint().text());
        CHECK(seen.field("User-Agent") == "whogoes-lint");
        CHECK(text_at(rig.next_event(), "/network/protocol/version") == (offered ? "2" : ""));
    }
}

TEST_CASE("a call's trailers are fetched with it, and a long body is cut") {
    Rig rig({.tls = true});
    rig.upstream.will_answer(chunked("grpc", message_frame, "grpc-status: 16\r\n"));
    rig.upstream.will_answer(ok(std::string(200000, 'x')));
    const auto call = tools::fetch(to(rig, "/a.B/C"));
    REQUIRE(call.has_value());
    REQUIRE(call->trailers.size() == 1);
    CHECK(call->trailers[0].first == "grpc-status");
    CHECK(call->trailers[0].second == "16");
    const auto cut = tools::fetch(to(rig, "/"));
    REQUIRE(cut.has_value());
    CHECK(cut->body.size() == tools::most_body_octets);
    CHECK(cut->body_evidence == rules::BodyEvidence::partial);
}

// A sanitizer opens descriptors of its own to look at a type, and takes it for a bad one without.
#ifdef __SANITIZE_ADDRESS__
constexpr bool needs_descriptors = true;
#else
constexpr bool needs_descriptors = false;
#endif

TEST_CASE("what there is no descriptor for is answered as any other failure" *
          doctest::skip(needs_descriptors)) {
    boost::asio::io_context control;
    upstream::FetchRequest request;
    request.url = *upstream::parse_fetch_url("http://127.0.0.1:9/");
    std::string error;
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{3, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    upstream::fetch(control, std::move(request),
                    [&](upstream::Fetched fetched) { error = fetched.error; });
    control.run();
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(error.find("Too many open files") != std::string::npos);
}

TEST_CASE("who is not to be trusted is told apart from who does not answer") {
    Rig rig({.tls = true});
    tools::FetchRequest request = to(rig, "/");
    request.verify = true;
    const auto refused = tools::fetch(request);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().find("the certificate of https://") == 0);
    CHECK(refused.error().find("issuer certificate") != std::string::npos);
    Gate reached, release;
    rig.upstream.will([&](Talk& talk) {
        reached.open();
        release.wait();
        talk.answer(ok("late"));
    });
    request.verify = false;
    std::atomic<bool> abandoned{false};
    request.abandoned = &abandoned;
    std::thread gives_up([&] {
        reached.wait();
        abandoned = true;
    });
    const auto silent = tools::fetch(request);
    gives_up.join();
    release.open();
    rig.upstream.forgive("");
    REQUIRE_FALSE(silent.has_value());
    CHECK(silent.error().find("no readable answer from https://") == 0);
}

}  // namespace
}  // namespace whogoes::support
