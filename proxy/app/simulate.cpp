#include "proxy/app/simulate.hpp"

#include "proxy/app/route_match.hpp"
#include "proxy/app/units.hpp"
#include "proxy/tools/causes.hpp"

#include <chrono>
#include <utility>

namespace whogoes::app {
namespace {

constexpr std::chrono::hours longest{24};

}  // namespace

report::SimulationOutcome start_simulation(session::Simulations& simulations,
                                           const settings::Settings& settings,
                                           const report::SimulationWish& wish,
                                           rules::TimePoint now) {
    if (!settings.dev)
        return {409, "only the front-end profile simulates: start whogoes with --dev"};
    if (wish.cause == "off") {
        simulations.clear();
        return {200, "simulating nothing any more"};
    }
    const rules::Cause* cause = rules::find_cause(wish.cause);
    if (cause == nullptr) return {422, "cause: names no cause" + tools::nearest_cause(wish.cause)};
    session::Simulation simulation{cause, {}, {}};
    const std::string match = wish.match.empty() ? "/**" : wish.match;
    for (const std::string& flaw : read_match(match, simulation.match))
        return {422, "match: " + flaw};
    const std::string text = wish.duration.empty() ? "5m" : wish.duration;
    const auto duration = parse_duration(text);
    if (!duration || duration->count() == 0 || *duration > longest)
        return {422, "for: is no duration up to 24h: write 5m"};
    simulation.until = now + *duration;
    if (!simulations.add(std::move(simulation)))
        return {409,
                "there are too many simulations already: end them with `whogoes simulate off`"};
    return {200, "simulating " + std::string(cause->id) + " on " + match + " for " + text};
}

}  // namespace whogoes::app
