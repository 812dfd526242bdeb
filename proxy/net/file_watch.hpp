#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace whogoes::net {

// Tells when a file says something else than before. It watches the file's folder, since editors
// and Kubernetes put another file, or another link, in its place; and it compares contents, so that
// a file that was merely written again is no news. Where the system gives no watch, nothing is
// told.
class FileWatch {
public:
    // `changed` runs on the io_context, a little after the last of several writes.
    FileWatch(boost::asio::io_context&, const std::string& file, std::function<void()> changed);
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    const std::string& file() const noexcept;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace whogoes::net
