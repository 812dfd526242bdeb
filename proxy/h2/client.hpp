#pragma once

#include "proxy/h2/connection.hpp"

#include <string>

// A connection to an upstream that speaks HTTP/2. It lends a net::Stream for each request, to which
// one is written, and from which its answer is read, in the form of HTTP/1.1.
namespace whogoes::h2 {

class ClientConnection final : public Connection {
public:
    ClientConnection(net::Reactor&, net::Deadlines&, net::Stream socket, const Limits&);

    // Ends it at once, where nobody waits for an answer any more.
    void close();

    // Whether a request may be sent now without waiting for another to end.
    bool has_room() const;

    // What was lent: `stream` tells what became of it.
    struct Lent {
        std::unique_ptr<net::Channel> channel;
        std::shared_ptr<const Stream> stream;
    };
    Lent open();

private:
    bool begin_block(std::int32_t id, int category) override;
    void block_came(Stream&, int category, bool ends) override;
    std::int32_t submit(Stream&, const SplitHead&, bool ends) override;
};

}  // namespace whogoes::h2
