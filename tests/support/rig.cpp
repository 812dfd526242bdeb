#include "tests/support/rig.hpp"

#include "proxy/net/listener.hpp"
#include "tests/support/rig_certificates.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <future>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace whogoes::support {
namespace {

std::string make_folder() {
    std::string path = (std::filesystem::temp_directory_path() / "whogoes-rig-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw WireError("no temporary folder");
    return path;
}

FakeUpstreamOptions upstream_options(const RigOptions& options, const std::string& folder) {
    FakeUpstreamOptions upstream = options.upstream;
    if (options.upstream_is_unix) upstream.unix_path = folder + "/upstream";
    return upstream;
}

void aim(settings::Settings& settings, const FakeUpstream& upstream, bool tls, bool known_by_name) {
    upstream::Target& target = settings.upstream;
    if (!target.origin.empty()) return;
    target.tls = tls;
    if (upstream.endpoint().family() == AF_UNIX) {
        target.unix_path = upstream.endpoint().host();
        target.origin = "unix:" + target.unix_path;
        target.authority = "localhost";
        return;
    }
    if (target.host.empty()) target.host = known_by_name ? "api.test" : "127.0.0.1";
    target.port = upstream.endpoint().port();
    target.authority = target.host + ":" + std::to_string(target.port);
    target.origin = (tls ? "https://" : "http://") + target.authority;
}

std::string listener_name(int number) { return "rig" + std::to_string(number); }

// Knows one name's addresses, whatever the name.
class FixedResolver final : public upstream::Resolver {
public:
    FixedResolver(boost::asio::io_context& control, std::vector<net::Endpoint> endpoints)
        : Resolver(control), endpoints_(std::move(endpoints)) {}
    void lookup(const std::string&, std::uint16_t, net::Reactor& worker,
                std::function<void(upstream::Resolution)> then) override {
        worker.post([then = std::move(then), found = endpoints_] { then({found, ""}); });
    }

private:
    std::vector<net::Endpoint> endpoints_;
};

}  // namespace

Rig::Rig(RigOptions options)
    : folder_(make_folder()),
      options_(std::move(options)),
      upstream(upstream_options(options_, folder_)) {
    ::signal(SIGPIPE, SIG_IGN);  // as the program does: OpenSSL writes without MSG_NOSIGNAL
    settings::Settings& settings = options_.settings;
    std::vector<net::Endpoint> addresses = options_.tried_first;
    aim(settings, upstream, options_.upstream.tls != nullptr, !addresses.empty());
    addresses.push_back(upstream.endpoint());
    if (options_.tried_first.empty())
        resolver_ = std::make_unique<upstream::Resolver>(control_);
    else
        resolver_ = std::make_unique<FixedResolver>(control_, std::move(addresses));
    for (const std::string& text : options_.offers)
        settings.treatment.remedies.offers.push_back(offer(text));
    if (options_.log_everything) settings.log.access = settings::AccessLog::all;
    settings_ = std::make_shared<const settings::Settings>(settings);
    origin_ = settings_->upstream.origin;

    const std::string path = folder_ + "/log";
    ::mkfifo(path.c_str(), 0600);
    log_reader_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    log_ = std::make_unique<report::AuthLog>(report::LogSettings{.output = path});
    log_thread_ = std::thread([this] { read_log(); });

    const rules::FingerprintKey key{1, 2, 3};
    const observe::WallClock clock = [this] {
        if (clock_breaks_.exchange(false)) throw std::runtime_error("the clock broke");
        if (const std::unique_ptr<Hold> hold{clock_hold_.exchange(nullptr)}) {
            hold->reached.open();
            hold->release.wait();
        }
        return rules::TimePoint(std::chrono::milliseconds(now_.load()));
    };
    recorder_ = std::make_unique<report::Recorder>(*log_);
    tokens_ = std::make_unique<renew::Tokens>(control_, *recorder_, key, clock);
    tokens_->adopt(settings_);
    const auto hand_out = [this] {
        settings_ = key_sets_->filled(settings_);
        for (const auto& worker : workers_) worker->take(settings_);
    };
    key_sets_ = std::make_unique<renew::KeySets>(control_, *recorder_, clock, hand_out,
                                                 options_.key_limits);
    settings_ = key_sets_->adopt(settings_);
    for (int i = 0; i < options_.workers; ++i)
        workers_.push_back(std::make_unique<app::WorkerThread>(
            *log_, history_, key, clock, "1.1 whogoes-0badcafe", *resolver_, *tokens_, places_));
    for (const auto& worker : workers_) {
        worker->simulate(simulations_);
        worker->look_keys_up_in(*key_sets_);
        worker->wait_for_second_legs(options_.second_leg_wait);
    }
    open_listeners();
    for (const auto& worker : workers_) worker->start();
    control_thread_ = std::thread([this] {
        const auto work = boost::asio::make_work_guard(control_);
        control_.run();
    });
}

app::WorkerOrders Rig::orders() const {
    app::WorkerOrders orders;
    orders.settings = settings_;
    orders.pool = settings::pool_settings(*settings_);
    if (options_.tls)
        orders.tls =
            net::server_tls(certificates().server.certificate, certificates().server.key,
                            settings_->speaks_http_2 ? net::Alpn::both : net::Alpn::http_1_1);
    return orders;
}

void Rig::open_listeners() {
    std::vector<app::WorkerOrders> first(workers_.size());
    for (app::WorkerOrders& order : first) order = orders();
    const bool share = options_.workers > 1 && !options_.unix_listener;
    for (int i = 0; i < options_.listeners; ++i) {
        net::Endpoint endpoint = options_.unix_listener
                                     ? net::unix_endpoint(folder_ + "/listen")
                                     : net::literal_endpoints("127.0.0.1", 0).front();
        int socket = -1;
        for (app::WorkerOrders& order : first) {
            socket = socket < 0 || share ? net::open_listener(endpoint, share) : ::dup(socket);
            endpoint = net::bound_endpoint(socket);
            order.opened[listener_name(i)] = socket;
        }
        endpoints_.push_back(endpoint);
    }
    endpoint_ = endpoints_.front();
    for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i]->obey(std::move(first[i]));
}

