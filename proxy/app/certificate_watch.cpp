#include "proxy/app/certificate_watch.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace whogoes::app {
namespace {

constexpr std::chrono::milliseconds quiet_for{500};

}  // namespace

CertificateWatch::CertificateWatch(boost::asio::io_context& io, std::function<void()> renewed)
    : io_(io), quiet_(io), renewed_(std::move(renewed)) {}

void CertificateWatch::follow(const std::vector<std::string>& files) {
    std::vector<std::string> wanted;
    std::copy_if(files.begin(), files.end(), std::back_inserter(wanted),
                 [](const std::string& file) { return !file.empty(); });
    if (wanted == files_) return;
    files_ = std::move(wanted);
    watches_.clear();
    for (const std::string& file : files_)
        watches_.push_back(
            std::make_unique<net::FileWatch>(io_, file, [this] { wait_for_quiet(); }));
}

void CertificateWatch::wait_for_quiet() {
    quiet_.expires_after(quiet_for);  // which ends the wait before this one
    quiet_.async_wait([this](const boost::system::error_code& error) {
        if (!error) renewed_();
    });
}

}  // namespace whogoes::app
