#include "proxy/report/auth_log.hpp"

#include "proxy/report/auth_log_impl.hpp"
#include "proxy/report/log_tail.hpp"

#include <algorithm>
#include <sys/ioctl.h>

namespace whogoes::report {
namespace {

constexpr std::chrono::seconds flush_at_end{2};

LineFileSettings file_settings(const LogSettings& settings) {
    LineFileSettings file;
    file.output = settings.output;
    file.asked_at = settings.output_asked_at;
    file.rotate_size = settings.rotate_size;
    file.rotate_age = settings.rotate_age;
    return file;
}

int terminal_columns(int descriptor) {
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 100;
    return size.ws_col;
}

}  // namespace

ConsoleStyle console_style(const LogSettings& settings, int descriptor) {
    ConsoleStyle style;
    style.colour = settings.colour == Colour::always;
    style.utf8 = settings.utf8;
    style.columns = settings.columns > 0 ? settings.columns : terminal_columns(descriptor);
    style.verbose = settings.verbose;
    style.quiet = settings.quiet;
    style.local_time = settings.local_time;
    style.dev = settings.dev;
    return style;
}

AuthLog::Impl::Impl(const LogSettings& settings)
    : backlog(std::make_shared<Backlog>()),
      sink(std::make_shared<LineSink>(file_settings(settings), backlog)),
      pool(std::make_shared<spdlog::details::thread_pool>(Backlog::most_batches + 8, 1)),
      // The backlog admits no more batches than the queue holds, so that `block` never does.
      logger(std::make_shared<spdlog::async_logger>("auth", sink, pool,
                                                    spdlog::async_overflow_policy::block)),
      pretty(settings.format == LogFormat::pretty),
      console(console_style(settings, sink->descriptor())) {
    logger->set_level(spdlog::level::trace);
    recent.limit(settings.keep);
    if (settings.output != "stderr" && settings.output != "stdout")
        recent.keep(last_records(settings.output, settings.keep, RecentEvents::most_octets / 2));
}

AuthLog::Impl::~Impl() {
    if (pretty) submit(console.finish());
    backlog->drained(flush_at_end);
    // The writer's last message holds the logger too: joined first, this thread is the one to free
    // it.
    pool.reset();
}

void AuthLog::Impl::submit(std::string_view lines) {
    if (lines.empty()) return;
    if (!backlog->admit(lines.size())) return backlog->lose(count_lines(lines), 0);
    logger->log(spdlog::level::info, spdlog::string_view_t(lines.data(), lines.size()));
}

void AuthLog::Impl::show(const AuthEvent& event) {
    const std::lock_guard lock(console_mutex);
    submit(console.show(event));
}

void AuthLog::Impl::tick(rules::TimePoint now) {
    backlog->say_losses();
    if (!pretty.load(std::memory_order_relaxed)) return;
    const std::lock_guard lock(console_mutex);
    submit(console.tick(now));
}

void AuthLog::Impl::enlist(const Tally* tally) {
    const std::lock_guard lock(tallies_mutex_);
    tallies_.push_back(tally);
}

void AuthLog::Impl::retire(const Tally* tally) {
    const std::lock_guard lock(tallies_mutex_);
    tally->add_to(retired_);
    std::erase(tallies_, tally);
}

Counts AuthLog::Impl::counts() const {
    const std::lock_guard lock(tallies_mutex_);
    Counts counts = retired_;
    for (const Tally* tally : tallies_) tally->add_to(counts);
    return counts;
}

AuthLog::AuthLog(const LogSettings& settings) : impl_(std::make_unique<Impl>(settings)) {}
AuthLog::~AuthLog() = default;

std::string AuthLog::reopen() { return impl_->sink->reopen(); }

void AuthLog::apply(const LogSettings& settings) {
    impl_->sink->change(file_settings(settings));
    impl_->recent.limit(settings.keep);
    const std::lock_guard lock(impl_->console_mutex);
    impl_->submit(impl_->console.finish());
    impl_->console.restyle(console_style(settings, impl_->sink->descriptor()));
    impl_->pretty = settings.format == LogFormat::pretty;
}

void AuthLog::flush(std::chrono::milliseconds at_most) { impl_->backlog->drained(at_most); }

std::uint64_t AuthLog::dropped() const { return impl_->backlog->dropped(); }

RecentEvents& AuthLog::kept() { return impl_->recent; }

std::string AuthLog::metrics() const {
    std::string out;
    append_auth_metrics(out, impl_->counts(), dropped());
    return out;
}

}  // namespace whogoes::report
