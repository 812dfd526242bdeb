#include "proxy/observe/observer.hpp"

#include "proxy/observe/observe.hpp"
#include "proxy/observe/sighting.hpp"

#include <utility>

namespace whogoes::observe {

Observer::Observer(report::AuthLog& log, History& of_process, const rules::FingerprintKey& key,
                   WallClock wall_clock, const net::Deadlines& loop_clock)
    : recorder(log),
      fingerprinter(key),
      history(of_process),
      clock(std::move(wall_clock)),
      deadlines(loop_clock),
      accepted_gate(of_process.hash_key()),
      repeats(of_process.hash_key()) {}

Observer::~Observer() = default;

void Observer::settle(net::Clock::time_point now) { first_legs.settle(now, history, recorder); }

std::string dialled_origin(std::string_view scheme, std::string_view authority) {
    std::string origin(scheme);
    return origin.append("://").append(authority.empty() ? "localhost" : authority);
}

}  // namespace whogoes::observe
