#pragma once

#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A rig with `refresh:` on: beside the API there is an identity provider, played as the API is.
namespace whogoes::support {

inline const std::string json_type = "Content-Type: application/json\r\n";
inline const std::string stale = "Authorization: Bearer stale-1\r\n";

inline std::string field_of(const Message& request) { return request.field("Authorization"); }

// What a token endpoint answers; each token once, with the next refresh token.
inline std::string token_answer(int number, const std::string& more = "") {
    return ok("{\"access_token\":\"fresh-" + std::to_string(number) +
                  "\",\"token_type\":\"Bearer\",\"expires_in\":300,\"refresh_token\":\"rt-" +
                  std::to_string(number) + "\"" + more + "}",
              json_type);
}

class RefreshRig {
public:
    explicit RefreshRig(
        const std::function<void(RigOptions&, settings::RefreshSettings&)>& change = {}) {
        RigOptions options;
        options.settings.host_names = {"client.example"};
        settings::RefreshSettings block;
        block.token_endpoint =
            *upstream::parse_fetch_url("http://" + idp.endpoint().text() + "/token");
        block.client_id = "dev";
        block.refresh_token = net::Secret("rt-0");
        if (change) change(options, block);
        settings::Treatment& treatment = options.settings.treatment;
        treatment.refresh = std::make_shared<const settings::RefreshSettings>(block);
        treatment.remedies.refresh = true;
        options.settings.refreshes = true;
        rig_ = std::make_unique<Rig>(std::move(options));
        rig_->upstream.always([this](Talk& talk) { serve(talk); });
        idp.always([this](Talk& talk) { talk.answer(token_answer(++calls)); });
    }
    ~RefreshRig() {
        rig_.reset();
        idp.stop();
        for (const std::string& failure : idp.failures()) FAIL_CHECK("idp: " << failure);
    }

    Rig& rig() { return *rig_; }
    FakeUpstream& api() { return rig_->upstream; }
    // The next record of an exchange, and the next of a call to the token endpoint: they are
    // written by two threads, in either order.
    boost::json::object exchange_event() { return next(exchanges_, calls_); }
    boost::json::object call_event() { return next(calls_, exchanges_); }
    // Tokens that the API takes, beside all that begin with "fresh".
    std::atomic<bool> takes_fresh{true};
    std::atomic<int> calls{0};
    FakeUpstream idp{FakeUpstreamOptions{}};

private:
    void serve(Talk& talk) {
        const bool fresh = talk.request.field("Authorization").starts_with("Bearer fresh");
        talk.read_body();
        if (fresh && takes_fresh)
            talk.send(ok("in " + talk.request.body, "Set-Cookie: second=1\r\n"));
        else
            talk.send(answer(401, "Set-Cookie: first=1\r\n", "{\"message\":\"no\"}"));
    }

    using Events = std::deque<boost::json::object>;
    boost::json::object next(Events& wanted, Events& others) {
        while (wanted.empty()) {
            boost::json::object event = rig_->next_event();
            const bool exchange = !text_at(event, "/url/path").empty();
            (exchange == (&wanted == &exchanges_) ? wanted : others).push_back(std::move(event));
        }
        boost::json::object event = std::move(wanted.front());
        wanted.pop_front();
        return event;
    }

    Events exchanges_, calls_;
    std::unique_ptr<Rig> rig_;
};

}  // namespace whogoes::support
