#include "proxy/tools/health.hpp"

#include "proxy/tools/fetch.hpp"

#include <algorithm>
#include <thread>

namespace whogoes::tools {
namespace {

constexpr std::chrono::milliseconds pause{100};
constexpr std::chrono::milliseconds patience{2000};  // with one answer

// The wildcard is where it listens, not where one can call.
std::string url_of(const HealthRequest& request) {
    const std::string host = request.host == "0.0.0.0" ? "127.0.0.1"
                             : request.host == "::"    ? "::1"
                                                       : request.host;
    const bool v6 = host.find(':') != std::string::npos;
    return "http://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(request.port) +
           "/readyz";
}

}  // namespace

Health ask_health(const HealthRequest& request) {
    const std::string url = url_of(request);
    const auto until = std::chrono::steady_clock::now() + request.wait;
    while (true) {
        const FetchRequest wanted{url, "GET", {}, true, patience};
        const auto answer = fetch(wanted);
        if (answer.has_value() && answer->status == 200) return {true, "ready"};
        if (std::chrono::steady_clock::now() + pause >= until) {
            if (!answer.has_value())
                return {false, "no whogoes answers: " + answer.error() +
                                   "; start it, or name its admin address with --admin"};
            return {false, "not ready: " + url + " answered " + std::to_string(answer->status)};
        }
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace whogoes::tools
