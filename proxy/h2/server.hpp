#pragma once

#include "proxy/h2/connection.hpp"

#include <functional>

// A client's HTTP/2 connection. Each request becomes a net::Stream that is handed on, from which it
// is read, and to which its answer is written, in the form of HTTP/1.1. Knows nothing of what is
// done with it.
namespace whogoes::h2 {

// RFC 9113, 3.4: what a client begins with where it knows beforehand.
inline constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

class ServerConnection final : public Connection {
public:
    using OnRequest = std::function<void(net::Stream)>;

    ServerConnection(net::Reactor&, net::Deadlines&, net::Stream socket, const Limits&, OnRequest);

private:
    bool begin_block(std::int32_t id, int category) override;
    void block_came(Stream&, int category, bool ends) override;
    void start_new_ones() override;
    std::int32_t submit(Stream&, const SplitHead&, bool ends) override;
    static void refuse(Stream&, int status, std::string_view message);

    OnRequest on_request_;
    std::vector<std::shared_ptr<Stream>> new_ones_;
};

}  // namespace whogoes::h2
