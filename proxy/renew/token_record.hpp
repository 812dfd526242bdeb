#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/renew/token_answer.hpp"
#include "proxy/report/event.hpp"
#include "proxy/settings/settings.hpp"

#include <deque>
#include <string>
#include <string_view>

// What the log is told of calls to a token endpoint. No token is in it: whoever knows them adds
// their fingerprints.
namespace whogoes::renew {

// Of a call that has ended.
report::AuthEvent call_record(const settings::RefreshSettings&, const TokenAnswer&, bool rotated);

// Of the pause after fresh tokens that the API refused as well.
report::AuthEvent new_tokens_refused_record(const settings::RefreshSettings&);

// Whether one client has its token renewed time and again.
class RenewalStorm {
public:
    // Notes a call for this client. Words to add, and a level to raise it to, where within a minute
    // it was one of several.
    std::string note(const std::string& client, net::Clock::time_point now,
                     std::string_view& level);

private:
    struct Renewed {
        net::Clock::time_point at{};
        std::string client;
    };
    std::deque<Renewed> renewals_;
};

}  // namespace whogoes::renew
