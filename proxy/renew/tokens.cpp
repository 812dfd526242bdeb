#include "proxy/renew/tokens.hpp"

#include "proxy/renew/token_file.hpp"
#include "proxy/renew/token_record.hpp"
#include "proxy/renew/token_request.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace whogoes::renew {
namespace {

namespace asio = boost::asio;
using net::Clock;

struct Waiter {
    RenewalQuestion question;
    net::Reactor* worker = nullptr;
    std::function<void(Renewal)> then;

    void answer(Renewal renewal) const {
        worker->post([act = then, given = std::move(renewal)] { act(given); });
    }
    void skip(std::string_view why) const {
        Renewal renewal;
        renewal.why = why;
        answer(std::move(renewal));
    }
};

struct KeptTokens {
    std::shared_ptr<const settings::RefreshSettings> block;
    TokenSlot state;
    net::Secret refresh_token;  // as it is by now
    net::Secret configured;     // as the configuration had it when it was last looked at
    std::vector<Waiter> waiting;
    RenewalStorm storm;

    // Those who wait for a call whose answer nobody wants any more.
    void send_away() {
        for (const Waiter& waiter : std::exchange(waiting, {})) waiter.skip("reloaded");
    }
};

// A call under way, and what it was made with.
struct Call {
    std::shared_ptr<KeptTokens> slot;
    TokenCall of;
    Waiter leader;
    std::shared_ptr<const settings::RefreshSettings> block;
    net::Secret spent;  // the refresh token that was sent
    Clock::time_point began{};
};

}  // namespace

struct Tokens::Impl : std::enable_shared_from_this<Impl> {
    Impl(asio::io_context& io, report::Recorder& records, const rules::FingerprintKey& key,
         std::function<rules::TimePoint()> wall_clock)
        : control(io),
          recorder(records),
          fingerprinter(key),
          clock(std::move(wall_clock)),
          chance(std::random_device{}()) {}

    std::shared_ptr<KeptTokens> find(const settings::RefreshSettings& block) const {
        for (const auto& slot : slots)
            if (slot->block->same_session(block)) return slot;
        return nullptr;
    }

    void adopt(const settings::Settings& settings);
    void adopt(const std::shared_ptr<const settings::RefreshSettings>& block);
    void decide(Waiter waiter);
    void ask(const std::shared_ptr<KeptTokens>& slot, const Waiter& leader);
    void conclude(const Call& call, const TokenAnswer& answer);
    bool keep_rotated(KeptTokens& slot, const TokenAnswer& answer);
    void store(KeptTokens& slot, const net::Secret& spent);
    void drop(const Call& call, const TokenAnswer& answer);
    void hand_out(KeptTokens& slot, const Waiter& leader, const TokenAnswer& answer);
    void record(KeptTokens& slot, const Call& call, const TokenAnswer& answer, bool rotated);
    void refused(KeptTokens& slot, const TokenLoan& loan);
    void logged_in(KeptTokens& slot, const TokenAnswer& answer);
    void say(std::string_view level, std::string message);
    void submit(report::AuthEvent event);

    asio::io_context& control;
    report::Recorder& recorder;
    rules::Fingerprinter fingerprinter;
    std::function<rules::TimePoint()> clock;
    std::minstd_rand chance;
    std::vector<std::shared_ptr<KeptTokens>> slots;
};

void Tokens::Impl::adopt(const settings::Settings& settings) {
    std::vector<std::shared_ptr<const settings::RefreshSettings>> blocks;
    if (settings.treatment.refresh) blocks.push_back(settings.treatment.refresh);
    for (const settings::Route& route : settings.routes)
        if (route.treatment.refresh) blocks.push_back(route.treatment.refresh);
    std::erase_if(slots, [&](const std::shared_ptr<KeptTokens>& slot) {
        const bool gone = std::none_of(blocks.begin(), blocks.end(), [&](const auto& block) {
            return slot->block->same_session(*block);
        });
        if (gone) slot->state.revive(TokenSlot::Change::session);
        if (gone) slot->send_away();
        return gone;
    });
    for (const auto& block : blocks) adopt(block);
}

void Tokens::Impl::adopt(const std::shared_ptr<const settings::RefreshSettings>& block) {
    const std::shared_ptr<KeptTokens> known = find(*block);
    if (!known) {
        auto slot = std::make_shared<KeptTokens>();
        slot->block = block;
        slot->refresh_token = slot->configured = block->refresh_token;
        slots.push_back(std::move(slot));
        return;
    }
    const bool other_client = block->client_secret != known->block->client_secret ||
                              block->authentication != known->block->authentication;
    known->block = block;
    // A variable keeps what it held at the start, and a file holds what was stored there last:
    // neither says anything new.
    const bool other =
        block->refresh_token != known->configured && block->refresh_token != known->refresh_token;
    known->configured = block->refresh_token;
    if (other) known->refresh_token = block->refresh_token;
    known->state.revive(other          ? TokenSlot::Change::session
                        : other_client ? TokenSlot::Change::client
                                       : TokenSlot::Change::none);
    if (other) known->send_away();
}

