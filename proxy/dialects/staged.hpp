#pragma once

#include "proxy/dialects/read.hpp"
#include "rules/exchange.hpp"

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

// An exchange made of the raw text that a dialect's case quotes, with the case's own clock: always
// the same instant, so that a case says the same today and in ten years. No file, no socket.
namespace whogoes::dialects {

inline constexpr rules::TimePoint case_time{std::chrono::seconds(1790000000)};

// What a case's message lacks, as a sentence: "the response has no empty line behind its fields".
class MessageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Puts made-up tokens and times in: ${JWT}, ${EXPIRED_JWT}, ${OPAQUE}, ${ID_TOKEN}, ${NOW}, ${DATE}
// and ${EARLIER:n}. What else stands in such braces stays as it is.
std::string filled_in(std::string_view text);

// Owns the texts that its exchange looks into, so it stays where it was made.
class Staged {
public:
    // Lines may end with LF. `upstream` is scheme://host[:port]. Throws MessageError.
    Staged(std::string_view request, std::string_view response, std::string_view upstream,
           rules::TimePoint answered_at = case_time);
    Staged(const Staged&) = delete;
    Staged& operator=(const Staged&) = delete;

    // read() it once the rest is set.
    rules::Exchange exchange{};

private:
    void read_request();
    void read_response();

    std::string request_, response_;
};

}  // namespace whogoes::dialects
