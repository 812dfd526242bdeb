#include "proxy/upstream/waiting_resolver.hpp"

#include <cstring>
#include <mutex>
#include <netdb.h>
#include <thread>
#include <utility>

namespace whogoes::upstream {
namespace {

Resolution ask_the_system(const std::string& host, std::uint16_t port) {
    Resolution resolution;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (failed != 0) resolution.error = "cannot resolve " + host + ": " + ::gai_strerror(failed);
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        net::Endpoint endpoint;
        endpoint.length = one->ai_addrlen;
        std::memcpy(&endpoint.address, one->ai_addr, one->ai_addrlen);
        resolution.endpoints.push_back(endpoint);
    }
    if (found != nullptr) ::freeaddrinfo(found);
    return resolution;
}

}  // namespace

struct WaitingResolver::Asked {
    std::mutex mutex;
    net::Reactor* loop = nullptr;  // null: nobody waits any more
    std::function<void(Resolution)> then;

    void answer(Resolution resolution) {
        const auto tell = std::exchange(then, {});
        if (tell) tell(std::move(resolution));
    }
};

WaitingResolver::WaitingResolver() : asked_(std::make_shared<Asked>()) {}

WaitingResolver::~WaitingResolver() {
    const std::lock_guard lock(asked_->mutex);
    asked_->loop = nullptr;
}

void WaitingResolver::lookup(const std::string& host, std::uint16_t port, net::Reactor& worker,
                             std::function<void(Resolution)> then) {
    asked_->then = std::move(then);
    {
        const std::lock_guard lock(asked_->mutex);
        asked_->loop = &worker;
    }
    std::thread([asked = asked_, host, port] {
        Resolution found = ask_the_system(host, port);
        const std::lock_guard lock(asked->mutex);
        if (asked->loop == nullptr) return;
        asked->loop->post([asked, found] { asked->answer(found); });
    }).detach();
}

void WaitingResolver::give_up() {
    Resolution none;
    none.error = "cannot resolve: no answer in time";
    asked_->answer(std::move(none));
}

}  // namespace whogoes::upstream
