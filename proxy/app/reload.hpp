#pragma once

#include "proxy/app/certificate_watch.hpp"
#include "proxy/app/options.hpp"
#include "proxy/app/workers.hpp"
#include "proxy/net/file_watch.hpp"
#include "proxy/report/auth_log.hpp"
#include "proxy/report/metrics.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <optional>
#include <string>

// Takes a changed configuration, or renewed certificates, while the proxy runs: whole, or not at
// all. Watches the files that tell of it. Does not decide when the process may no longer change.
namespace whogoes::app {

class Reload {
public:
    using Say = std::function<void(std::string_view level, std::string message)>;

    // `options` is the configuration in force, and this replaces it.
    Reload(boost::asio::io_context&, RunOptions& options, report::AuthLog&, Workers&, Say);

    void started();         // the first configuration is in force; now its files are watched
    void ended();           // no door opens again
    std::string at_once();  // what is wrong; empty: done
    const report::ReloadState& state() const { return state_; }

private:
    void take_fresh();  // throws
    void log_as_before();
    void watch_certificates();
    void take_certificates();

    boost::asio::io_context& control_;
    RunOptions& options_;
    report::AuthLog& log_;
    Workers& workers_;
    Say say_;
    std::optional<net::FileWatch> watch_;  // of the configuration
    CertificateWatch certificates_{control_, [this] { take_certificates(); }};
    report::ReloadState state_;
    bool ended_ = false;
};

}  // namespace whogoes::app
