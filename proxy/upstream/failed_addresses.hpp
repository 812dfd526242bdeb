#pragma once

#include "proxy/net/address.hpp"
#include "proxy/net/deadlines.hpp"

#include <chrono>
#include <vector>

// Which of a name's addresses could not be reached a moment ago, so that others are tried first.
// Pure: the time comes in.
namespace whogoes::upstream {

class FailedAddresses {
public:
    using Time = net::Clock::time_point;
    static constexpr std::chrono::seconds remembered{30};

    // All of them, in the order given, but those that failed behind the others.
    std::vector<net::Endpoint> ordered(std::vector<net::Endpoint> endpoints, Time now) const;

    void failed(const net::Endpoint&, Time now);
    void worked(const net::Endpoint&);

private:
    struct Failure {
        net::Endpoint endpoint;
        Time time;
    };
    bool is_failed(const net::Endpoint&, Time now) const;

    std::vector<Failure> failures_;  // as many as the name has addresses
};

}  // namespace whogoes::upstream
