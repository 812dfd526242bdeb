#pragma once

#include "tests/support/rig_message.hpp"
#include "tests/support/rig_wire.hpp"

#include <string_view>
#include <utility>

// A client of the proxy that sends exactly the octets it is told to.
namespace whogoes::support {

class Client {
public:
    explicit Client(Wire connected) : wire(std::move(connected)) {}

    void send(std::string_view bytes) { wire.send(bytes); }
    // The next final reply; interim ones before it are kept in `interims`.
    Message reply(std::string_view method = "GET");
    Message ask(std::string_view request);
    // Waits for the connection's end, and for nothing to come before it.
    End ending();

    Wire wire;
    std::vector<Message> interims;
};

}  // namespace whogoes::support
