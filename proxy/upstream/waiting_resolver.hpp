#pragma once

#include "proxy/upstream/names.hpp"

#include <memory>

namespace whogoes::upstream {

// A resolver for a loop that runs for one request: asks the system in a thread of its own, and need
// not wait for it. The system's has no way to be given up.
class WaitingResolver final : public Resolver {
public:
    WaitingResolver();
    ~WaitingResolver() override;

    void lookup(const std::string& host, std::uint16_t port, net::Reactor& worker,
                std::function<void(Resolution)> then) override;
    // On the loop's thread: who still waits is told that there is no answer.
    void give_up();

private:
    struct Asked;
    std::shared_ptr<Asked> asked_;
};

}  // namespace whogoes::upstream
