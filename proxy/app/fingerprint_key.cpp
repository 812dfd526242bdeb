#include "proxy/app/fingerprint_key.hpp"

#include "proxy/app/state_folder.hpp"

#include <algorithm>
#include <string>

namespace whogoes::app {

rules::FingerprintKey fingerprint_key() {
    rules::FingerprintKey key{};
    const std::string kept = kept_random("fingerprint.key", key.size());
    std::copy(kept.begin(), kept.end(), key.begin());
    return key;
}

}  // namespace whogoes::app
