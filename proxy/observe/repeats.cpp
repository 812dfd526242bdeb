#include "proxy/observe/repeats.hpp"

#include "proxy/observe/sighting.hpp"
#include "rules/keyed_hash.hpp"

#include <utility>

namespace whogoes::observe {

std::optional<std::uint64_t> Repeats::key_of(const Sighting& sighting) const {
    const bool bound = sighting.bound || sighting.handshake_connection != 0;
    // The front-end profile changes answers as it goes.
    if (bound || sighting.settings.dev || sighting.request.framing != http::Framing::none)
        return std::nullopt;
    std::uint64_t key = hash_key_ + (sighting.client_scheme == "https" ? 1 : 0) +
                        (sighting.client_protocol.empty() ? 0 : 2);
    for (const std::string_view part : {sighting.request.bytes, sighting.answer.bytes,
                                        sighting.client_address, sighting.upstream_address})
        key = rules::brief_hash(key, part);
    return key;
}

std::uint64_t Repeats::hash_of(std::string_view body) const {
    return rules::brief_hash(hash_key_, body);
}

std::shared_ptr<Repeat> Repeats::find(std::uint64_t key, const settings::Settings& settings,
                                      std::int64_t second) const {
    const Slot& found = slots_[key % slots_.size()];
    return found.is_of(key, settings, second) ? found.repeat : nullptr;
}

bool Repeats::told_before(std::uint64_t key, const settings::Settings& settings,
                          std::int64_t second, rules::Recollection&& remembered,
                          std::uint64_t body) {
    Slot& known = slot(key);
    if (known.is_of(key, settings, second) && known.body == body &&
        rules::tell_the_same(known.remembered, remembered))
        return true;
    known = {key, &settings, second, body, std::move(remembered), nullptr};
    return false;
}

void Repeats::keep(std::uint64_t key, std::shared_ptr<Repeat> repeat) {
    slot(key).repeat = std::move(repeat);
}

void Repeats::clear() { slots_ = {}; }

}  // namespace whogoes::observe
