#include "proxy/session/tokens.hpp"

#include "proxy/session/token_file.hpp"
#include "proxy/session/token_request.hpp"
#include "rules/diagnosis.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <utility>
#include <vector>

namespace whogoes::session {
namespace {

namespace asio = boost::asio;
using net::Clock;

constexpr std::chrono::seconds storm_window{60};
constexpr std::ptrdiff_t storm = 3, great_storm = 10;  // renewals for one client within it
constexpr std::size_t most_renewals = 256;

struct Waiter {
    RenewalQuestion question;
    net::Reactor* worker = nullptr;
    std::function<void(Renewal)> then;

    void answer(Renewal renewal) const {
        worker->post([act = then, given = std::move(renewal)] { act(given); });
    }
};

struct Renewed {
    Clock::time_point at{};
    std::string client;
};

struct Slot {
    std::shared_ptr<const RefreshSettings> block;
    TokenSlot state;
    net::Secret refresh_token;  // as it is by now
    net::Secret configured;     // as the configuration had it when it was last looked at
    std::vector<Waiter> waiting;
    std::deque<Renewed> renewals;
};

rules::Trait trait_of(TokenAnswer::Kind kind) {
    if (kind == TokenAnswer::Kind::session_over) return rules::Trait::ends_session;
    if (kind == TokenAnswer::Kind::client_rejected) return rules::Trait::refuses_client;
    return rules::Trait::none;
}

rules::Finding finding(rules::Trait trait, std::string words) {
    rules::Finding found;
    found.cause = &rules::cause_with(trait);
    found.evidence.confidence = rules::Confidence::certain;
    found.evidence.words = std::move(words);
    return found;
}

}  // namespace

struct Tokens::Impl : std::enable_shared_from_this<Impl> {
    Impl(asio::io_context& io, report::Recorder& records, const rules::FingerprintKey& key,
         std::function<rules::TimePoint()> wall_clock)
        : control(io),
          recorder(records),
          fingerprinter(key),
          clock(std::move(wall_clock)),
          chance(std::random_device{}()) {}

    std::shared_ptr<Slot> find(const RefreshSettings& block) const {
        for (const auto& slot : slots)
            if (slot->block->same_session(block)) return slot;
        return nullptr;
    }

    void adopt(const Settings& settings);
    void adopt(const std::shared_ptr<const RefreshSettings>& block);
    void decide(Waiter waiter);
    void ask(const std::shared_ptr<Slot>& slot, const Waiter& leader);
    void conclude(Slot& slot, const Waiter& leader, const TokenAnswer& answer,
                  Clock::time_point began);
    bool keep_rotated(Slot& slot, const TokenAnswer& answer);
    void hand_out(Slot& slot, const Waiter& leader, const TokenAnswer& answer);
    void record(Slot& slot, const Waiter& leader, const TokenAnswer& answer, bool rotated,
                Clock::time_point began);
    void refused(Slot& slot, const TokenLoan& loan);
    void logged_in(Slot& slot, const TokenAnswer& answer);
    void say(std::string_view level, std::string message);
    void submit(report::AuthEvent event);
    std::string storm_words(Slot& slot, const std::string& client, std::string_view& level);

