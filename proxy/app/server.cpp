#include "proxy/app/server.hpp"

#include "proxy/app/admin_token.hpp"
#include "proxy/app/announce.hpp"
#include "proxy/app/certificate_watch.hpp"
#include "proxy/app/closing.hpp"
#include "proxy/app/companion.hpp"
#include "proxy/app/fingerprint_key.hpp"
#include "proxy/app/hardening.hpp"
#include "proxy/app/listen.hpp"
#include "proxy/app/notify.hpp"
#include "proxy/app/review.hpp"
#include "proxy/app/simulate.hpp"
#include "proxy/app/summing_up.hpp"
#include "proxy/app/tls_files.hpp"
#include "proxy/app/version.hpp"
#include "proxy/app/worker_thread.hpp"
#include "proxy/net/file_watch.hpp"
#include "proxy/report/admin.hpp"
#include "proxy/report/auth_log_impl.hpp"
#include "proxy/report/metrics.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <openssl/rand.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <optional>
#include <signal.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

// The process: workers that serve, and a control thread (this one) that does all else: signals,
// admin, reload, name resolution.
namespace whogoes::app {
namespace {

rules::TimePoint wall_clock() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::int64_t unix_now() {
    return std::chrono::floor<std::chrono::seconds>(wall_clock()).time_since_epoch().count();
}

std::string random_hex(std::size_t octets) {
    std::string text;
    for (std::size_t i = 0; i < octets; ++i) {
        unsigned char octet = 0;
        RAND_bytes(&octet, 1);
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", octet);
        text += digits;
    }
    return text;
}

}  // namespace

class Server {
public:
    explicit Server(const RunOptions& options);
    int run();

private:
    void start_workers();
    void start_admin();
    void give_orders(bool first);
    void hand_out_keys();
    report::StartLine start_line() const;
    void announce();
    void watch_configuration();
    void watch_certificates();
    void take_certificates();
    void start_companion();
    int exit_code();
    void run_control();
    RunSeen what_was_seen();
    bool logs_to_console() const;  // in the pretty form, on the terminal that started this
    void wait_for_signal();
    void on_signal(int number);
    std::string reload();  // what is wrong; empty: done
    std::string take_fresh_configuration();
    void log_as_before();
    report::SimulationOutcome simulate(const report::SimulationWish&);
    void drain();
    void wait_until_drained();
    void say(std::string_view level, report::EventKind kind, std::string message);
    std::string metrics() const;

