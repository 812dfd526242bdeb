#include "proxy/app/fingerprint_key.hpp"

#include "proxy/app/state_folder.hpp"

#include <algorithm>
#include <string>

namespace whogoes::app {

rules::FingerprintKey fingerprint_key(std::string* flaw) {
    rules::FingerprintKey key{};
    std::string unkept;
    const std::string kept = kept_random("fingerprint.key", key.size(), &unkept);
    if (flaw != nullptr && !unkept.empty())
        *flaw =
            "the tokens in the log are called anew at each start, since their key is not kept (" +
            unkept + ")";
    std::copy(kept.begin(), kept.end(), key.begin());
    return key;
}

}  // namespace whogoes::app
