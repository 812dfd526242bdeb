#include "proxy/upstream/fetch.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <atomic>
#include <list>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace whogoes::upstream {
namespace {

namespace asio = boost::asio;

// The control thread must not wait, so each of its requests has a thread while it lasts, as its
// look-ups of names have. They end with the io_context that they belong to.
class FetchThreads final : public asio::execution_context::service {
public:
    using key_type = FetchThreads;
    static asio::execution_context::id id;

    explicit FetchThreads(asio::execution_context& context) : service(context) {}

    void start(asio::io_context& control, FetchRequest request, std::function<void(Fetched)> then) {
        threads_.remove_if([](One& one) {
            if (!one.done) return false;
            one.thread.join();
            return true;
        });
        const auto fetched = std::make_shared<Fetched>();
        const auto tell = [fetched, told = std::move(then)] { told(std::move(*fetched)); };
        One& one = threads_.emplace_back();
        request.abandoned = &abandoned_;
        try {
            one.thread =
                std::thread([this, &one, &control, fetched, tell, asked = std::move(request),
                             work = asio::make_work_guard(control)]() mutable {
                    *fetched = fetch_now(std::move(asked));
                    if (!abandoned_) asio::post(control, tell);
                    one.done = true;
                });
        } catch (const std::system_error& error) {
            // Whoever asked waits for an answer, whatever it is.
            threads_.pop_back();
            fetched->error = fetched->reason = std::string("no thread for it: ") + error.what();
            asio::post(control, tell);
        }
    }

private:
    struct One {
        std::thread thread;
        std::atomic<bool> done{false};
    };

    void shutdown() override {
        abandoned_ = true;
        for (One& one : threads_) one.thread.join();
        threads_.clear();
    }

    std::atomic<bool> abandoned_{false};
    std::list<One> threads_;  // touched by the control thread alone
};

asio::execution_context::id FetchThreads::id;

}  // namespace

std::string_view Fetched::field(std::string_view name) const {
    for (const auto& [field, value] : fields)
        if (boost::beast::iequals(field, name)) return value;
    return {};
}

void fetch(asio::io_context& control, FetchRequest request, std::function<void(Fetched)> then) {
    asio::use_service<FetchThreads>(control).start(control, std::move(request), std::move(then));
}

}  // namespace whogoes::upstream
