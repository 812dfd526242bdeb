#pragma once

#include "proxy/renew/key_slot.hpp"
#include "proxy/report/recorder.hpp"
#include "proxy/settings/settings.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

// JWK sets that `diagnose.keys` names by URL: one slot a URL, fetched on the control thread, never
// while a request or the start waits. A set reaches the workers as new settings, so that a request
// takes no lock for it. Only configured URLs are fetched: never what a token names (RFC 8725,
// 3.10), never another origin than the configured one.
namespace whogoes::renew {

class KeySets {
public:
    // All but ask() is the control thread's. `clock` is the wall clock; `hand_out` is called when
    // a set has come: the settings in use are to be replaced by filled().
    KeySets(boost::asio::io_context& control, report::Recorder& recorder,
            std::function<rules::TimePoint()> clock, std::function<void()> hand_out,
            KeyLimits limits = {});
    ~KeySets();
    KeySets(const KeySets&) = delete;
    KeySets& operator=(const KeySets&) = delete;

    // At start and at each reload: begins to fetch what is not there, forgets what is named no
    // more, and gives the settings with the keys that are known by now.
    std::shared_ptr<const settings::Settings> adopt(
        const std::shared_ptr<const settings::Settings>&);
    std::shared_ptr<const settings::Settings> filled(
        const std::shared_ptr<const settings::Settings>&) const;

    // From any worker: a refusal whose token names a key that the set lacks, or whose set is old.
    void ask(std::shared_ptr<const settings::KeySource>, std::string kid);

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

// Whether this refusal shows that the set may be out of date, so that ask() is worth a call.
bool outdates_keys(const settings::Treatment&, const rules::Exchange&);

}  // namespace whogoes::renew