    RunOptions options_;
    report::AuthLog log_;
    report::Recorder recorder_;
    session::Simulations simulations_;
    std::string key_flaw_;
    rules::FingerprintKey key_;
    session::History history_;
    boost::asio::io_context control_{1};
    upstream::Resolver resolver_{control_};
    session::Tokens tokens_;
    session::KeySets key_sets_;
    boost::asio::signal_set signals_{control_};
    boost::asio::steady_timer timer_{control_};
    net::Places places_;
    std::vector<std::unique_ptr<WorkerThread>> workers_;
    std::map<std::string, std::string> listening_;  // as configured: as bound
    std::unique_ptr<report::Admin> admin_;
    AdminTokenFile token_file_;
    std::optional<net::FileWatch> watch_;  // of the configuration
    CertificateWatch certificates_{control_, [this] { take_certificates(); }};
    Companion companion_;
    std::string admin_token_;
    report::ReloadState reload_state_;
    bool ready_ = false;
    bool draining_ = false;
    bool told_to_end_ = false;       // by a signal
    std::uint64_t kept_before_ = 0;  // events of earlier runs, read back from the log's file
    Closing closing_;
    std::chrono::steady_clock::time_point drain_end_{};
};

Server::Server(const RunOptions& options)
    : options_(options),
      log_(options.log),
      recorder_(log_),
      key_(fingerprint_key(&key_flaw_)),
      history_(std::hash<std::string>{}(random_hex(8)), &key_),
      tokens_(control_, recorder_, key_, wall_clock),
      key_sets_(control_, recorder_, wall_clock, [this] { hand_out_keys(); }),
      admin_token_(options.admin_token.empty() ? kept_admin_token() : options.admin_token) {}

int Server::run() {
    kept_before_ = log_.kept().newest();
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.add(SIGHUP);
    signals_.add(SIGUSR1);
    start_workers();
    start_admin();
    reload_state_ = {.successful = true, .successful_at_unix = unix_now()};
    ready_ = true;
    announce();
    watch_configuration();
    watch_certificates();
    notify("READY=1");
    wait_for_signal();
    start_companion();
    run_control();
    for (const auto& worker : workers_) worker->stop();
    for (const auto& worker : workers_) worker->join();
    const int code = exit_code();
    say("info", report::EventKind::lifecycle, "stopped");
    recorder_.flush();
    log_.flush(std::chrono::seconds(5));
    // Whatever -q and the log's own place: who reads exit status 1 finds its reason here.
    if (closing_.failed())
        std::cerr << "whogoes: --fail-on: " << closing_.summary << "\n" << closing_.table;
    return code;
}

// A fault of ours in one handler is told; it ends neither the loop nor the process.
void Server::run_control() {
    for (;;) {
        try {
            control_.run();
            return;
        } catch (const std::exception& fault) {
            say("error", report::EventKind::proxy_error,
                std::string("a fault of whogoes: ") + fault.what());
        }
    }
}

void Server::start_workers() {
    const std::string via = "1.1 whogoes-" + random_hex(4);
    for (int i = 0; i < options_.workers; ++i)
        workers_.push_back(std::make_unique<WorkerThread>(log_, history_, key_, wall_clock, via,
                                                          resolver_, tokens_, places_));
    for (const auto& worker : workers_) worker->simulate(simulations_);
    for (const auto& worker : workers_) worker->look_keys_up_in(key_sets_);
    give_orders(true);
    for (const auto& worker : workers_) worker->start();
}

// Everything that can fail is done before a worker hears of it.
void Server::give_orders(bool first) {
    const upstream::PoolSettings pool = session::pool_settings(*options_.settings);
    const net::TlsContext tls =
        options_.tls.enabled()
            ? net::server_tls(options_.tls.certificate_file, options_.tls.key_file)
            : nullptr;
    std::vector<WorkerOrders> orders(workers_.size());
    std::map<std::string, std::string> listening;
    try {
        for (const ListenAddress& address : options_.listen) {
            const std::string name = address.text();
            if (!first && listening_.count(name) > 0) {
                listening[name] = listening_[name];
                for (WorkerOrders& order : orders) order.kept.push_back(name);
                continue;
            }
            const std::vector<int> sockets =
                open_for_workers(address, workers_.size(), listening[name]);
            for (std::size_t i = 0; i < orders.size(); ++i) orders[i].opened[name] = sockets[i];
        }
    } catch (...) {
        for (const WorkerOrders& order : orders)
            for (const auto& [name, socket] : order.opened) ::close(socket);
        throw;
    }
    listening_ = std::move(listening);
    tokens_.adopt(options_.settings);
    options_.settings = key_sets_.adopt(options_.settings);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        orders[i].settings = options_.settings;
        orders[i].pool = pool;
        orders[i].tls = tls;
        workers_[i]->obey(std::move(orders[i]));
    }
}

void Server::hand_out_keys() {
    options_.settings = key_sets_.filled(options_.settings);
    for (const auto& worker : workers_) worker->take(options_.settings);
}

