#include "proxy/app/reload.hpp"

#include "proxy/app/notify.hpp"
#include "proxy/app/tls_files.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace whogoes::app {
namespace {

std::int64_t unix_now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())
        .time_since_epoch()
        .count();
}

}  // namespace

Reload::Reload(boost::asio::io_context& control, RunOptions& options, report::AuthLog& log,
               Workers& workers, Say say)
    : control_(control), options_(options), log_(log), workers_(workers), say_(std::move(say)) {}

void Reload::started() {
    state_ = {.successful = true, .successful_at_unix = unix_now()};
    watch_certificates();
    if (options_.config_file.empty() || options_.config_file == "-") return;
    watch_.emplace(control_, options_.config_file, [this] { at_once(); });
    if (!watch_->works())
        say_("warn", "the system grants no watch on " + options_.config_file +
                         ": send SIGHUP after changing it");
}

void Reload::ended() { ended_ = true; }

std::string Reload::at_once() {
    if (ended_) return "whogoes is about to end";
    notify_reloading();
    std::string flaw;
    try {
        take_fresh();
    } catch (const std::exception& error) {
        flaw = error.what();
    }
    if (flaw.empty()) {
        watch_certificates();
        state_ = {.successful = true, .successful_at_unix = unix_now()};
        say_("info", "configuration reloaded");
        for (const std::string& warning : options_.warnings) say_("warn", warning);
    } else {
        state_.successful = false;
        say_("error", "the configuration stays as it was: " + flaw);
    }
    notify("READY=1");
    return flaw;
}

void Reload::take_fresh() {
    RunOptions fresh = options_.load();
    RunOptions before = std::exchange(options_, std::move(fresh));
    if (!options_.load) options_.load = before.load;
    try {
        log_.apply(options_.log);
        workers_.follow(options_);
    } catch (...) {
        options_ = std::move(before);
        log_as_before();
        throw;
    }
    if (options_.workers != before.workers || options_.admin != before.admin)
        options_.warnings.push_back("workers and admin change at the next start only");
}

// What a reload that failed had changed already.
void Reload::log_as_before() {
    try {
        log_.apply(options_.log);
    } catch (const std::exception& error) {
        say_("error",
             std::string("the log stays where the new configuration put it: ") + error.what());
    }
}

void Reload::watch_certificates() {
    const upstream::TlsClientSettings& upstream = options_.settings->upstream_tls;
    certificates_.follow({options_.tls.certificate_file, options_.tls.key_file, upstream.ca_file,
                          upstream.certificate_file, upstream.key_file});
}

// The files were written anew; the configuration that names them is as it was.
void Reload::take_certificates() {
    if (ended_) return;
    try {
        if (options_.tls.enabled())
            if (const auto flaw =
                    key_pair_flaw(options_.tls.certificate_file, options_.tls.key_file))
                throw std::runtime_error(*flaw);
        workers_.follow(options_);
    } catch (const std::exception& error) {
        return say_("error", std::string("the certificate in use stays: ") + error.what());
    }
    say_("info", "renewed certificates taken from their files");
}

}  // namespace whogoes::app
