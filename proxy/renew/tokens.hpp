#pragma once

#include "proxy/net/reactor.hpp"
#include "proxy/renew/token_slot.hpp"
#include "proxy/report/recorder.hpp"
#include "proxy/settings/settings.hpp"
#include "rules/fingerprint.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

// Where fresh tokens come from: one slot for each `refresh:` block, shared by all workers, and the
// calls to the token endpoints, one at a time for a slot. Lives on the control thread; outlives
// reloads, and with it what was rotated since the start.
namespace whogoes::renew {

struct RenewalQuestion {
    std::shared_ptr<const settings::RefreshSettings> block;
    RefusedToken refused{};
    std::string client{};  // its address, to tell a storm
};

struct Renewal {
    enum class How : std::uint8_t {
        refreshed,  // this request's call brought the token
        joined,     // another one's did
        failed,     // the call failed, whoever made it
        skipped,    // none was made
    };
    How how = How::skipped;
    TokenLoan loan{};
    std::string_view why{};  // skipped: a word for auth.refresh
    TokenAnswer::Kind failure = TokenAnswer::Kind::later;
    std::string words{};  // failed: what the token endpoint said
};

enum class ReplayOutcome : std::uint8_t { accepted, refused };

class Tokens {
public:
    // `recorder` is the control thread's own.
    Tokens(boost::asio::io_context& control, report::Recorder& recorder,
           const rules::FingerprintKey& key, std::function<rules::TimePoint()> clock);
    ~Tokens();
    Tokens(const Tokens&) = delete;
    Tokens& operator=(const Tokens&) = delete;

    // These may be called from any thread.

    // At start and at each reload: slots whose block is gone end, the others go on.
    void adopt(std::shared_ptr<const settings::Settings>);
    // `then` runs on `worker`, after the block's timeout at the latest.
    void renew(RenewalQuestion, net::Reactor& worker, std::function<void(Renewal)> then);
    void tell(std::shared_ptr<const settings::RefreshSettings>, TokenLoan, ReplayOutcome);
    // A login that passed at one of the block's paths brought these tokens. Only a session that is
    // over takes them: one that goes on needs none.
    void logged_in(std::shared_ptr<const settings::RefreshSettings>, TokenAnswer);

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace whogoes::renew
