#pragma once

#include <string>

// `whogoes simulate`: tells a running proxy of the front-end profile to refuse.
namespace whogoes::tools {

struct SimulateRequest {
    std::string host;  // of the admin listener, an address
    int port = 0;
    std::string token;
    std::string cause;  // an id, or "off"
    std::string match = "/**";
    std::string duration = "5m";
};

struct Simulated {
    bool done = false;
    std::string words;  // what is simulated now, or why nothing is
};

Simulated simulate(const SimulateRequest&);

}  // namespace whogoes::tools