    asio::io_context& control;
    report::Recorder& recorder;
    rules::Fingerprinter fingerprinter;
    std::function<rules::TimePoint()> clock;
    std::minstd_rand chance;
    std::vector<std::shared_ptr<Slot>> slots;
};

void Tokens::Impl::adopt(const Settings& settings) {
    std::vector<std::shared_ptr<const RefreshSettings>> blocks;
    if (settings.treatment.refresh) blocks.push_back(settings.treatment.refresh);
    for (const Route& route : settings.routes)
        if (route.treatment.refresh) blocks.push_back(route.treatment.refresh);
    std::erase_if(slots, [&](const std::shared_ptr<Slot>& slot) {
        return std::none_of(blocks.begin(), blocks.end(),
                            [&](const auto& block) { return slot->block->same_session(*block); });
    });
    for (const auto& block : blocks) adopt(block);
}

void Tokens::Impl::adopt(const std::shared_ptr<const RefreshSettings>& block) {
    const std::shared_ptr<Slot> known = find(*block);
    if (!known) {
        auto slot = std::make_shared<Slot>();
        slot->block = block;
        slot->refresh_token = slot->configured = block->refresh_token;
        slots.push_back(std::move(slot));
        return;
    }
    known->block = block;
    // A variable keeps what it held at the start, and a file holds what was stored there last:
    // neither says anything new.
    const bool other =
        block->refresh_token != known->configured && block->refresh_token != known->refresh_token;
    known->configured = block->refresh_token;
    if (other) known->refresh_token = block->refresh_token;
    known->state.revive(!other);
}

void Tokens::Impl::decide(Waiter waiter) {
    const std::shared_ptr<Slot> slot = find(*waiter.question.block);
    Renewal renewal;
    renewal.why = "reloaded";
    if (!slot) return waiter.answer(std::move(renewal));
    const TokenSlot::Decision decision = slot->state.decide(waiter.question.refused, Clock::now());
    renewal.why = decision.why;
    switch (decision.step) {
        case TokenSlot::Step::skip:
            return waiter.answer(std::move(renewal));
        case TokenSlot::Step::use:
            renewal.how = Renewal::How::joined;
            renewal.loan = slot->state.loan();
            return waiter.answer(std::move(renewal));
        case TokenSlot::Step::wait:
            slot->waiting.push_back(std::move(waiter));
            return;
        case TokenSlot::Step::lead:
            return ask(slot, waiter);
    }
}

void Tokens::Impl::ask(const std::shared_ptr<Slot>& slot, const Waiter& leader) {
    const Clock::time_point began = Clock::now();
    upstream::fetch(control, token_request(*slot->block, slot->refresh_token),
                    [self = shared_from_this(), slot, leader, began](upstream::Fetched fetched) {
                        const TokenAnswer answer =
                            read_token_answer(fetched, slot->block->grant, self->clock());
                        self->conclude(*slot, leader, answer, began);
                    });
}

// The rotated token is stored before anything else: whatever happens next, it is not lost
// (RFC 9700, 4.14.2).
void Tokens::Impl::conclude(Slot& slot, const Waiter& leader, const TokenAnswer& answer,
                            Clock::time_point began) {
    bool rotated = false;
    if (answer.kind == TokenAnswer::Kind::renewed) {
        rotated = keep_rotated(slot, answer);
        slot.state.renewed(answer, Clock::now());
    } else {
        slot.state.failed(answer, Clock::now(),
                          std::uniform_real_distribution<double>(0, 1)(chance));
    }
    hand_out(slot, leader, answer);
    record(slot, leader, answer, rotated, began);
}

bool Tokens::Impl::keep_rotated(Slot& slot, const TokenAnswer& answer) {
    if (slot.block->grant != Grant::refresh_token || answer.refresh_token.empty() ||
        answer.refresh_token == slot.refresh_token)
        return false;
    slot.refresh_token = answer.refresh_token;
    if (slot.block->token_file.empty()) return true;
    const std::string flaw = store_token(slot.block->token_file, slot.refresh_token.reveal());
    if (flaw.empty())
        slot.configured = slot.refresh_token;
    else
        say("warn",
            "the rotated refresh token could not be stored, so the next start will find a "
            "spent one: " +
                flaw);
    return true;
}

void Tokens::Impl::hand_out(Slot& slot, const Waiter& leader, const TokenAnswer& answer) {
    const auto answer_one = [&](const Waiter& waiter, Renewal::How how) {
        Renewal renewal;
        if (answer.kind != TokenAnswer::Kind::renewed) {
            renewal.how = Renewal::How::failed;
            renewal.failure = answer.kind;
            renewal.words = slot.block->token_endpoint.origin() + " " + answer.words;
        } else if (renewal.why = slot.state.why_not(waiter.question.refused); renewal.why.empty()) {
            renewal.how = how;
            renewal.loan = slot.state.loan();
        }
        waiter.answer(std::move(renewal));
    };
    // A fresh token that is the refused one is as good as refused.
    if (answer.kind == TokenAnswer::Kind::renewed &&
        leader.question.refused.token == answer.access_token)
        refused(slot, slot.state.loan());
    answer_one(leader, Renewal::How::refreshed);
    for (const Waiter& waiter : std::exchange(slot.waiting, {}))
        answer_one(waiter, Renewal::How::joined);
}

std::string Tokens::Impl::storm_words(Slot& slot, const std::string& client,
                                      std::string_view& level) {
    const Clock::time_point now = Clock::now();
    slot.renewals.push_back({now, client});
    while (slot.renewals.size() > most_renewals || now - slot.renewals.front().at > storm_window)
        slot.renewals.pop_front();
    const auto count =
        std::count_if(slot.renewals.begin(), slot.renewals.end(),
                      [&](const Renewed& renewed) { return renewed.client == client; });
    if (count < storm) return {};
    level = count < great_storm ? "warn" : "error";
    return "; renewal " + std::to_string(count) + " within 60 s for " + client;
}

void Tokens::Impl::record(Slot& slot, const Waiter& leader, const TokenAnswer& answer, bool rotated,
                          Clock::time_point began) {
    const RefreshSettings& block = *slot.block;
    const bool renewed = answer.kind == TokenAnswer::Kind::renewed;
    report::AuthEvent event;
    event.kind = report::EventKind::auth_refresh;
    event.level = renewed ? "info" : "warn";
    event.refresh = renewed ? "renewed" : "failed";
    event.status = event.upstream_status = answer.status;
    event.upstream = block.token_endpoint.authority;
    event.client = leader.question.client;
    event.scheme = "bearer";
    event.duration_ms = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
    event.token = fingerprinter.token("bearer", leader.question.refused.token.reveal());
    const std::string origin = block.token_endpoint.origin();
    if (renewed) {
        event.replaced_token = fingerprinter.token("bearer", answer.access_token.reveal());
        event.message = "token renewed at " + origin;
        if (rotated) event.message += ", refresh token rotated";
        if (answer.lifetime)
            event.message += ", good for " + report::duration_words(answer.lifetime->count());
    } else {
        event.message = "token not renewed: " + origin + " " + answer.words;
        if (const rules::Trait trait = trait_of(answer.kind); trait != rules::Trait::none) {
            event.level = "error";
            event.diagnosis.main = finding(trait, "the token endpoint " + answer.words);
            event.message += answer.kind == TokenAnswer::Kind::session_over
                                 ? "; the session is over: log in again"
                                 : "; look at client_id, client_secret, scope and token_endpoint";
        }
    }
    event.message += storm_words(slot, leader.question.client, event.level);
    submit(std::move(event));
}

void Tokens::Impl::refused(Slot& slot, const TokenLoan& loan) {
    if (!slot.state.refused(loan, Clock::now())) return;
    report::AuthEvent event;
    event.kind = report::EventKind::auth_refresh;
    event.level = "error";
    event.refresh = "skipped:new-tokens-refused";
    event.upstream = slot.block->token_endpoint.authority;
    event.scheme = "bearer";
    event.token = fingerprinter.token("bearer", loan.token.reveal());
    event.message =
        "three new tokens in a row were refused by the API: nothing is renewed or replayed for "
        "60 s; look at audience, issuer and permission";
    event.diagnosis.main = finding(rules::Trait::survives_renewal,
                                   "three tokens in a row were renewed, and the API refused each");
    submit(std::move(event));
}

void Tokens::Impl::logged_in(Slot& slot, const TokenAnswer& answer) {
    if (!slot.state.session_is_over() || slot.state.refreshing()) return;
    slot.state.revive(false);
    keep_rotated(slot, answer);
    slot.state.renewed(answer, Clock::now());
    say("info", "a login passed: the session at " + slot.block->token_endpoint.origin() +
                    " goes on with its refresh token");
}

void Tokens::Impl::say(std::string_view level, std::string message) {
    report::AuthEvent event;
    event.kind = report::EventKind::lifecycle;
    event.level = level;
    event.message = std::move(message);
    submit(std::move(event));
}

void Tokens::Impl::submit(report::AuthEvent event) {
    event.time = clock();
    recorder.record(std::move(event));
    recorder.flush();
}

Tokens::Tokens(asio::io_context& control, report::Recorder& recorder,
               const rules::FingerprintKey& key, std::function<rules::TimePoint()> clock)
    : impl_(std::make_shared<Impl>(control, recorder, key, std::move(clock))) {}

Tokens::~Tokens() = default;

void Tokens::adopt(std::shared_ptr<const Settings> settings) {
    asio::post(impl_->control,
               [impl = impl_, given = std::move(settings)] { impl->adopt(*given); });
}

void Tokens::renew(RenewalQuestion question, net::Reactor& worker,
                   std::function<void(Renewal)> then) {
    asio::post(impl_->control,
               [impl = impl_, waiter = Waiter{std::move(question), &worker, std::move(then)}] {
                   impl->decide(waiter);
               });
}

void Tokens::tell(std::shared_ptr<const RefreshSettings> block, TokenLoan loan,
                  ReplayOutcome outcome) {
    asio::post(impl_->control,
               [impl = impl_, block = std::move(block), loan = std::move(loan), outcome] {
                   const std::shared_ptr<Slot> slot = impl->find(*block);
                   if (!slot) return;
                   if (outcome == ReplayOutcome::accepted)
                       return slot->state.accepted(loan, Clock::now());
                   impl->refused(*slot, loan);
               });
}

void Tokens::logged_in(std::shared_ptr<const RefreshSettings> block, TokenAnswer answer) {
    asio::post(impl_->control, [impl = impl_, block = std::move(block), given = std::move(answer)] {
        if (const std::shared_ptr<Slot> slot = impl->find(*block)) impl->logged_in(*slot, given);
    });
}

}  // namespace whogoes::session
