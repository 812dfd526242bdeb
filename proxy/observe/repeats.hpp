#pragma once

#include "proxy/report/recorder.hpp"
#include "rules/history.hpp"
#include "rules/recollection.hpp"
#include "rules/remedy.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

// A refusal that comes again, octet for octet, within the same second, and of which nothing more is
// remembered than the last time: what was found out then holds now. A client that hammers with a
// dead token costs a hash and a copy each time, and is recorded each time. Not a cache of answers:
// every request goes to the API. One a worker.
namespace whogoes::settings {
struct Settings;
}

namespace whogoes::observe {

struct Sighting;

// What a repetition needs of the exchange that it repeats.
struct Repeat {
    rules::Remedy remedy;
    rules::Noted noted;
    report::Recorded recorded;
    std::uint64_t body = 0;  // hash of the answer's body, as far as it was kept
};

class Repeats {
public:
    explicit Repeats(std::uint64_t hash_key) : hash_key_(hash_key) {}

    // Of everything that diagnosis looks at, but time, memory and the answer's body; empty: an
    // exchange that is always looked at afresh.
    std::optional<std::uint64_t> key_of(const Sighting&) const;
    std::uint64_t hash_of(std::string_view body) const;

    // What is known of such an exchange in this second; null: it must be looked at.
    std::shared_ptr<Repeat> find(std::uint64_t key, const settings::Settings&,
                                 std::int64_t second) const;

    // An exchange that was looked at. Whether the one before it told the same, so that the next may
    // be taken for a repetition: then keep() it.
    bool told_before(std::uint64_t key, const settings::Settings&, std::int64_t second,
                     rules::Recollection&& remembered, std::uint64_t body);
    void keep(std::uint64_t key, std::shared_ptr<Repeat>);

    void clear();  // the settings are replaced

private:
    struct Slot {
        std::uint64_t key = 0;
        const settings::Settings* settings = nullptr;
        std::int64_t second = 0;
        std::uint64_t body = 0;
        rules::Recollection remembered{};
        std::shared_ptr<Repeat> repeat{};
        bool is_of(std::uint64_t wanted, const settings::Settings& with,
                   std::int64_t now) const noexcept {
            return key == wanted && settings == &with && second == now;
        }
    };
    Slot& slot(std::uint64_t key) { return slots_[key % slots_.size()]; }

    std::uint64_t hash_key_;
    std::array<Slot, 64> slots_{};
};

}  // namespace whogoes::observe
