#include "proxy/report/sink.hpp"

#include <cerrno>
#include <poll.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace whogoes::report {
namespace {

constexpr std::int64_t seconds_between_notices = 60;

std::int64_t steady_seconds() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(since).count() + 1;  // 0 means never
}

// stderr may be the very output that stalls: what it does not take at once is not said.
void say(std::string_view line) {
    pollfd ready{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return;
    if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

std::string words_of(int error) {
    if (error == 0) return "the queue is full";
    if (error == ETIMEDOUT) return "its reader takes nothing";
    return std::generic_category().message(error);
}

}  // namespace

bool Backlog::admit(std::size_t octets) {
    const std::size_t waiting = octets_.fetch_add(octets, std::memory_order_relaxed);
    const std::size_t batches = batches_.fetch_add(1, std::memory_order_relaxed);
    if (batches < most_batches && waiting + octets <= most_octets) return true;
    written(octets);
    return false;
}

void Backlog::written(std::size_t octets) {
    octets_.fetch_sub(octets, std::memory_order_relaxed);
    if (batches_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const std::lock_guard lock(mutex_);
    empty_.notify_all();
}

void Backlog::lose(std::uint64_t lines, int error) {
    if (lines == 0) return;
    dropped_.fetch_add(lines, std::memory_order_relaxed);
    error_.store(error, std::memory_order_relaxed);
    say_losses();
}

bool Backlog::drained(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    return empty_.wait_for(lock, at_most, [this] { return batches_.load() == 0; });
}

void Backlog::say_losses() {
    const std::uint64_t dropped = dropped_.load(std::memory_order_relaxed);
    if (dropped == said_.load(std::memory_order_relaxed)) return;
    std::int64_t last = said_at_.load(std::memory_order_relaxed);
    const std::int64_t now = steady_seconds();
    if (last != 0 && now - last < seconds_between_notices) return;
    if (!said_at_.compare_exchange_strong(last, now)) return;  // another thread says it
    const std::uint64_t before = said_.exchange(dropped);
    if (dropped <= before) return;
    const std::uint64_t lines = dropped - before;
    say("whogoes: " + std::to_string(lines) + (lines == 1 ? " log line" : " log lines") +
        " dropped (" + words_of(error_.load(std::memory_order_relaxed)) +
        "); whogoes_log_events_dropped_total counts them\n");
}

LineSink::LineSink(const LineFileSettings& settings, std::shared_ptr<Backlog> backlog)
    : settings_(settings),
      file_(std::make_unique<LineFile>(settings)),
      backlog_(std::move(backlog)) {}

void LineSink::log(const spdlog::details::log_msg& message) {
    const std::string_view lines(message.payload.data(), message.payload.size());
    Written written;
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(message.time);
        written = file_->write(lines, now);
        if (written.unrotated != 0)
            say("whogoes: " + settings_.output + " cannot be rotated, so it grows: " +
                words_of(written.unrotated) + "; its folder must be writable\n");
    }
    backlog_->lose(written.dropped, written.error);
    backlog_->written(lines.size());
}

std::string LineSink::reopen() {
    const std::lock_guard lock(mutex_);
    const int error = file_->reopen();
    if (error == 0) return {};
    std::string flaw = "log output " + settings_.output + ": " + words_of(error) +
                       "; lines go on into the file that was open, and into that one as soon as it "
                       "can be made";
    say("whogoes: " + flaw + "\n");
    return flaw;
}

void LineSink::change(const LineFileSettings& settings) {
    const std::lock_guard lock(mutex_);
    if (settings.output == settings_.output) {
        file_->change_rotation(settings.rotate_size, settings.rotate_age);
    } else {
        file_ = std::make_unique<LineFile>(settings);
    }
    settings_ = settings;
}

int LineSink::descriptor() const {
    const std::lock_guard lock(mutex_);
    return file_->descriptor();
}

}  // namespace whogoes::report