void Tokens::Impl::decide(Waiter waiter) {
    const std::shared_ptr<KeptTokens> slot = find(*waiter.question.block);
    if (!slot) return waiter.skip("reloaded");
    const TokenSlot::Decision decision = slot->state.decide(waiter.question.refused, Clock::now());
    Renewal renewal;
    switch (decision.step) {
        case TokenSlot::Step::skip:
            return waiter.skip(decision.why);
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

void Tokens::Impl::ask(const std::shared_ptr<KeptTokens>& slot, const Waiter& leader) {
    const auto call = std::make_shared<Call>(
        Call{slot, slot->state.call(), leader, slot->block, slot->refresh_token, Clock::now()});
    upstream::fetch(control, token_request(*slot->block, slot->refresh_token),
                    [self = shared_from_this(), call](upstream::Fetched fetched) {
                        self->conclude(
                            *call, read_token_answer(fetched, call->block->grant, self->clock()));
                    });
}

// The rotated token is stored before anything else: whatever happens next, it is not lost
// (RFC 9700, 4.14.2).
void Tokens::Impl::conclude(const Call& call, const TokenAnswer& answer) {
    KeptTokens& slot = *call.slot;
    bool rotated = false;
    if (answer.kind == TokenAnswer::Kind::renewed) {
        if (!slot.state.renewed(call.of, answer, Clock::now())) return drop(call, answer);
        rotated = keep_rotated(slot, answer);
    } else if (!slot.state.failed(call.of, answer, Clock::now(),
                                  std::uniform_real_distribution<double>(0, 1)(chance))) {
        return drop(call, answer);
    }
    hand_out(slot, call.leader, answer);
    record(slot, call, answer, rotated);
}

// The answer to a call whose session or client a reload has replaced. Who holds the token that the
// call has spent goes on with what came in its place: a session of now, or the file.
void Tokens::Impl::drop(const Call& call, const TokenAnswer& answer) {
    bool inherited = answer.kind != TokenAnswer::Kind::renewed || answer.refresh_token.empty();
    for (const auto& slot : slots) {
        const bool heir = slot->refresh_token == call.spent &&
                          slot->block->token_endpoint == call.block->token_endpoint &&
                          slot->block->client_id == call.block->client_id;
        if (inherited || !heir) continue;
        inherited = keep_rotated(*slot, answer);
    }
    const std::string& file = call.block->token_file;
    if (!inherited && !file.empty() && stored_token(file) == call.spent)
        store_token(file, answer.refresh_token.reveal());
    call.leader.skip("reloaded");
    if (call.of.session == call.slot->state.call().session) call.slot->send_away();
    say("info", "a call to " + call.block->token_endpoint.origin() +
                    " that began before the reload has ended: its answer is for what was "
                    "configured then");
}

bool Tokens::Impl::keep_rotated(KeptTokens& slot, const TokenAnswer& answer) {
    if (slot.block->grant != settings::Grant::refresh_token || answer.refresh_token.empty() ||
        answer.refresh_token == slot.refresh_token)
        return false;
    const net::Secret spent = std::exchange(slot.refresh_token, answer.refresh_token);
    if (!slot.block->token_file.empty()) store(slot, spent);
    return true;
}

// What the operator has written into the file since is newer than anything of ours.
void Tokens::Impl::store(KeptTokens& slot, const net::Secret& spent) {
    const net::Secret held = stored_token(slot.block->token_file);
    if (!held.empty() && held != spent && held != slot.configured)
        return say("warn",
                   "the file of the refresh token was changed meanwhile, so the rotated token was "
                   "not written over it: reload to go on with what the file holds");
    const std::string flaw = store_token(slot.block->token_file, slot.refresh_token.reveal());
    if (flaw.empty())
        slot.configured = slot.refresh_token;
    else
        say("warn",
            "the rotated refresh token could not be stored, so the next start will find a "
            "spent one: " +
                flaw);
}

void Tokens::Impl::hand_out(KeptTokens& slot, const Waiter& leader, const TokenAnswer& answer) {
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

void Tokens::Impl::record(KeptTokens& slot, const Call& call, const TokenAnswer& answer,
                          bool rotated) {
    const RenewalQuestion& question = call.leader.question;
    report::AuthEvent event = call_record(*call.block, answer, rotated);
    event.client = question.client;
    event.duration_ms =
        std::chrono::duration<double, std::milli>(Clock::now() - call.began).count();
    event.token = fingerprinter.token("bearer", question.refused.token.reveal());
    if (answer.kind == TokenAnswer::Kind::renewed)
        event.replaced_token = fingerprinter.token("bearer", answer.access_token.reveal());
    event.message += slot.storm.note(question.client, Clock::now(), event.level);
    submit(std::move(event));
}

void Tokens::Impl::refused(KeptTokens& slot, const TokenLoan& loan) {
    if (!slot.state.refused(loan, Clock::now())) return;
    report::AuthEvent event = new_tokens_refused_record(*slot.block);
    event.token = fingerprinter.token("bearer", loan.token.reveal());
    submit(std::move(event));
}

void Tokens::Impl::logged_in(KeptTokens& slot, const TokenAnswer& answer) {
    if (!slot.state.session_is_over() || slot.state.refreshing()) return;
    slot.state.revive(TokenSlot::Change::session);
    keep_rotated(slot, answer);
    slot.state.given(answer, Clock::now());
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

void Tokens::adopt(std::shared_ptr<const settings::Settings> settings) {
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

void Tokens::tell(std::shared_ptr<const settings::RefreshSettings> block, TokenLoan loan,
                  ReplayOutcome outcome) {
    asio::post(impl_->control,
               [impl = impl_, block = std::move(block), loan = std::move(loan), outcome] {
                   const std::shared_ptr<KeptTokens> slot = impl->find(*block);
                   if (!slot) return;
                   if (outcome == ReplayOutcome::accepted)
                       return slot->state.accepted(loan, Clock::now());
                   impl->refused(*slot, loan);
               });
}

void Tokens::logged_in(std::shared_ptr<const settings::RefreshSettings> block, TokenAnswer answer) {
    asio::post(impl_->control, [impl = impl_, block = std::move(block), given = std::move(answer)] {
        if (const std::shared_ptr<KeptTokens> slot = impl->find(*block))
            impl->logged_in(*slot, given);
    });
}

}  // namespace whogoes::renew
