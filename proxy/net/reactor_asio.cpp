#include "proxy/net/reactor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive_ptr.hpp>

#include <cerrno>
#include <sys/stat.h>
#include <utility>

// Boost.Asio: wherever that runs. Each wait asks the kernel anew, and finds what is ready already.
namespace whogoes::net {
namespace {

namespace asio = boost::asio;

// The executor's own type: one that hides it costs a few allocations more a request.
using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

// What is posted stands before the sockets that are found ready in the same turn, so it is posted
// once more when these stand in the queue.
template <typename Action>
void post_behind_what_is_ready(asio::io_context& io, Action action) {
    asio::post(io, [&io, then = std::move(action)]() mutable { asio::post(io, std::move(then)); });
}

}  // namespace

// Owns no socket: that is the Ready's.
struct Ready::Registration {
    explicit Registration(asio::io_context& io) : descriptor(io) {}
    ~Registration() { end(); }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

    void end() {
        if (descriptor.is_open()) descriptor.release();
    }

    Descriptor descriptor;
    bool reading = false, writing = false;  // a wait is under way
};

Ready::Ready() noexcept = default;
Ready::~Ready() = default;

struct Reactor::Impl {
    // One thread runs it and owns the sockets; others only post and stop.
    asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
};

Reactor::Reactor() : impl_(std::make_unique<Impl>()) {}
Reactor::~Reactor() = default;

bool Reactor::add(int descriptor, Ready& one) {
    // Asio takes a file and fails each wait for it later.
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return false;
    if (!S_ISSOCK(status.st_mode)) {
        errno = EPERM;
        return false;
    }
    auto registration = std::make_unique<Ready::Registration>(impl_->io);
    boost::system::error_code error;
    registration->descriptor.assign(descriptor, error);
    if (error) {
        errno = error.value();
        return false;
    }
    one.registration_ = std::move(registration);
    intrusive_ptr_add_ref(&one);
    return true;
}

void Reactor::forget(Ready& one) {
    one.registration_->end();
    intrusive_ptr_release(&one);
}

void Reactor::forget_copy(int, Ready& one) { forget(one); }

void Reactor::tell_when(Ready& one, Readiness what) {
    if (!one.registration_) return;  // add() has failed
    const bool for_room = has(what, Readiness::writable);
    Ready::Registration& registration = *one.registration_;
    bool& under_way = for_room ? registration.writing : registration.reading;
    if (std::exchange(under_way, true)) return;
    registration.descriptor.async_wait(for_room ? Descriptor::wait_write : Descriptor::wait_read,
                                       [self = boost::intrusive_ptr<Ready>(&one), &registration,
                                        &under_way, what](const boost::system::error_code& error) {
                                           under_way = false;
                                           if (registration.descriptor.is_open())
                                               self->ready(error ? Readiness::failed : what);
                                       });
}

void Reactor::hear_octets(Ready&, bool) noexcept {}

void Reactor::resume_next_turn(std::coroutine_handle<> waiter) {
    post_behind_what_is_ready(impl_->io, [waiter] { waiter.resume(); });
}

void Reactor::post(std::function<void()> action) {
    post_behind_what_is_ready(impl_->io, std::move(action));
}

void Reactor::stop() { impl_->io.stop(); }

namespace {

void tick_on(asio::steady_timer& timer, std::chrono::milliseconds interval,
             const std::function<void()>& tick) {
    timer.expires_after(interval);
    timer.async_wait([&timer, interval, &tick](const boost::system::error_code& error) {
        if (error) return;
        tick();
        tick_on(timer, interval, tick);
    });
}

}  // namespace

void Reactor::run(std::chrono::milliseconds interval, const std::function<void()>& tick) {
    asio::steady_timer timer(impl_->io);
    tick_on(timer, interval, tick);
    impl_->io.run();
}

}  // namespace whogoes::net
