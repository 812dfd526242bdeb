#pragma once

#include <chrono>
#include <string>

// `whogoes health`: asks the admin listener whether a proxy is ready.
namespace whogoes::tools {

struct HealthRequest {
    std::string host;  // an address
    int port = 0;
    std::chrono::milliseconds wait{0};  // how long to ask again; 0: once
};

struct Health {
    bool ready = false;
    std::string words;  // "ready", or why not
};

Health ask_health(const HealthRequest&);

}  // namespace whogoes::tools
