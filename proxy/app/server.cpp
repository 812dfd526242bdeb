#include "proxy/app/server.hpp"

#include "proxy/app/admin_token.hpp"
#include "proxy/app/agents.hpp"
#include "proxy/app/announce.hpp"
#include "proxy/app/closing.hpp"
#include "proxy/app/companion.hpp"
#include "proxy/app/ending.hpp"
#include "proxy/app/fingerprint_key.hpp"
#include "proxy/app/hardening.hpp"
#include "proxy/app/listen.hpp"
#include "proxy/app/notify.hpp"
#include "proxy/app/reload.hpp"
#include "proxy/app/review.hpp"
#include "proxy/app/simulate.hpp"
#include "proxy/app/summing_up.hpp"
#include "proxy/app/version.hpp"
#include "proxy/app/workers.hpp"
#include "proxy/net/random.hpp"
#include "proxy/report/admin.hpp"
#include "proxy/report/auth_log_impl.hpp"
#include "proxy/report/metrics.hpp"

#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
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

}  // namespace

class Server {
public:
    explicit Server(const RunOptions& options);
    int run();

private:
    void start_admin();
    report::StartLine start_line() const;
    void announce();
    void start_companion();
    int exit_code();
    void run_control();
    RunSeen what_was_seen();
    bool logs_to_console() const;  // in the pretty form, on the terminal that started this
    void wait_for_signal();
    void on_signal(int number);
    report::SimulationOutcome simulate(const report::SimulationWish&);
    void end();
    void say(std::string_view level, report::EventKind kind, std::string message);
    std::string metrics() const;

    RunOptions options_;
    report::AuthLog log_;
    report::Recorder recorder_;
    session::Simulations simulations_;
    std::string key_flaw_;
    rules::FingerprintKey key_;
    observe::History history_;
    boost::asio::io_context control_{1};
    upstream::Resolver resolver_{control_};
    renew::Tokens tokens_;
    renew::KeySets key_sets_;
    boost::asio::signal_set signals_{control_};
    Workers workers_;
    Reload reload_;
    std::unique_ptr<report::Admin> admin_;
    AdminTokenFile token_file_;
    Companion companion_;
    Ending ending_;
    std::string admin_token_;
    bool ready_ = false;
    bool told_to_end_ = false;       // by a signal
    std::uint64_t kept_before_ = 0;  // events of earlier runs, read back from the log's file
    Closing closing_;
};

Server::Server(const RunOptions& options)
    : options_(options),
      log_(options.log),
      recorder_(log_),
      key_(fingerprint_key(&key_flaw_)),
      history_(std::hash<std::string>{}(net::random_hex(8)), &key_),
      tokens_(control_, recorder_, key_, wall_clock),
      key_sets_(control_, recorder_, wall_clock, [this] { workers_.hand_out_keys(options_); }),
      workers_({log_, history_, key_, wall_clock, resolver_, tokens_, key_sets_, simulations_}),
      reload_(control_, options_, log_, workers_,
              [this](std::string_view level, std::string message) {
                  say(level, report::EventKind::config_reload, std::move(message));
              }),
      ending_(
          control_, workers_, [this] { return !companion_.running(); },
          [this] { control_.stop(); }),
      admin_token_(options.admin_token.empty() ? kept_admin_token() : options.admin_token) {}

int Server::run() {
    kept_before_ = log_.kept().newest();
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) signals_.add(number);
    workers_.start(options_, "1.1 whogoes-" + net::random_hex(4));
    start_admin();
    ready_ = true;
    announce();
    reload_.started();
    notify("READY=1");
    wait_for_signal();
    start_companion();
    run_control();
    workers_.stop();
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

void Server::start_admin() {
    if (options_.admin.empty()) return;
    report::AdminSources sources;
    sources.ready = [this] { return ready_ && !ending_.begun(); };
    sources.metrics = [this] { return metrics(); };
    sources.reload = [this] { return reload_.at_once(); };
    sources.simulate = [this](const report::SimulationWish& wish) { return simulate(wish); };
    sources.agents =
        agents_of({log_.kept(), key_, [this] { return options_.settings; },
                   [this](const report::SimulationWish& wish) { return simulate(wish); }});
    sources.host_names = [this]() -> const std::vector<std::string>& {
        return options_.settings->host_names;
    };
    sources.token = admin_token_;
    sources.token_place = [this] {
        return admin_token_place(!options_.admin_token.empty(), token_file_);
    };
    sources.review.kept = &log_.kept();
    sources.review.run = net::random_hex(4);
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
    // A key that was chosen is known to whoever is to have it.
    if (!flaw.empty() && options_.admin_token.empty()) options_.warnings.push_back(flaw);
}

std::string Server::metrics() const {
    const report::Build build{.version = version(), .commit = commit()};
    return report::render_metrics(workers_.counters(), build, reload_.state()) + log_.metrics() +
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
    return start_line_of(*options_.settings, workers_.listening(), options_.tls.enabled());
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

// Once the proxy listens, so that the command's first request finds it.
void Server::start_companion() {
    if (options_.command.empty()) return;
    signals_.add(SIGCHLD);
    const std::string flaw = companion_.start(
        options_.command, url_for_command(workers_.listening(), options_.tls.enabled()));
    if (flaw.empty()) return;
    say("error", report::EventKind::lifecycle, flaw);
    end();
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
    for (const net::Counters* const counters : workers_.counters()) {
        seen.own_replies += counters->own_replies.value();
        for (const auto& by_status : counters->requests)
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
        if (companion_.has_ended() && !ending_.begun()) end();
    } else if (number == SIGUSR1) {
        if (const std::string flaw = log_.reopen(); !flaw.empty())
            say("error", report::EventKind::lifecycle, flaw);
    } else if (number == SIGHUP) {
        reload_.at_once();
    } else if (ending_.begun()) {
        control_.stop();  // a second one: at once
    } else {
        told_to_end_ = true;
        // The terminal's SIGINT reaches the command by itself.
        if (number == SIGTERM || !in_the_foreground()) companion_.pass_on(number);
        end();
    }
}

report::SimulationOutcome Server::simulate(const report::SimulationWish& wish) {
    report::SimulationOutcome outcome =
        start_simulation(simulations_, *options_.settings, wish, wall_clock());
    if (outcome.status == 200) say("warn", report::EventKind::lifecycle, outcome.words);
    return outcome;
}

void Server::end() {
    reload_.ended();
    notify("STOPPING=1");
    say("info", report::EventKind::lifecycle, "draining");
    ending_.begin(options_.drain);
}

int run_server(const RunOptions& options) {
    harden_process();
    Server server(options);
    return server.run();
}

}  // namespace whogoes::app
