#include "proxy/net/file_watch.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace whogoes::net {
namespace {

constexpr std::chrono::milliseconds quiet{100};
constexpr std::uint32_t new_contents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE;

// Empty: not there now, or not readable.
std::optional<std::size_t> hash_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    const std::string contents{std::istreambuf_iterator<char>(in), {}};
    return std::hash<std::string>{}(contents);
}

std::string folder_of(const std::filesystem::path& file) {
    const std::filesystem::path folder = file.parent_path();
    return folder.empty() ? "." : folder.string();
}

}  // namespace

struct FileWatch::Impl : std::enable_shared_from_this<Impl> {
    Impl(boost::asio::io_context& io, std::string path, std::function<void()> told)
        : file(std::move(path)),
          name(std::filesystem::path(file).filename().string()),
          changed(std::move(told)),
          events(io),
          timer(io),
          known(hash_of(file)) {
        const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (descriptor < 0) return;
        events.assign(descriptor);
        watch_folders();
    }

    // Again after each change: a link may lead elsewhere now.
    void watch_folders() {
        std::error_code error;
        const std::filesystem::path real = std::filesystem::canonical(file, error);
        real_name = real.filename().string();
        for (const std::string& folder : {folder_of(file), error ? "" : folder_of(real)}) {
            if (folder.empty()) continue;
            if (::inotify_add_watch(events.native_handle(), folder.c_str(), new_contents) >= 0)
                watching = true;
        }
    }

    void wait() {
        events.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                              if (error) return;
                              if (self->read_events()) self->wait_for_quiet();
                              self->wait();
                          });
    }

    // Whether one of them may be about the file. Kubernetes swaps a link named "..data".
    bool read_events() {
        bool ours = false;
        alignas(inotify_event) std::array<char, 4096> buffer;
        for (;;) {
            const ssize_t octets = ::read(events.native_handle(), buffer.data(), buffer.size());
            if (octets <= 0) return ours;
            for (const char* at = buffer.data(); at < buffer.data() + octets;) {
                const auto* const event = reinterpret_cast<const inotify_event*>(at);
                const std::string_view which = event->len > 0 ? event->name : "";
                ours = ours || which == name || which == real_name || which.starts_with("..") ||
                       (event->mask & IN_Q_OVERFLOW) != 0;
                at += sizeof(inotify_event) + event->len;
            }
        }
    }

    void wait_for_quiet() {
        timer.expires_after(quiet);  // which ends the wait before this one
        timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (!error) self->compare();
        });
    }

    void compare() {
        watch_folders();
        const std::optional<std::size_t> now = hash_of(file);
        if (!now || now == known) return;
        known = now;
        changed();
    }

    void end() {
        boost::system::error_code ignored;
        events.close(ignored);
        timer.cancel();
    }

    std::string file, name, real_name;
    std::function<void()> changed;
    boost::asio::posix::stream_descriptor events;
    boost::asio::steady_timer timer;
    std::optional<std::size_t> known;
    bool watching = false;
};

FileWatch::FileWatch(boost::asio::io_context& io, std::string file, std::function<void()> changed)
    : impl_(std::make_shared<Impl>(io, std::move(file), std::move(changed))) {
    if (impl_->watching) impl_->wait();
}

FileWatch::~FileWatch() { impl_->end(); }

bool FileWatch::works() const noexcept { return impl_->watching; }

}  // namespace whogoes::net
