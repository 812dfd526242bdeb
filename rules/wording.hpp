#pragma once

#include "rules/challenge.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What an upstream says in words when it refuses: phrases of common frameworks, found in the error
// body and in error_description. A hint about a cause, never a proof, and never shown unscrubbed.
// Not a language model and not a search engine: whole words of a fixed list.
namespace whogoes::rules {

struct Response;

enum class Wording : std::uint8_t {
    nothing_arrived,  // "credentials were not provided"
    token_expired,
    signature,
    key_id,
    algorithm,
    audience,
    issuer,
    scope,
    structure,  // "jwt malformed"
    csrf,
    cors_origin,
    host,
    throttled,
    account,        // locked, disabled, suspended, not verified
    whose_account,  // words that say that the one before is about a person, not an order
    address,        // the client's IP address
    api_key,
    api_key_missing,
    client_certificate,
    aws_signature,
    aws_route,
    policy,  // an IAM policy refused a known caller
    anonymous_caller,
    environment,  // test and live mode
    firewall,     // block pages of a CDN or WAF; these and the next are never heard in JSON
    cloudflare_block,
    akamai_block,
    cloudfront_block,
    azure_block,
    count_,
};

// What was heard in one answer.
class Heard {
public:
    static constexpr std::size_t kinds = static_cast<std::size_t>(Wording::count_);

    bool anything() const noexcept { return said_ != 0; }
    bool says(Wording wording) const noexcept { return (said_ >> index(wording) & 1U) != 0; }
    // Whether a 400 that says this is about a credential. A word like "issuer" counts only where a
    // token came: it is a field of many a form.
    bool refuses(bool token_came) const noexcept;
    // The text around the phrase, at most 200 octets, as sent; empty when nothing was said.
    std::string_view text(Wording) const noexcept;

    // The member "error" of a JSON body where it looks like a code: "invalid_grant".
    std::string error_code{};
    bool json = false;  // the body is a JSON object
    // What the answer says to people, recognised or not: at most 200 octets, as sent. Empty where
    // it says no more than its status does, and of a page.
    std::string message{};

    void note(Wording, std::string_view around);

private:
    static constexpr std::size_t index(Wording wording) noexcept {
        return static_cast<std::size_t>(wording);
    }

    std::uint32_t said_ = 0;
    std::array<std::uint8_t, kinds> where_{};
    std::vector<std::string> texts_{};
};

// Reads message, detail, error_description, title and error of a JSON body, the visible text of any
// other, and the challenges' error_description.
Heard listen(const Response&, const ChallengeList&);

// The same for one text, on top of what was heard before.
void listen_to(std::string_view text, Heard&);

}  // namespace whogoes::rules
