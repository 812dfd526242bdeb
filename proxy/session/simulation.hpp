#pragma once

#include "proxy/net/task.hpp"
#include "proxy/settings/settings.hpp"
#include "rules/diagnosis.hpp"
#include "rules/time.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// Refusals that somebody asked for, in front of the API (the front-end profile only): by
// `Prefer: whogoes=CAUSE` or `whogoes-simulate: CAUSE` (metadata of a gRPC call) on a request, or
// by `whogoes simulate` for a while.
namespace whogoes::session {

struct Exchange;

inline constexpr std::string_view simulate_field = "whogoes-simulate";

struct Simulation {
    const rules::Cause* cause = nullptr;
    settings::RouteMatch match;
    rules::TimePoint until{};
};

// What all workers of a process simulate. Any thread may set it.
class Simulations {
public:
    // Takes the place of one with the same match. False: there are too many already.
    bool add(Simulation);
    void clear();
    const rules::Cause* cause_for(std::string_view method, std::string_view path,
                                  rules::TimePoint now);

private:
    std::atomic<bool> any_{false};
    std::mutex mutex_;
    std::vector<Simulation> running_;  // the newest last
};

// The cause that this request is to be refused with; null: it goes to the API.
const rules::Cause* asked_refusal(Exchange&);

// Refuses it. False: the connection to the client must end.
net::Task<bool> refuse(Exchange&, const rules::Cause&);

}  // namespace whogoes::session
