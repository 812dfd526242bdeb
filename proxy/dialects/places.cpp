#include "proxy/dialects/places.hpp"

namespace whogoes::dialects {

using namespace rules;

void Places::add(const DialectFile& file, const std::string& name) {
    for (const CredentialPlace& place : file.dialect.places) {
        const auto [at, fresh] =
            rows_.try_emplace({place.where, place.name}, Row{place.holds, name});
        if (fresh || at->second.holds == place.holds) continue;
        throw DialectError(name + ": the " + std::string(word_of(place.where)) + " " +
                           std::string(place.name) + " holds " + std::string(word_of(place.holds)) +
                           " here and " + std::string(word_of(at->second.holds)) + " in " +
                           at->second.said_by + ": say the same in both");
    }
}

std::vector<CredentialPlace> Places::rows() const {
    std::vector<CredentialPlace> all;
    for (const auto& [key, row] : rows_) all.push_back({key.first, key.second, row.holds});
    return all;
}

}  // namespace whogoes::dialects
