#pragma once

#include "proxy/app/options.hpp"
#include "proxy/app/workers.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

// The end of a run: readiness turns, the doors close, what was let in is served, for so long. Not
// the exit code, which is app/closing's.
namespace whogoes::app {

class Ending {
public:
    // `all_done` is asked beside the workers, which may wait for nobody else; `over` is called
    // once.
    Ending(boost::asio::io_context&, Workers&, std::function<bool()> all_done,
           std::function<void()> over);

    void begin(const Drain&);
    bool begun() const { return begun_; }

private:
    void wait_until_drained();

    boost::asio::steady_timer timer_;
    Workers& workers_;
    std::function<bool()> all_done_;
    std::function<void()> over_;
    std::chrono::steady_clock::time_point latest_{};
    bool begun_ = false;
};

}  // namespace whogoes::app
