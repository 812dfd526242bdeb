#pragma once

#include "proxy/http/head.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/settings/settings.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What whoever serves an exchange shows of it. Plain data: views into what the exchange holds, made
// anew at each step and never kept. No socket, no buffer, no protocol.
namespace whogoes::observe {

struct OpenEvent;

// What became of the attempt to renew a token and to send the request once more.
struct ReplayStory {
    enum class Renewal : std::uint8_t { skipped, refreshed, joined, failed };
    enum class Ends : std::uint8_t { nothing, session, client };  // where it failed, and for good
    Renewal renewal = Renewal::skipped;
    Ends ends = Ends::nothing;
    std::string_view failure{};             // failed: what the token endpoint said
    std::string_view upstream_address{};    // of the first attempt
    std::string_view token{}, new_token{};  // fingerprints; no new one: it was not sent again
    int first_status = 0;
    int second_outcome = 0;        // in HTTP's terms; 0: not known
    std::string_view second{};     // the same as the API said it; empty: no answer came
    bool observed_again = false;   // the record is about the second answer
    std::string_view no_answer{};  // of the second attempt, in words
};

struct Sighting {
    const settings::Settings& settings;
    const http::RequestHead& request;
    const http::ResponseHead& answer;   // of the upstream; empty where `answered` is not set
    std::vector<std::string>& changes;  // what the client gets otherwise than the API sent it
    std::unique_ptr<OpenEvent>& event;  // null: not worth a look so far

    std::string_view client_address{};    // without port
    std::string_view client_scheme{};     // "http" or "https", as the client dialled
    std::string_view client_protocol{};   // "2"; empty: HTTP/1.1 or 1.0
    std::string_view client_authority{};  // empty: an HTTP/1.0 client told none

    std::string_view request_text{};  // the first bytes of a body that is text
    std::size_t request_body_octets = 0;
    bool request_body_there = false;   // all of it came with the head
    bool request_body_kept = false;    // what is kept of it may become the whole of it
    bool request_ends = true;          // all of it has come, or will by its length
    std::string_view authorization{};  // that was sent last, by a replay; empty: the request's own

    std::string_view answer_octets{};  // of the answer's body, in its framing, as far as it came
    bool answer_whole = false;         // and nothing more will come

    std::string_view upstream_origin{};
    std::string_view upstream_address{};     // of the connection; empty: there is none (any more)
    std::uint64_t connection = 0;            // its number
    std::uint64_t handshake_connection = 0;  // that carried this client's last handshake; 0: none
    bool bound = false;                      // the connection belongs to this client

    int status = 0;  // what the client gets
    net::Clock::time_point began{};
    net::Clock::time_point answered{};  // the upstream's head was complete
    std::string_view trace_id{};        // that was begun here; empty: none
    bool traced = false;                // a trace was begun here, or a request named
    const ReplayStory* replay = nullptr;
};

// scheme://host of a request as its client dialled it; falls back on "localhost".
std::string dialled_origin(std::string_view scheme, std::string_view authority);

}  // namespace whogoes::observe
