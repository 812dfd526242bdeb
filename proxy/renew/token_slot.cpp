#include "proxy/renew/token_slot.hpp"

#include "rules/jwt.hpp"

#include <algorithm>

namespace whogoes::renew {
namespace {

using std::chrono::seconds;

constexpr seconds longest_backoff{60};
constexpr std::uint32_t most_refusals = 3;
constexpr seconds breaker{60};
// So long ago at most a token worked elsewhere for one refusal to be about the request.
constexpr seconds lately{60};

}  // namespace

TokenIdentity identity_of(std::string_view token) {
    const std::optional<rules::Jwt> jwt = rules::parse_jwt(token);
    if (!jwt || !jwt->readable()) return {};
    return {jwt->iss, jwt->sub};
}

std::string_view TokenSlot::why_not(const RefusedToken& refused) const {
    // A replay never carries the token that was refused.
    if (refused.token == token_) return "same-token";
    if (refused.identity.contradicts(identity_)) return "other-identity";
    return {};
}

TokenSlot::Decision TokenSlot::decide(const RefusedToken& refused, Time now) {
    // Another user's refusal is no reason to renew this one's token.
    if (refused.identity.contradicts(identity_)) return {Step::skip, "other-identity"};
    if (now < breaker_until_) return {Step::skip, "new-tokens-refused"};
    if (refused.token == token_) stale_ = true;
    const bool expired = expires_at_ && now >= *expires_at_;
    if (!token_.empty() && !stale_ && !expired) return {Step::use, {}};
    if (refreshing_) return {Step::wait, {}};
    if (death_ == Death::session_over) return {Step::skip, "session-over"};
    if (death_ == Death::client_rejected) return {Step::skip, "client-rejected"};
    if (now < retry_at_) return {Step::skip, "backing-off"};
    refreshing_ = true;
    return {Step::lead, {}};
}

bool TokenSlot::renewed(const TokenCall& call, const TokenAnswer& answer, Time now) {
    if (call.session != call_.session) return false;
    refreshing_ = false;
    given(answer, now);
    return true;
}

void TokenSlot::given(const TokenAnswer& answer, Time now) {
    failures_ = 0;
    retry_at_ = {};
    token_ = answer.access_token;
    identity_ = identity_of(token_.reveal());
    ++version_;
    stale_ = false;
    accepted_at_.reset();
    expires_at_.reset();
    if (answer.lifetime) expires_at_ = now + *answer.lifetime;
}

bool TokenSlot::failed(const TokenCall& call, const TokenAnswer& answer, Time now, double jitter) {
    if (call.session != call_.session) return false;
    refreshing_ = false;
    if (call.client != call_.client) return false;
    if (answer.kind == TokenAnswer::Kind::session_over) {
        death_ = Death::session_over;
    } else if (answer.kind == TokenAnswer::Kind::client_rejected) {
        death_ = Death::client_rejected;
    } else {
        const seconds step = std::min(seconds(1 << std::min(failures_, 6u)), longest_backoff);
        ++failures_;
        const auto jittered = std::chrono::milliseconds(static_cast<std::int64_t>(
            (1.0 + 0.25 * jitter) * 1000.0 * static_cast<double>(step.count())));
        retry_at_ = now + std::max<std::chrono::milliseconds>(
                              jittered, answer.retry_after.value_or(seconds(0)));
    }
    return true;
}

void TokenSlot::accepted(const TokenLoan& loan, Time now) {
    if (loan.session != call_.session) return;
    refusals_ = 0;
    breaker_until_ = {};
    if (loan.version == version_) accepted_at_ = now;
}

bool TokenSlot::refused(const TokenLoan& loan, Time now) {
    if (loan.session != call_.session) return false;
    // The first refusal of a token that just worked elsewhere is about this request.
    const bool worked = accepted_at_ && now - *accepted_at_ < lately && loan.refusals == 0;
    if (loan.version == version_ && !worked) stale_ = true;
    // Replays that were under way together count once.
    if (loan.refusals != refusals_) return false;
    ++refusals_;
    if (refusals_ < most_refusals) return false;
    breaker_until_ = now + breaker;
    return true;
}

void TokenSlot::revive(Change change) {
    if (death_ == Death::client_rejected || change == Change::session) death_ = Death::none;
    if (change != Change::none) ++call_.client;
    if (change != Change::session) return;
    // It may be another user's session now, and a call that is under way is the old one's.
    ++call_.session;
    refreshing_ = false;
    token_ = {};
    identity_ = {};
    failures_ = 0;
    refusals_ = 0;
    retry_at_ = breaker_until_ = {};
}

}  // namespace whogoes::renew
