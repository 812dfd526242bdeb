#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// What History knows of a client when an exchange of its is diagnosed: plain facts, each empty when
// nothing is remembered. Holds no credential, only keyed fingerprints.
namespace whogoes::rules {

using Milliseconds = std::chrono::milliseconds;

struct LostRedirect {  // a redirect of a request with Authorization that led to this target
    int status = 0;
    std::string from_url{}, to_url{};
    bool cross_origin = false;
    Milliseconds age{};
};

struct CookieSeen {  // a Set-Cookie that an earlier answer of this client's carried
    std::string name{};
    std::vector<std::string> blocked_because{};  // empty: the browser could store it
    Milliseconds age{};
};

struct Recollection {
    std::optional<LostRedirect> lost_redirect{};
    std::vector<CookieSeen> cookies_set{};
    std::optional<Milliseconds> credential_accepted_ago{};  // this credential got a 2xx
    std::optional<Milliseconds> cookie_accepted_ago{};      // this Cookie got a 2xx
    bool accepted_in_registered_spelling = false;           // same credential, scheme in usual case
    bool scheme_accepted = false;  // another credential of this scheme and shape got a 2xx
    std::optional<Milliseconds> newer_token_accepted_ago{};  // same iss and sub, later iat
    std::string newer_token_fingerprint{};
    int refused_in_30s = 0;  // 401s of this credential, this one not counted
    Milliseconds refused_window{};
    int renewals_in_60s = 0;  // calls that renew a token, this one not counted
    int vain_renewals = 0;    // in a row: good ones that a 401 followed, as it does here
    bool path_accepted_with_other_credential = false;  // same method and path got a 2xx
    bool accepted_without_origin = false;              // same method and path, no Origin, 2xx
    bool bearer_sent_elsewhere = false;                // this client also sent Bearer
    std::optional<std::uint32_t> digest_last_nc{};     // for the nonce of this request
    bool handshake_completed = false;                  // the second leg came and was accepted
    std::optional<Milliseconds> credential_accepted_elsewhere_ago{};  // 2xx on another route
};

// Whether both tell the same, ages being told in whole seconds.
bool tell_the_same(const Recollection&, const Recollection&) noexcept;

}  // namespace whogoes::rules
