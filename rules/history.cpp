#include "rules/history.hpp"

#include "rules/fingerprint.hpp"
#include "rules/history_notes.hpp"
#include "rules/keyed_hash.hpp"

#include <algorithm>
#include <list>
#include <unordered_map>

namespace whogoes::rules {

struct History::Impl {
    struct Client {
        std::uint64_t id = 0;
        TimePoint seen_at{};
        std::uint64_t news = 0;
        ClientNotes notes{};
    };

    std::uint64_t hash_key = 0;
    HistoryLimits limits{};
    std::optional<Fingerprinter> fingerprints{};
    std::list<Client> clients{};  // the latest in front
    std::unordered_map<std::uint64_t, std::list<Client>::iterator> by_id{};

    // A client is its address and its User-Agent: a browser and a script on one machine are two.
    std::uint64_t id_of(const Exchange& exchange) const {
        const std::uint64_t address = keyed_hash(hash_key, exchange.request.client);
        const std::string_view agent = exchange.request.fields.first("User-Agent").value_or("");
        return address ^ keyed_hash(hash_key + 1, agent);
    }

    Client& client_of(const Exchange& exchange) {
        const std::uint64_t id = id_of(exchange);
        const auto known = by_id.find(id);
        if (known != by_id.end()) {
            clients.splice(clients.begin(), clients, known->second);
        } else {
            clients.emplace_front().id = id;
            by_id[id] = clients.begin();
        }
        Client& client = clients.front();
        if (exchange.answered_at - client.seen_at > limits.age) client.notes = {};
        client.seen_at = exchange.answered_at;
        return client;
    }

    void drop_the_oldest(TimePoint now) {
        while (clients.size() > limits.clients ||
               (clients.size() > 1 && now - clients.back().seen_at > limits.age)) {
            by_id.erase(clients.back().id);
            clients.pop_back();
        }
    }
};

History::History(std::uint64_t hash_key, HistoryLimits limits,
                 const FingerprintKey* fingerprint_key)
    : impl_(std::make_unique<Impl>()) {
    impl_->hash_key = hash_key;
    impl_->limits = limits;
    if (fingerprint_key) impl_->fingerprints.emplace(*fingerprint_key);
}

History::~History() = default;
History::History(History&&) noexcept = default;
History& History::operator=(History&&) noexcept = default;

Recollection History::recall(const Exchange& exchange) const {
    const auto known = impl_->by_id.find(impl_->id_of(exchange));
    if (known == impl_->by_id.end()) return {};
    const Seen seen = reduce(exchange, impl_->hash_key);
    return recollect(known->second->notes, exchange, seen, impl_->limits, impl_->hash_key);
}

Noted History::remember(const Exchange& exchange) {
    const Seen seen = reduce(exchange, impl_->hash_key);
    Fingerprinter* const fingerprints = impl_->fingerprints ? &*impl_->fingerprints : nullptr;
    Impl::Client& client = impl_->client_of(exchange);
    const int status = outcome_of(exchange);
    const bool known = seen.credential == 0 || is_known(client.notes, seen.credential);
    if ((status != 401 && status != 403) || (status == 401 && !known)) ++client.news;
    note_exchange(client.notes, exchange, seen, impl_->limits, impl_->hash_key, fingerprints);
    impl_->drop_the_oldest(exchange.answered_at);
    Noted noted{client.id, status == 401 ? seen.credential : 0, client.news, 0, seen.at};
    if (is_first_leg(exchange, seen)) noted.route = seen.route;
    return noted;
}

bool History::is_completed(const Noted& first_leg) const {
    const auto known = impl_->by_id.find(first_leg.client);
    if (known == impl_->by_id.end() || first_leg.route == 0) return false;
    const std::vector<FirstLegNote>& legs = known->second->notes.first_legs;
    return std::any_of(legs.begin(), legs.end(), [&](const FirstLegNote& leg) {
        return leg.completed && leg.route == first_leg.route && leg.at == first_leg.at;
    });
}

bool History::is_latest(const Noted& noted) const {
    const auto known = impl_->by_id.find(noted.client);
    return known != impl_->by_id.end() && known->second->news == noted.news;
}

void History::refused_again(const Noted& noted, TimePoint at) {
    const auto known = impl_->by_id.find(noted.client);
    if (known == impl_->by_id.end()) return;
    Impl::Client& client = *known->second;
    impl_->clients.splice(impl_->clients.begin(), impl_->clients, known->second);
    client.seen_at = at;
    note_refusal(client.notes, noted.credential, at);
}

std::size_t History::clients() const noexcept { return impl_->clients.size(); }

}  // namespace whogoes::rules
