#include "tests/support/fake_upstream.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace whogoes::support {
namespace {

int listen_on(const FakeUpstreamOptions& options) {
    const net::Endpoint endpoint = options.unix_path.empty()
                                       ? net::literal_endpoints("127.0.0.1", 0).front()
                                       : net::unix_endpoint(options.unix_path);
    const int socket = ::socket(endpoint.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.length) !=
            0 ||
        ::listen(socket, options.backlog) != 0)
        throw WireError(std::string("the fake upstream cannot listen: ") + std::strerror(errno));
    return socket;
}

}  // namespace

void Talk::read_body() {
    read_request_body(wire, request);
    upstream.complete(index, request);
}

FakeUpstream::FakeUpstream(FakeUpstreamOptions options)
    : options_(std::move(options)), listener_(listen_on(options_)) {
    endpoint_.length = sizeof endpoint_.address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&endpoint_.address), &endpoint_.length);
    if (options_.accepts) acceptor_ = std::thread([this] { accept(); });
}

FakeUpstream::~FakeUpstream() { stop(); }

void FakeUpstream::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
    }
    ::shutdown(listener_, SHUT_RDWR);
    if (acceptor_.joinable()) acceptor_.join();
    ::close(listener_);
    if (!options_.unix_path.empty()) ::unlink(options_.unix_path.c_str());
    for (const auto& connection : connections_) connection->wire.interrupt();
    for (const auto& connection : connections_) connection->thread.join();
}

void FakeUpstream::accept() {
    for (;;) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        auto connection = std::make_unique<Connection>(socket);
        const std::size_t number = accepted_.fetch_add(1);
        connection->thread =
            std::thread([this, &one = *connection, number] { serve(one, number); });
        connections_.push_back(std::move(connection));
    }
}

void FakeUpstream::serve(Connection& connection, std::size_t number) {
    try {
        if (options_.tls != nullptr) {
            connection.wire.secure_as_server(options_.tls);
            const char* name = SSL_get_servername(connection.wire.tls(), TLSEXT_NAMETYPE_host_name);
            const std::lock_guard lock(mutex_);
            server_names_.push_back(name != nullptr ? name : "");
            resumed_.push_back(SSL_session_reused(connection.wire.tls()) == 1);
        }
        while (connection.wire.has_more()) {
            Message request = read_head(connection.wire);
            if (request.target() == settle_target) {
                connection.wire.send(ok());
                continue;
            }
            Step step;
            const std::size_t index = record(request, step);
            Talk talk{*this, connection.wire, number, index, std::move(request)};
            step(talk);
            if (connection.wire.native() < 0) return;  // the step closed it
        }
    } catch (const std::exception& error) {
        const std::lock_guard lock(mutex_);
        if (!stopping_) failures_.push_back(error.what());
    }
    const std::lock_guard lock(mutex_);
    ++ended_;
    changed_.notify_all();
}

Step FakeUpstream::next_step() {
    if (!script_.empty()) {
        Step step = std::move(script_.front());
        script_.pop_front();
        return step;
    }
    if (always_) return always_;
    return [](Talk& talk) {
        talk.answer(support::answer(500, "X-Fake: nothing scripted\r\n"));
        throw WireError("a request came that the script knows nothing of: " +
                        talk.request.start_line());
    };
}

void FakeUpstream::will(Step step) {
    const std::lock_guard lock(mutex_);
    script_.push_back(std::move(step));
}

void FakeUpstream::will_answer(std::string bytes) {
    will([bytes = std::move(bytes)](Talk& talk) { talk.answer(bytes); });
}

void FakeUpstream::will_answer_and_close(std::string bytes) {
    will([bytes = std::move(bytes)](Talk& talk) {
        talk.answer(bytes);
        talk.wire.close();
    });
}

void FakeUpstream::always(Step step) {
    const std::lock_guard lock(mutex_);
    always_ = std::move(step);
}

// Together: whoever sees the request recorded may send the next, which must not take its step.
std::size_t FakeUpstream::record(const Message& request, Step& step) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    step = next_step();
    changed_.notify_all();
    return requests_.size() - 1;
}

void FakeUpstream::complete(std::size_t index, const Message& request) {
    const std::lock_guard lock(mutex_);
    requests_[index] = request;
}

std::vector<Message> FakeUpstream::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

Message FakeUpstream::request(std::size_t index) const {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return requests_.size() > index; }))
        throw WireError("the upstream was not asked that often");
    return requests_[index];
}

void FakeUpstream::wait_for_ended(std::size_t connections) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return ended_ >= connections; }))
        throw WireError("the proxy keeps its connections to the upstream");
}

std::vector<std::string> FakeUpstream::server_names() const {
    const std::lock_guard lock(mutex_);
    return server_names_;
}

std::vector<bool> FakeUpstream::resumed() const {
    const std::lock_guard lock(mutex_);
    return resumed_;
}

std::vector<std::string> FakeUpstream::failures() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> left;
    std::copy_if(failures_.begin(), failures_.end(), std::back_inserter(left),
                 [this](const std::string& failure) {
                     return std::none_of(
                         forgiven_.begin(), forgiven_.end(),
                         [&](const std::string& begin) { return failure.starts_with(begin); });
                 });
    return left;
}

void FakeUpstream::forgive(std::string beginning) {
    const std::lock_guard lock(mutex_);
    forgiven_.push_back(std::move(beginning));
}

}  // namespace whogoes::support
