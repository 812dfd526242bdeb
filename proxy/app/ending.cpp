#include "proxy/app/ending.hpp"

#include <utility>

namespace whogoes::app {

Ending::Ending(boost::asio::io_context& control, Workers& workers, std::function<bool()> all_done,
               std::function<void()> over)
    : timer_(control), workers_(workers), all_done_(std::move(all_done)), over_(std::move(over)) {}

// Readiness turns first, so that whoever balances load stops sending before the doors close.
void Ending::begin(const Drain& drain) {
    begun_ = true;
    timer_.expires_after(drain.delay);
    timer_.async_wait([this, drain](const boost::system::error_code& error) {
        if (error) return;
        workers_.drain();
        latest_ = std::chrono::steady_clock::now() + drain.timeout;
        wait_until_drained();
    });
}

void Ending::wait_until_drained() {
    timer_.expires_after(std::chrono::milliseconds(20));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        const bool done = workers_.nobody_left() && all_done_();
        if (done || std::chrono::steady_clock::now() >= latest_)
            over_();
        else
            wait_until_drained();
    });
}

}  // namespace whogoes::app
