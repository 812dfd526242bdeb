#pragma once

#include "proxy/report/event_stream.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace whogoes::report {

// Writes one event stream to its reader for as long as it reads. The head of the answer has been
// written. Keeps itself alive until it ends; a reader that takes nothing for ten seconds ends it.
class AdminStream : public std::enable_shared_from_this<AdminStream> {
public:
    AdminStream(boost::beast::tcp_stream&&, EventStream, std::function<void()> ended);

    void start();
    void close();

private:
    void watch();
    void write_next();
    void wait();

    boost::beast::tcp_stream connection_;
    boost::asio::steady_timer pause_;
    EventStream events_;
    std::function<void()> ended_;
    std::string piece_;
    std::array<char, 64> ignored_{};
};

}  // namespace whogoes::report
