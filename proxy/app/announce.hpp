#pragma once

#include "proxy/app/options.hpp"
#include "proxy/report/console.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace whogoes::app {

// Where the review page is.
struct ReviewPage {
    std::string address;  // of the admin listener as bound; empty: there is none
    std::string key;
};

// Says who has started, and where the review page is, to whoever looks: in the log, and on standard
// error where the log is elsewhere. The page's key goes to terminals only, for what is piped is
// kept by somebody.
void announce(report::StartLine, const ReviewPage&, const RunOptions&, report::AuthLog&,
              const std::function<void(std::string words)>& record);

}  // namespace whogoes::app
