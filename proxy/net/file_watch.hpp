#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

// Tells when a small file has other contents than before. Watches the folders that the file and,
// through links, its contents lie in, since editors and Kubernetes put a new file in the old one's
// place. Not for files that are written to all the time. Tells on the thread of its io_context.
// Linux's (inotify) lies in file_watch_linux.cpp. Elsewhere: kqueue's EVFILT_VNODE, or works() is
// false and the configuration is read again on SIGHUP alone.
namespace whogoes::net {

class FileWatch {
public:
    // `changed` is called once a change, when the writing has been quiet for a tenth of a second.
    FileWatch(boost::asio::io_context&, std::string file, std::function<void()> changed);
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    bool works() const noexcept;  // false: the system grants no watch

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace whogoes::net
