#include "proxy/renew/key_sets.hpp"

#include "proxy/report/redact.hpp"
#include "rules/time.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace whogoes::renew {
namespace {

namespace asio = boost::asio;
using net::Clock;
using std::chrono::milliseconds;

constexpr int most_redirects = 3;

struct KeptKeys {
    KeptKeys(asio::io_context& control, std::shared_ptr<const settings::KeySource> named,
             const KeyLimits& limits)
        : source(std::move(named)), state(limits), retry(control) {}

    std::shared_ptr<const settings::KeySource> source;
    std::shared_ptr<settings::KeyGate> gate = std::make_shared<settings::KeyGate>();
    KeySlot state;
    asio::steady_timer retry;
};

// One fetch, through its redirects.
struct Errand {
    std::shared_ptr<KeptKeys> slot;
    upstream::FetchUrl url{};
    Clock::time_point until{};
    int redirects = 0;
};

// Without the query, which may hold a key.
std::string name_of(const upstream::FetchUrl& url) {
    return url.origin() + url.target.substr(0, url.target.find('?'));
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Where an answer leads, if that is at the same origin; the error is a sentence.
rules::Result<upstream::FetchUrl, std::string> led_to(const upstream::FetchUrl& from,
                                                      std::string_view location) {
    const auto no = [](std::string words) {
        return rules::Result<upstream::FetchUrl, std::string>{boost::system::in_place_error,
                                                              std::move(words)};
    };
    std::string text(location);
    if (text.starts_with("//"))
        text.insert(0, from.tls ? "https:" : "http:");
    else if (text.starts_with('/'))
        text.insert(0, from.origin());
    const auto to = upstream::parse_fetch_url(text);
    if (!to) return no("redirects to what is no URL");
    if (to->tls != from.tls || to->host != from.host || to->port != from.port)
        return no("redirects to " + to->origin() +
                  ", which is another origin: name the last URL in diagnose.keys");
    return *to;
}

std::string count_of(const rules::KeySet& set) {
    const std::size_t count = set.size();
    return std::to_string(count) + (count == 1 ? " key" : " keys");
}

template <class Given, class Act>
void for_each_treatment(Given& settings, const Act& act) {
    act(settings.treatment);
    for (auto& route : settings.routes) act(route.treatment);
}

}  // namespace

struct KeySets::Impl : std::enable_shared_from_this<Impl> {
    Impl(asio::io_context& io, report::Recorder& records, std::function<rules::TimePoint()> wall,
         std::function<void()> told, const KeyLimits& bounds)
        : control(io),
          recorder(records),
          clock(std::move(wall)),
          hand_out(std::move(told)),
          limits(bounds) {}

    std::shared_ptr<KeptKeys> find(const settings::KeySource& source) const {
        for (const auto& slot : slots)
            if (slot->source->url == source.url) return slot;
        return nullptr;
    }

    void adopt(const std::shared_ptr<const settings::KeySource>& source);
    std::shared_ptr<const settings::Settings> filled(
        const std::shared_ptr<const settings::Settings>& settings) const;
    void begin(const std::shared_ptr<KeptKeys>& slot, std::string_view kid = {});
    void send(const Errand& errand);
    void receive(Errand errand, const upstream::Fetched& fetched);
    void took(KeptKeys& slot, const std::shared_ptr<const rules::KeySet>& set);
    void failed(const std::shared_ptr<KeptKeys>& slot, const std::string& why);
    void say(std::string_view level, std::string message);

