#pragma once

#include "rules/exchange.hpp"
#include "rules/fingerprint.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

// What clients did before: redirects that lost a header, cookies set and never returned, a token
// that worked until a moment ago, the same refused credential again. Pure: its only clock is the
// exchanges'. Bounded in entries and in age; holds keyed hashes, never a credential.
// Not thread-safe; the process's history guards it (proxy/observe/history.hpp).
namespace whogoes::rules {

struct HistoryLimits {
    std::size_t clients = 1024;
    std::size_t entries_a_client = 64;
    std::chrono::seconds age{1800};  // a session that was idle for a quarter of an hour is known
};

// Which notes an exchange went into.
struct Noted {
    std::uint64_t client = 0;
    std::uint64_t credential = 0;  // that was refused; 0: none
    std::uint64_t news = 0;        // what else had been noted of this client by then
    std::uint64_t route = 0;       // of what may be the first leg of a handshake; 0: it cannot be
    TimePoint at{};
};

class History {
public:
    // With a fingerprint key, newer_token_fingerprint is what the log calls that token.
    explicit History(std::uint64_t hash_key = 0, HistoryLimits = {},
                     const FingerprintKey* = nullptr);
    ~History();
    History(History&&) noexcept;
    History& operator=(History&&) noexcept;

    // What is known of this exchange's client, from the request alone; the exchange itself need
    // not have been answered yet.
    Recollection recall(const Exchange&) const;

    // Call once an exchange, after it was diagnosed; exchange.read() must have been called, but for
    // a 2xx it need not.
    Noted remember(const Exchange&);

    // Whether nothing but refusals of what had been refused before was noted of this client since.
    bool is_latest(const Noted&) const;
    // Whether the client came back with a credential for an offered scheme, and was not refused.
    bool is_completed(const Noted& first_leg) const;
    // The same refusal once more, octet for octet.
    void refused_again(const Noted&, TimePoint at);

    std::size_t clients() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace whogoes::rules