Rig::~Rig() {
    stop();
    for (const std::string& failure : upstream.failures()) FAIL_CHECK("upstream: " << failure);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::vector<boost::json::object> Rig::stop() {
    if (!stopped_) {
        stopped_ = true;
        settling_.reset();
        upstream.stop();
        drain();
        end_tunnels();
        // A session that outlives its worker would never end; the test's clients are gone by now.
        CHECK(
            eventually([this] { return counted(&net::Counters::client_connections_active) == 0; }));
        for (const auto& worker : workers_) worker->stop();
        for (const auto& worker : workers_) worker->join();
        CHECK(counted(&net::Counters::client_connections_idle) == 0);
        CHECK(counted(&net::Counters::upstream_connections_active) == 0);
        control_.stop();
        control_thread_.join();
        workers_.clear();
        tokens_.reset();
        key_sets_.reset();
        recorder_.reset();
        log_.reset();  // the pipe's last writer: the reader sees the end
        log_thread_.join();
        ::close(log_reader_);
    }
    const std::lock_guard lock(mutex_);
    return {events_.begin(), events_.end()};
}

void Rig::read_log() {
    std::string line;
    for (;;) {
        pollfd ready{log_reader_, POLLIN, 0};
        ::poll(&ready, 1, -1);
        char block[16 * 1024];
        const ssize_t got = ::read(log_reader_, block, sizeof block);
        if (got == 0) break;
        if (got < 0) continue;
        const std::lock_guard lock(mutex_);
        log_text_.append(block, static_cast<std::size_t>(got));
        line.append(block, static_cast<std::size_t>(got));
        for (std::size_t end = 0; (end = line.find('\n')) != std::string::npos;) {
            events_.push_back(boost::json::parse(line.substr(0, end)).as_object());
            line.erase(0, end + 1);
        }
        line_came_.notify_all();
    }
    const std::lock_guard lock(mutex_);
    log_ended_ = true;
    line_came_.notify_all();
}

boost::json::object Rig::next_event() {
    std::unique_lock lock(mutex_);
    line_came_.wait_for(lock, patience, [this] { return !events_.empty() || log_ended_; });
    if (events_.empty()) throw WireError("the log has no further record");
    boost::json::object event = std::move(events_.front());
    events_.pop_front();
    return event;
}

std::string Rig::log_text() const {
    const std::lock_guard lock(mutex_);
    return log_text_;
}

Client Rig::connect_plain(std::size_t listener) const {
    return Client(Wire::to(endpoints_.at(listener)));
}

Client Rig::connect(std::size_t listener) const {
    Client client = connect_plain(listener);
    if (options_.tls) client.wire.secure_as_client(certificates().trusting_client.get());
    return client;
}

Message Rig::ask(std::string_view request) { return connect().ask(request); }

Message Rig::get(std::string_view target, std::string_view fields) {
    return ask(support::get(target, fields));
}

void Rig::settle() {
    if (!settling_) settling_ = std::make_unique<Client>(connect());
    settling_->ask(support::get(settle_target));
}

void Rig::reload(const std::function<void(settings::Settings&)>& change) {
    std::promise<void> done;
    boost::asio::post(control_, [&] {
        auto fresh = std::make_shared<settings::Settings>(*settings_);
        change(*fresh);
        tokens_->adopt(fresh);
        settings_ = key_sets_->adopt(fresh);
        for (const auto& worker : workers_) {
            app::WorkerOrders next = orders();
            for (int i = 0; i < options_.listeners; ++i) next.kept.push_back(listener_name(i));
            worker->obey(std::move(next));
        }
        // Behind what adopt() has posted: nothing that comes from elsewhere may get in between.
        boost::asio::post(control_, [&] { done.set_value(); });
    });
    done.get_future().wait();
}

void Rig::drain() {
    for (const auto& worker : workers_) worker->drain();
}

void Rig::end_tunnels() {
    for (const auto& worker : workers_) worker->end_tunnels();
}

std::uint64_t Rig::counted(net::Counter net::Counters::*counter) const {
    std::uint64_t sum = 0;
    for (const auto& worker : workers_) sum += (worker->counters().*counter).value();
    return sum;
}

std::string text_at(const boost::json::object& event, std::string_view pointer) {
    boost::system::error_code error;
    const boost::json::value whole(event);
    const boost::json::value* found = whole.find_pointer({pointer.data(), pointer.size()}, error);
    if (error || found == nullptr) return "";
    if (const auto* text = found->if_string()) return std::string(text->c_str(), text->size());
    return boost::json::serialize(*found);
}

rules::Offer offer(std::string_view text) { return *rules::parse_offer(text); }

}  // namespace whogoes::support