void Server::start_admin() {
    if (options_.admin.empty()) return;
    report::AdminSources sources;
    sources.ready = [this] { return ready_ && !draining_; };
    sources.metrics = [this] { return metrics(); };
    sources.reload = [this] { return reload(); };
    sources.simulate = [this](const report::SimulationWish& wish) { return simulate(wish); };
    sources.host_names = [this]() -> const std::vector<std::string>& {
        return options_.settings->host_names;
    };
    sources.token = admin_token_;
    sources.token_place = [this] {
        return admin_token_place(!options_.admin_token.empty(), token_file_);
    };
    sources.review.kept = &log_.kept();
    sources.review.run = random_hex(4);
    sources.review.about = [this] { return start_line(); };
    sources.review.filter = [](const report::QueryPairs& pairs) {
        return record_filter(pairs, wall_clock());
    };
    sources.review.console = console_record;
    try {
        admin_ = std::make_unique<report::Admin>(control_, options_.admin, std::move(sources));
    } catch (const std::system_error& error) {
        throw std::runtime_error(why_not_listening(error, options_.admin, "--admin"));
    }
    const std::string bound = admin_->address();
    const auto port = std::strtoul(bound.c_str() + bound.rfind(':') + 1, nullptr, 10);
    std::string flaw;
    token_file_ = AdminTokenFile(static_cast<std::uint16_t>(port), admin_token_, flaw);
    if (!flaw.empty()) options_.warnings.push_back(flaw);
}

std::string Server::metrics() const {
    std::vector<const net::Counters*> counters;
    for (const auto& worker : workers_) counters.push_back(&worker->counters());
    const report::Build build{.version = version(), .commit = commit()};
    return report::render_metrics(counters, build, reload_state_) + log_.metrics() +
           report::render_process_metrics();
}

void Server::say(std::string_view level, report::EventKind kind, std::string message) {
    report::AuthEvent event;
    event.kind = kind;
    event.level = level;
    event.time = wall_clock();
    event.message = std::move(message);
    recorder_.record(std::move(event));
    recorder_.flush();
}

report::StartLine Server::start_line() const {
    return start_line_of(*options_.settings, listening_, options_.tls.enabled());
}

bool Server::logs_to_console() const {
    return options_.log.format == report::LogFormat::pretty && options_.log.output == "stderr";
}

void Server::announce() {
    const ReviewPage page{admin_ ? admin_->address() : "", admin_token_};
    app::announce(start_line(), page, options_, log_, [this](std::string words) {
        say("info", report::EventKind::lifecycle, std::move(words));
    });
    for (const std::string& warning : options_.warnings)
        say("warn", report::EventKind::lifecycle, warning);
    if (!key_flaw_.empty()) say("warn", report::EventKind::lifecycle, key_flaw_);
}

void Server::watch_configuration() {
    if (options_.config_file.empty() || options_.config_file == "-") return;
    watch_.emplace(control_, options_.config_file, [this] { reload(); });
    if (!watch_->works())
        say("warn", report::EventKind::lifecycle,
            "the system grants no watch on " + options_.config_file +
                ": send SIGHUP after changing it");
}

void Server::watch_certificates() {
    const upstream::TlsClientSettings& upstream = options_.settings->upstream_tls;
    certificates_.follow({options_.tls.certificate_file, options_.tls.key_file, upstream.ca_file,
                          upstream.certificate_file, upstream.key_file});
}

// The files were written anew; the configuration that names them is as it was.
void Server::take_certificates() {
    if (draining_) return;
    try {
        if (options_.tls.enabled())
            if (const auto flaw =
                    key_pair_flaw(options_.tls.certificate_file, options_.tls.key_file))
                throw std::runtime_error(*flaw);
        give_orders(false);
    } catch (const std::exception& error) {
        return say("error", report::EventKind::config_reload,
                   std::string("the certificate in use stays: ") + error.what());
    }
    say("info", report::EventKind::config_reload, "renewed certificates taken from their files");
}

// Once the proxy listens, so that the command's first request finds it.
void Server::start_companion() {
    if (options_.command.empty()) return;
    signals_.add(SIGCHLD);
    const std::string flaw =
        companion_.start(options_.command, url_for_command(listening_, options_.tls.enabled()));
    if (flaw.empty()) return;
    say("error", report::EventKind::lifecycle, flaw);
    drain();
}

// The command's own, else 1 where something of --fail-on was seen while it ran.
int Server::exit_code() {
    const bool as_told = told_to_end_ && companion_.ended_by_signal();
    if (companion_.exit_code() != 0 && !as_told) return companion_.exit_code();
    closing_ = close_run({options_.fail_on, options_.allow_empty, !options_.command.empty()},
                         what_was_seen(), report::console_style(options_.log, STDERR_FILENO));
    if (closing_.failed() && !logs_to_console())
        say("error", report::EventKind::lifecycle, "--fail-on: " + closing_.summary);
    return closing_.failed() ? 1 : 0;
}

