#pragma once

#include "rules/exchange.hpp"
#include "rules/fingerprint.hpp"
#include "rules/keys.hpp"
#include "rules/time.hpp"

#include <memory>
#include <optional>
#include <string>

// `whogoes explain`: decodes one credential and judges it offline. Shows neither the credential nor
// its signature, and of a JWT only the claims that the log may hold too (design: rules 5.1). It
// does not know where the credential was sent, and says nothing that depends on it.
namespace whogoes::tools {

struct ExplainRequest {
    std::string credential;  // "eyJ…", "Bearer eyJ…", "Authorization: Bearer eyJ…", "X-API-Key: …",
                             // "Cookie: id=eyJ…", "DPoP: eyJ…", or a command line of curl
    rules::Expectations expected;
    std::shared_ptr<const rules::KeySet> keys;             // null: signatures are not checked
    std::optional<rules::FingerprintKey> fingerprint_key;  // this installation's; empty: none shown
    bool json = false;
    bool utf8 = true;
    bool colour = false;  // of the marks; meaning never hangs on it
};

struct Explained {
    std::string text;   // or JSON
    int exit_code = 0;  // 1: something is certainly wrong with it, 2: nothing was given
};

Explained explain(const ExplainRequest&, rules::TimePoint now);

// Reads the credential from a pipe, or asks for it on the terminal without echo. Empty: cancelled.
std::optional<std::string> ask_for_credential();

}  // namespace whogoes::tools
