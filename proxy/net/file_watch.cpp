#include "proxy/net/file_watch.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace whogoes::net {
namespace {

// An editor writes a file in several steps.
constexpr std::chrono::milliseconds settling{100};

constexpr std::uint32_t of_interest =
    IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_ATTRIB | IN_ONLYDIR;

std::optional<std::string> text_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::string folder_of(const std::string& file) {
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    return folder.empty() ? "." : folder.string();
}

}  // namespace

struct FileWatch::Impl : std::enable_shared_from_this<FileWatch::Impl> {
    Impl(boost::asio::io_context& io, std::string watched, std::function<void()> told)
        : file(std::move(watched)),
          changed(std::move(told)),
          text(text_of(file)),
          events(io),
          timer(io) {}

    void start() {
        const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (descriptor < 0) return;
        if (::inotify_add_watch(descriptor, folder_of(file).c_str(), of_interest) < 0) {
            ::close(descriptor);
            return;
        }
        events.assign(descriptor);
        wait();
    }

    void wait() {
        events.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                              if (error || self->ended) return;
                              self->take_events();
                              self->wait();
                          });
    }

    // What they say does not matter: the file is read again either way.
    void take_events() {
        char block[4096];
        while (::read(events.native_handle(), block, sizeof block) > 0) continue;
        timer.expires_after(settling);
        timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (!error && !self->ended) self->compare();
        });
    }

    void compare() {
        std::optional<std::string> now = text_of(file);
        if (!now || now == text) return;  // gone for a moment, or as it was
        text = std::move(now);
        changed();
    }

    std::string file;
    std::function<void()> changed;
    std::optional<std::string> text;
    boost::asio::posix::stream_descriptor events;
    boost::asio::steady_timer timer;
    bool ended = false;
};

FileWatch::FileWatch(boost::asio::io_context& io, const std::string& file,
                     std::function<void()> changed)
    : impl_(std::make_shared<Impl>(io, file, std::move(changed))) {
    impl_->start();
}

FileWatch::~FileWatch() {
    impl_->ended = true;
    boost::system::error_code ignored;
    impl_->timer.cancel();
    impl_->events.close(ignored);
}

const std::string& FileWatch::file() const noexcept { return impl_->file; }

}  // namespace whogoes::net
