#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/net/secret.hpp"
#include "proxy/renew/token_answer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The state of one `refresh:` block: the token it has, whether a new one is on its way, and why
// none is asked for. Pure: the time comes in, and whoever owns it does what it decides.
namespace whogoes::renew {

// Who a token speaks for, where it is a JWT that says so.
struct TokenIdentity {
    std::string issuer{}, subject{};
    bool known() const { return !subject.empty(); }
    bool contradicts(const TokenIdentity& other) const {
        return known() && other.known() && (issuer != other.issuer || subject != other.subject);
    }
};
TokenIdentity identity_of(std::string_view token);

// A token as it is handed to one replay.
struct TokenLoan {
    net::Secret token{};
    std::uint64_t version = 0;   // 0: none
    std::uint32_t refusals = 0;  // in a row, when it was handed out
    std::uint64_t session = 0;   // TokenCall::session
};

// What a call to the token endpoint was made for, taken when it begins: the configuration may be
// another one when it ends.
struct TokenCall {
    std::uint64_t session = 0;  // counts the refresh tokens that the operator gave
    std::uint64_t client = 0;   // and the ways in which the client shows who it is
};

// What was asked by a request whose token was refused.
struct RefusedToken {
    net::Secret token{};
    TokenIdentity identity{};
};

class TokenSlot {
public:
    using Time = net::Clock::time_point;
    enum class Step : std::uint8_t {
        use,   // the token there is: it is newer
        lead,  // ask the token endpoint, with call() at hand, and then renewed() or failed()
        wait,  // somebody does
        skip,
    };
    struct Decision {
        Step step = Step::skip;
        std::string_view why{};  // to skip; a word for auth.refresh
    };

    Decision decide(const RefusedToken&, Time now);
    // Whether the present token may be sent in place of the refused one; empty: it may.
    std::string_view why_not(const RefusedToken&) const;
    TokenLoan loan() const { return {token_, version_, refusals_, call_.session}; }
    TokenCall call() const noexcept { return call_; }

    // False: the answer is for a session that ended by a reload, and changes nothing of this one.
    bool renewed(const TokenCall&, const TokenAnswer&, Time now);
    // The same, and for a client that is configured otherwise by now. `jitter`: 0 to 1, so that
    // many proxies do not come back at once.
    bool failed(const TokenCall&, const TokenAnswer&, Time now, double jitter);
    // Tokens that came by another way than a call.
    void given(const TokenAnswer&, Time now);

    // What became of a replay: a 2xx, or a 401.
    void accepted(const TokenLoan&, Time now);
    // True: that was one too many, and nothing is handed out for a while.
    bool refused(const TokenLoan&, Time now);

    // What the operator changed by a reload. Any reload heals what was wrong with the client; a
    // call under way keeps its say as far as what it was made for is still there.
    enum class Change : std::uint8_t { none, client, session };
    void revive(Change);

    bool refreshing() const noexcept { return refreshing_; }
    bool session_is_over() const noexcept { return death_ == Death::session_over; }
    Time retry_at() const noexcept { return retry_at_; }

private:
    enum class Death : std::uint8_t { none, session_over, client_rejected };

    TokenCall call_;
    net::Secret token_;
    TokenIdentity identity_;
    std::uint64_t version_ = 0;
    std::optional<Time> expires_at_;
    std::optional<Time> accepted_at_;
    bool stale_ = false;  // the API refuses it, so it is not handed out again
    bool refreshing_ = false;
    Death death_ = Death::none;
    unsigned failures_ = 0;  // in a row, of the token endpoint
    Time retry_at_{};
    std::uint32_t refusals_ = 0;  // of fresh tokens in a row, without a 2xx
    Time breaker_until_{};
};

}  // namespace whogoes::renew