    asio::io_context& control;
    report::Recorder& recorder;
    std::function<rules::TimePoint()> clock;
    std::function<void()> hand_out;
    KeyLimits limits;
    std::vector<std::shared_ptr<KeptKeys>> slots;
};

void KeySets::Impl::adopt(const std::shared_ptr<const settings::KeySource>& source) {
    std::shared_ptr<KeptKeys> slot = find(*source);
    if (!slot) slot = slots.emplace_back(std::make_shared<KeptKeys>(control, source, limits));
    slot->source = source;  // with the authorities that are trusted from now on
    if (slot->state.wants_after_reload()) begin(slot);
}

std::shared_ptr<const settings::Settings> KeySets::Impl::filled(
    const std::shared_ptr<const settings::Settings>& settings) const {
    bool named = false;
    for_each_treatment(*settings,
                       [&](const settings::Treatment& one) { named |= one.key_source != nullptr; });
    if (!named) return settings;
    auto copy = std::make_shared<settings::Settings>(*settings);
    for_each_treatment(*copy, [&](settings::Treatment& one) {
        const std::shared_ptr<KeptKeys> slot = one.key_source ? find(*one.key_source) : nullptr;
        if (!slot) return;
        one.keys = slot->state.set();
        one.key_gate = slot->gate;
    });
    return copy;
}

void KeySets::Impl::begin(const std::shared_ptr<KeptKeys>& slot, std::string_view kid) {
    slot->retry.cancel();
    slot->state.begin(kid);
    send({slot, slot->source->url, Clock::now() + limits.timeout, 0});
}

void KeySets::Impl::send(const Errand& errand) {
    upstream::FetchRequest request;
    request.url = errand.url;
    request.accept = "application/jwk-set+json, application/json;q=0.9";
    request.most_octets = limits.most_octets;
    request.timeout =
        std::max(std::chrono::ceil<milliseconds>(errand.until - Clock::now()), milliseconds{1});
    request.tls = errand.slot->source->tls;
    upstream::fetch(control, std::move(request),
                    [self = shared_from_this(), errand](const upstream::Fetched& fetched) {
                        self->receive(errand, fetched);
                    });
}

void KeySets::Impl::receive(Errand errand, const upstream::Fetched& fetched) {
    if (fetched.timed_out)
        return failed(errand.slot,
                      "did not answer within " + std::to_string(limits.timeout.count()) + " ms");
    if (!fetched.error.empty()) return failed(errand.slot, fetched.error);
    if (is_redirect(fetched.status)) {
        auto to = led_to(errand.url, fetched.field("Location"));
        if (!to.has_value()) return failed(errand.slot, to.error());
        if (++errand.redirects > most_redirects)
            return failed(errand.slot, "redirects more than three times");
        errand.url = std::move(*to);
        return send(errand);
    }
    if (fetched.status != 200)
        return failed(errand.slot, "answered " + std::to_string(fetched.status));
    auto set = rules::KeySet::from_jwks(fetched.body);
    if (!set.has_value()) return failed(errand.slot, "gave no keys: " + set.error());
    set->loaded_at = clock();
    took(*errand.slot, std::make_shared<const rules::KeySet>(std::move(*set)));
}

void KeySets::Impl::took(KeptKeys& slot, const std::shared_ptr<const rules::KeySet>& set) {
    using Told = KeySlot::Told;
    const Told told = slot.state.took(set, Clock::now());
    slot.gate->close_until(slot.state.next_at());
    hand_out();
    const std::string what = count_of(*set) + " from " + name_of(slot.source->url);
    if (told == Told::first || told == Told::recovered)
        say("info", "signatures are verified with " + what);
    else if (told == Told::changed)
        say("info", "the keys changed: signatures are verified with " + what);
    if (told != Told::nothing)
        for (const std::string& words : set->refused())
            say("info", name_of(slot.source->url) + ": " + words);
}

void KeySets::Impl::failed(const std::shared_ptr<KeptKeys>& slot, const std::string& why) {
    const KeySlot::Told told = slot->state.failed(Clock::now());
    slot->gate->close_until(slot->state.next_at());
    const KeySlot::Set& set = slot->state.set();
    if (told == KeySlot::Told::failing)
        say("warn",
            "diagnose.keys: " + name_of(slot->source->url) + " " + why + "; " +
                (set ? "the " + count_of(*set) +
                           (set->size() == 1 ? " that is known stays" : " that are known stay") +
                           " in use"
                     : std::string("until it gives keys, signatures are not verified")));
    if (set) return;
    // A set that was never there is asked for without waiting for a refusal.
    slot->retry.expires_at(slot->state.next_at());
    slot->retry.async_wait([self = shared_from_this(), weak = std::weak_ptr<KeptKeys>(slot)](
                               const boost::system::error_code& e) {
        const std::shared_ptr<KeptKeys> still = weak.lock();
        if (!e && still && still->state.wants_first(Clock::now())) self->begin(still);
    });
}

void KeySets::Impl::say(std::string_view level, std::string message) {
    report::AuthEvent event;
    event.kind = report::EventKind::lifecycle;
    event.level = level;
    event.time = clock();
    report::mask_shapes(message, {});  // a kid and a URL are another's words
    event.message = std::move(message);
    recorder.record(std::move(event));
    recorder.flush();
}

KeySets::KeySets(asio::io_context& control, report::Recorder& recorder,
                 std::function<rules::TimePoint()> clock, std::function<void()> hand_out,
                 KeyLimits limits)
    : impl_(std::make_shared<Impl>(control, recorder, std::move(clock), std::move(hand_out),
                                   limits)) {}

KeySets::~KeySets() = default;

std::shared_ptr<const settings::Settings> KeySets::adopt(
    const std::shared_ptr<const settings::Settings>& settings) {
    std::vector<std::shared_ptr<const settings::KeySource>> sources;
    for_each_treatment(*settings, [&](const settings::Treatment& one) {
        if (one.key_source) sources.push_back(one.key_source);
    });
    std::erase_if(impl_->slots, [&](const std::shared_ptr<KeptKeys>& slot) {
        return std::none_of(sources.begin(), sources.end(),
                            [&](const auto& source) { return source->url == slot->source->url; });
    });
    for (const auto& source : sources) impl_->adopt(source);
    return impl_->filled(settings);
}

std::shared_ptr<const settings::Settings> KeySets::filled(
    const std::shared_ptr<const settings::Settings>& settings) const {
    return impl_->filled(settings);
}

void KeySets::ask(std::shared_ptr<const settings::KeySource> source, std::string kid) {
    asio::post(impl_->control, [impl = impl_, source = std::move(source), kid = std::move(kid)] {
        const std::shared_ptr<KeptKeys> slot = impl->find(*source);
        if (slot && slot->state.wants(kid, Clock::now())) impl->begin(slot, kid);
    });
}

bool outdates_keys(const settings::Treatment& treatment, const rules::Exchange& seen) {
    if (!treatment.key_source || !treatment.keys || !treatment.key_gate || !seen.jwt) return false;
    const bool outdated = seen.signature == rules::Signature::unknown_kid ||
                          seen.answered_at - treatment.keys->loaded_at >= KeyLimits{}.stale_after;
    return outdated && treatment.key_gate->open(Clock::now());
}

}  // namespace whogoes::renew
