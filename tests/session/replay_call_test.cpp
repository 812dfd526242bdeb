#include "refresh_rig.hpp"
#include "rpc_calls.hpp"
#include "tests/support/h2_peer.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Calls that are refused by a status of their own, and the replay: what was refused before it began
// to answer, and is whole, goes out once more; the client sees the second status alone.
namespace whogoes::support {
namespace {

using Role = H2Peer::Role;

constexpr std::string_view preface_head = "PRI * HTTP/2.0\r\n\r\n";
const std::string message_octets("\0\0\0\0\2hi", 7);

// Both sides over HTTP/2, and POST may be repeated.
RefreshRig call_rig(upstream::Protocol protocol = upstream::Protocol::http_2,
                    const std::function<void(settings::RefreshSettings&)>& more = {}) {
    return RefreshRig([&](RigOptions& options, settings::RefreshSettings& block) {
        options.settings.upstream_protocol = protocol;
        options.settings.host_names = {"api.test"};
        options.settings.treatment.remedies.unsafe_methods = true;
        if (more) more(block);
    });
}

H2Fields a_call(H2Fields more = {}) {
    H2Fields fields = h2_post("/orders.v1.Orders/List", {{"content-type", "application/grpc"},
                                                         {"te", "trailers"},
                                                         {"authorization", "Bearer stale-1"}});
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

const H2Fields grpc_head = {{":status", "200"}, {"content-type", "application/grpc"}};

H2Fields trailers_only(const std::string& status, const std::string& message = "") {
    H2Fields fields = grpc_head;
    fields.emplace_back("grpc-status", status);
    if (!message.empty()) fields.emplace_back("grpc-message", message);
    return fields;
}

bool is_fresh(const H2Message& request) {
    return request.field("authorization").starts_with("Bearer fresh");
}

// A server of gRPC: what has an old token is refused at once, before its body is read.
Step server_of(std::vector<H2Message>& seen, Gate* reached = nullptr) {
    return [&seen, reached](Talk& talk) {
        H2Peer peer(talk.wire, Role::server, preface_head);
        try {
            for (;;) {
                const std::int32_t id = peer.next_request();
                if (reached != nullptr) reached->open();
                seen.push_back(peer.whole(id));
                if (is_fresh(seen.back()))
                    peer.answer(id, grpc_head, seen.back().body, {{"grpc-status", "0"}});
                else
                    peer.answer(id, trailers_only("16", "token expired"));
            }
        } catch (const WireError&) {
        }
    };
}

TEST_CASE("a refused call is renewed and sent once more: its client sees the second status alone") {
    RefreshRig refresh = call_rig();
    std::vector<H2Message> seen;
    refresh.api().always(server_of(seen));
    Client client = refresh.rig().connect();
    H2Peer peer(client.wire, Role::client);
    const H2Message& reply = peer.whole(peer.ask(a_call(), message_octets));
    CHECK(reply.status() == 200);
    CHECK(reply.body == message_octets);
    CHECK(reply.field("grpc-status").empty());
    CHECK(reply.trailer("grpc-status") == "0");
    REQUIRE(seen.size() == 2);
    CHECK(seen[1].field("authorization") == "Bearer fresh-1");
    CHECK(seen[1].field("te") == "trailers");
    CHECK(seen[1].body == message_octets);
    CHECK(refresh.api().connections() == 1);
    CHECK(refresh.rig().counted(&net::Counters::upstream_http_2) == 2);
    CHECK(refresh.rig().counted(&net::Counters::upstream_http_1) == 0);
    const boost::json::object event = refresh.exchange_event();
    CHECK(text_at(event, "/auth/refresh") == "replayed");
    CHECK(text_at(event, "/level") == "info");
    CHECK(text_at(event, "/rpc/grpc/status_code") == "16");
    CHECK(text_at(event, "/auth/evidence").find("replay fixed it") != std::string::npos);
    CHECK(text_at(event, "/auth/evidence").find("how the call ended") == std::string::npos);
}

TEST_CASE("two calls on one connection that are refused at once share the renewal") {
    RefreshRig refresh = call_rig();
    std::vector<H2Message> seen;
    refresh.api().always(server_of(seen));
    Client one = refresh.rig().connect(), other = refresh.rig().connect();
    H2Peer first(one.wire, Role::client), second(other.wire, Role::client);
    const std::int32_t a = first.ask(a_call(), message_octets);
    const std::int32_t b = second.ask(a_call(), message_octets);
    const std::int32_t c = first.ask(a_call(), message_octets);
    CHECK(first.whole(a).trailer("grpc-status") == "0");
    CHECK(first.whole(c).trailer("grpc-status") == "0");
    CHECK(second.whole(b).trailer("grpc-status") == "0");
    CHECK(refresh.calls == 1);
    CHECK(seen.size() == 6);
    CHECK(refresh.api().connections() == 1);
}

TEST_CASE("a body that came later is sent again, one that is too long is not") {
    for (const bool too_long : {false, true}) {
        CAPTURE(too_long);
        RefreshRig refresh =
            call_rig(upstream::Protocol::http_2, [](auto& block) { block.max_body = 1000; });
        std::vector<H2Message> seen;
        Gate reached;
        refresh.api().always(server_of(seen, &reached));
        Client client = refresh.rig().connect();
        H2Peer peer(client.wire, Role::client);
        const std::int32_t id = peer.ask(a_call(), message_octets, false);
        reached.wait();
        peer.send_data(id, std::string(too_long ? 5000 : 500, 'm'), true);
        const H2Message& reply = peer.whole(id);
        CHECK(reply.trailer("grpc-status") == (too_long ? "" : "0"));
        CHECK(reply.field("grpc-status") == (too_long ? "16" : ""));
        CHECK(seen.size() == (too_long ? 1 : 2));
        if (too_long) CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:body");
    }
}

TEST_CASE("a call whose client still sends is not waited for, and not sent again") {
    RefreshRig refresh = call_rig();
    refresh.api().always([&](Talk& talk) {
        H2Peer peer(talk.wire, Role::server, preface_head);
        peer.answer(peer.next_request(), trailers_only("16"));
        peer.until_closed();
    });
    Client client = refresh.rig().connect();
    H2Peer peer(client.wire, Role::client);
    const H2Message& reply = peer.whole(peer.ask(a_call(), message_octets, false));
    CHECK(reply.field("grpc-status") == "16");
    CHECK(refresh.calls == 0);
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:stream");
}

TEST_CASE("a call that a gateway refuses with HTTP 401 while its client sends is not waited for") {
    RefreshRig refresh = call_rig();
    refresh.api().always([&](Talk& talk) {
        H2Peer peer(talk.wire, Role::server, preface_head);
        peer.answer(peer.next_request(), {{":status", "401"}}, "no");
        peer.until_closed();
    });
    Client client = refresh.rig().connect();
    H2Peer peer(client.wire, Role::client);
    CHECK(peer.whole(peer.ask(a_call(), message_octets, false)).status() == 401);
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:stream");
}

TEST_CASE("a call that was refused in the middle of its answer is not sent again") {
    RefreshRig refresh = call_rig();
    refresh.api().always([&](Talk& talk) {
        H2Peer peer(talk.wire, Role::server, preface_head);
        const std::int32_t id = peer.next_request();
        peer.whole(id);
        peer.begin_answer(id, grpc_head);
        peer.send_data(id, message_octets, false);
        peer.next_request();
        peer.send_data(id, "", true, {{"grpc-status", "16"}});
        peer.until_closed();
    });
    Client client = refresh.rig().connect();
    H2Peer peer(client.wire, Role::client);
    const std::int32_t id = peer.ask(a_call(), message_octets);
    peer.head_of(id);
    peer.ask(a_call(), message_octets);
    const H2Message& reply = peer.whole(id);
    CHECK(reply.body == message_octets);
    CHECK(reply.trailer("grpc-status") == "16");
    CHECK(refresh.calls == 0);
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:answered");
}

TEST_CASE("the method decides as it does behind a 401") {
    const struct {
        H2Fields fields;
        bool unsafe;
        bool again;
    } rows[] = {
        {{}, false, false},
        {{}, true, true},
        {{{"idempotency-key", "\"a1\""}}, false, true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.unsafe);
        RefreshRig refresh([&](RigOptions& options, settings::RefreshSettings&) {
            options.settings.upstream_protocol = upstream::Protocol::http_2;
            options.settings.host_names = {"api.test"};
            options.settings.treatment.remedies.unsafe_methods = row.unsafe;
        });
        std::vector<H2Message> seen;
        refresh.api().always(server_of(seen));
        Client client = refresh.rig().connect();
        H2Peer peer(client.wire, Role::client);
        peer.whole(peer.ask(a_call(row.fields), message_octets));
        CHECK(seen.size() == (row.again ? 2 : 1));
        if (!row.again)
            CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:method");
    }
}

TEST_CASE("a status that is permission's, or no refusal, is not sent again") {
    for (const std::string status : {"7", "5", "14"}) {
        CAPTURE(status);
        RefreshRig refresh = call_rig();
        refresh.api().always([&](Talk& talk) {
            H2Peer peer(talk.wire, Role::server, preface_head);
            peer.answer(peer.next_request(), trailers_only(status));
            peer.until_closed();
        });
        Client client = refresh.rig().connect();
        H2Peer peer(client.wire, Role::client);
        CHECK(peer.whole(peer.ask(a_call(), message_octets)).field("grpc-status") == status);
        CHECK(refresh.calls == 0);
    }
}

TEST_CASE("a fresh token that a call is refused with too: the second status, and no further try") {
    const struct {
        const char* status;
        const char* words;
    } rows[] = {
        {"16", "fresh token, still unauthenticated: it is not the token's age"},
        {"7", "fresh token, still permission_denied: it is permission"},
        {"5", "fresh token, then not_found"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.status);
        RefreshRig refresh = call_rig();
        refresh.api().always([&](Talk& talk) {
            H2Peer peer(talk.wire, Role::server, preface_head);
            peer.answer(peer.next_request(), trailers_only("16", "first"));
            peer.answer(peer.next_request(), trailers_only(row.status, "second"));
            peer.until_closed();
        });
        Client client = refresh.rig().connect();
        H2Peer peer(client.wire, Role::client);
        const H2Message& reply = peer.whole(peer.ask(a_call(), message_octets));
        CHECK(reply.field("grpc-status") == row.status);
        CHECK(reply.field("grpc-message") == "second");
        CHECK(refresh.calls == 1);
        const boost::json::object event = refresh.exchange_event();
        CHECK(text_at(event, "/auth/refresh") == "replayed");
        CHECK(text_at(event, "/auth/evidence").find(row.words) != std::string::npos);
        const bool refused = std::string_view(row.status) != "5";
        CHECK(text_at(event, "/rpc/grpc/status_code") == (refused ? row.status : "16"));
        if (row.status == std::string_view("16"))
            CHECK(text_at(event, "/auth/cause") == "replay-still-unauthorized");
    }
}

// The second answer's head says nothing yet, and is on its way before its end has come.
TEST_CASE("what became of the second attempt is told by its end, wherever that lies") {
    const struct {
        H2Fields trailers;
        const char* words;
        const char* level;
    } rows[] = {
        {{{"grpc-status", "0"}}, "replay fixed it", "info"},
        {{{"grpc-status", "16"}}, "fresh token, still unauthenticated", "warn"},
        {{{"x", "1"}}, "how the call ended was not seen", "info"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.words);
        RefreshRig refresh = call_rig();
        refresh.api().always([&](Talk& talk) {
            H2Peer peer(talk.wire, Role::server, preface_head);
            peer.answer(peer.next_request(), trailers_only("16"));
            const std::int32_t id = peer.next_request();
            peer.begin_answer(id, grpc_head);
            peer.next_request();  // the client has the head
            peer.send_data(id, "", true, row.trailers);
            peer.until_closed();
        });
        Client client = refresh.rig().connect();
        H2Peer peer(client.wire, Role::client);
        const std::int32_t id = peer.ask(a_call(), message_octets);
        peer.head_of(id);
        peer.ask(h2_get("/next"));
        CHECK(peer.whole(id).trailer(row.trailers[0].first) == row.trailers[0].second);
        const boost::json::object event = refresh.exchange_event();
        CHECK(text_at(event, "/auth/refresh") == "replayed");
        CHECK(text_at(event, "/level") == row.level);
        CHECK(text_at(event, "/auth/evidence").find(row.words) != std::string::npos);
    }
}

TEST_CASE("a replayed call whose API dies leaves the first answer, whole") {
    RefreshRig refresh = call_rig();
    refresh.api().will([&](Talk& talk) {
        H2Peer peer(talk.wire, Role::server, preface_head);
        peer.answer(peer.next_request(), trailers_only("16", "first"));
        peer.next_request();
        talk.wire.close();
    });
    Client client = refresh.rig().connect();
    H2Peer peer(client.wire, Role::client);
    const H2Message& reply = peer.whole(peer.ask(a_call(), message_octets));
    CHECK(reply.field("grpc-status") == "16");
    CHECK(reply.field("grpc-message") == "first");
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "failed");
}

TEST_CASE(
    "over HTTP/1.1 a status is found in the head, in trailers alone and in a lone last frame") {
    const std::string lines = "grpc-status: 16\r\n";
    const std::string error = R"({"error":{"code":"unauthenticated"}})";
    const std::string cors = "Access-Control-Allow-Origin: *\r\n";
    const struct {
        const char* given;
        std::string type, refused;
        const char* skipped = "";
    } rows[] = {
        {"gRPC, in the head", "grpc", answered("grpc", "", lines)},
        {"gRPC, in trailers", "grpc", chunked("grpc", "", lines)},
        {"gRPC-Web, in the head", "grpc-web", answered("grpc-web", "", lines)},
        {"gRPC-Web, in a frame", "grpc-web", answered("grpc-web", web_end(lines))},
        {"gRPC-Web, for script", "grpc-web", answered("grpc-web", web_end(lines), cors)},
        {"Connect, a stream", "connect+json", answered("connect+json", frame(2, error))},
        {"Connect, unary", "json",
         answer(401, "Content-Type: application/json\r\n", R"({"code":"unauthenticated"})")},
        {"gRPC, behind a message", "grpc", chunked("grpc", message_frame, lines), "answered"},
        {"gRPC-Web, behind a message", "grpc-web",
         answered("grpc-web", message_frame + web_end(lines)), "answered"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RefreshRig refresh([](RigOptions& options, settings::RefreshSettings&) {
            options.settings.treatment.remedies.unsafe_methods = true;
        });
        const bool again = std::string_view(row.skipped).empty();
        refresh.api().always([&](Talk& talk) {
            const bool fresh = talk.request.field("Authorization").starts_with("Bearer fresh");
            talk.answer(fresh ? answered(row.type, message_frame, "grpc-status: 0\r\n")
                              : row.refused);
        });
        const Message reply = refresh.rig().ask(call(row.type, stale));
        CHECK(refresh.api().requests().size() == (again ? 2 : 1));
        const boost::json::object event = refresh.exchange_event();
        if (again) {
            CHECK(reply.body == message_frame);
            CHECK(refresh.api().request(1).body == message_frame);
            CHECK(text_at(event, "/auth/refresh") == "replayed");
        } else {
            CHECK(text_at(event, "/auth/refresh") == std::string("skipped:") + row.skipped);
        }
    }
}

}  // namespace
}  // namespace whogoes::support