RunSeen Server::what_was_seen() {
    RunSeen seen;
    seen.counts = log_.impl().counts();
    seen.events = log_.kept().behind(kept_before_, std::numeric_limits<std::size_t>::max());
    for (const auto& worker : workers_) {
        const net::Counters& counters = worker->counters();
        seen.own_replies += counters.own_replies.value();
        for (const auto& by_status : counters.requests)
            for (const auto& count : by_status) seen.requests += count.value();
    }
    return seen;
}

void Server::wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
        if (error) return;
        wait_for_signal();
        on_signal(number);
    });
}

void Server::on_signal(int number) {
    if (number == SIGCHLD) {
        if (companion_.has_ended() && !draining_) drain();
    } else if (number == SIGUSR1) {
        if (const std::string flaw = log_.reopen(); !flaw.empty())
            say("error", report::EventKind::lifecycle, flaw);
    } else if (number == SIGHUP) {
        reload();
    } else if (draining_) {
        control_.stop();  // a second one: at once
    } else {
        told_to_end_ = true;
        // The terminal's SIGINT reaches the command by itself.
        if (number == SIGTERM || !in_the_foreground()) companion_.pass_on(number);
        drain();
    }
}

std::string Server::reload() {
    if (draining_) return "whogoes is about to end";  // no door opens again
    notify_reloading();
    std::string flaw = take_fresh_configuration();
    notify("READY=1");
    return flaw;
}

std::string Server::take_fresh_configuration() {
    try {
        RunOptions fresh = options_.load();
        RunOptions before = std::exchange(options_, std::move(fresh));
        if (!options_.load) options_.load = before.load;
        try {
            log_.apply(options_.log);
            give_orders(false);
        } catch (...) {
            options_ = std::move(before);
            log_as_before();
            throw;
        }
        if (options_.workers != before.workers || options_.admin != before.admin)
            options_.warnings.push_back("workers and admin change at the next start only");
    } catch (const std::exception& error) {
        reload_state_.successful = false;
        say("error", report::EventKind::config_reload,
            std::string("the configuration stays as it was: ") + error.what());
        return error.what();
    }
    watch_certificates();
    reload_state_ = {.successful = true, .successful_at_unix = unix_now()};
    say("info", report::EventKind::config_reload, "configuration reloaded");
    for (const std::string& warning : options_.warnings)
        say("warn", report::EventKind::config_reload, warning);
    return "";
}

// What a reload that failed had changed already.
void Server::log_as_before() {
    try {
        log_.apply(options_.log);
    } catch (const std::exception& error) {
        say("error", report::EventKind::config_reload,
            std::string("the log stays where the new configuration put it: ") + error.what());
    }
}

report::SimulationOutcome Server::simulate(const report::SimulationWish& wish) {
    report::SimulationOutcome outcome =
        start_simulation(simulations_, *options_.settings, wish, wall_clock());
    if (outcome.status == 200) say("warn", report::EventKind::lifecycle, outcome.words);
    return outcome;
}

// Readiness turns first, so that whoever balances load stops sending before the doors close.
void Server::drain() {
    draining_ = true;
    notify("STOPPING=1");
    say("info", report::EventKind::lifecycle, "draining");
    timer_.expires_after(options_.drain.delay);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        for (const auto& worker : workers_) worker->drain();
        for (const auto& worker : workers_) worker->end_tunnels();
        drain_end_ = std::chrono::steady_clock::now() + options_.drain.timeout;
        wait_until_drained();
    });
}

void Server::wait_until_drained() {
    timer_.expires_after(std::chrono::milliseconds(20));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        const bool done = places_.nobody_left() && !companion_.running();
        if (done || std::chrono::steady_clock::now() >= drain_end_)
            control_.stop();
        else
            wait_until_drained();
    });
}

int run_server(const RunOptions& options) {
    harden_process();
    Server server(options);
    return server.run();
}

}  // namespace whogoes::app
