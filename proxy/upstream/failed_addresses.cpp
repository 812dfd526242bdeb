#include "proxy/upstream/failed_addresses.hpp"

#include <algorithm>
#include <cstring>

namespace whogoes::upstream {
namespace {

bool same(const net::Endpoint& a, const net::Endpoint& b) {
    return a.length == b.length && std::memcmp(&a.address, &b.address, a.length) == 0;
}

}  // namespace

bool FailedAddresses::is_failed(const net::Endpoint& endpoint, Time now) const {
    return std::any_of(failures_.begin(), failures_.end(), [&](const Failure& failure) {
        return now - failure.time < remembered && same(failure.endpoint, endpoint);
    });
}

std::vector<net::Endpoint> FailedAddresses::ordered(std::vector<net::Endpoint> endpoints,
                                                    Time now) const {
    if (failures_.empty()) return endpoints;
    std::stable_partition(endpoints.begin(), endpoints.end(),
                          [&](const net::Endpoint& endpoint) { return !is_failed(endpoint, now); });
    return endpoints;
}

void FailedAddresses::failed(const net::Endpoint& endpoint, Time now) {
    // A name whose addresses change leaves none behind for ever.
    std::erase_if(failures_, [&](const Failure& failure) {
        return now - failure.time >= remembered || same(failure.endpoint, endpoint);
    });
    failures_.push_back({endpoint, now});
}

void FailedAddresses::worked(const net::Endpoint& endpoint) {
    if (failures_.empty()) return;
    std::erase_if(failures_,
                  [&](const Failure& failure) { return same(failure.endpoint, endpoint); });
}

}  // namespace whogoes::upstream
