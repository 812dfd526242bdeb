#pragma once

#include "proxy/net/file_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

// Tells when certificates or keys were renewed on disk. Certificate and key are two files, written
// one after the other: it tells once both have been quiet for a while. Judges no file.
namespace whogoes::app {

class CertificateWatch {
public:
    // `renewed` is called on the thread of the io_context.
    CertificateWatch(boost::asio::io_context&, std::function<void()> renewed);

    // In place of those before; empty names are left out.
    void follow(const std::vector<std::string>& files);

private:
    void wait_for_quiet();

    boost::asio::io_context& io_;
    boost::asio::steady_timer quiet_;
    std::function<void()> renewed_;
    std::vector<std::string> files_;
    std::vector<std::unique_ptr<net::FileWatch>> watches_;
};

}  // namespace whogoes::app
