#pragma once

#include "proxy/http/head.hpp"
#include "proxy/net/buffer.hpp"
#include "proxy/net/secret.hpp"
#include "proxy/net/task.hpp"
#include "proxy/report/event.hpp"
#include "proxy/session/tokens.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// A refused request once more with a fresh token. Before any octet of the answer went to the
// client, at most once, and only where the whole request is in memory: whatever goes wrong, the
// client gets the API's own first answer.
namespace whogoes::session {

struct Exchange;

struct Replay {
    net::Secret authorization;  // of the second attempt; empty: there is none (yet)
    Renewal renewal;

    // The first answer while the second is waited for.
    http::ResponseHead answer;
    net::Buffer answer_buffer;
    std::size_t answer_head_octets = 0;

    // For the record.
    std::string upstream_address;
    std::string token, new_token;  // fingerprints
    int first_status = 0;
    int second_status = 0;        // 0: the second attempt brought nothing
    bool observed_again = false;  // the record is about the second answer
    std::string failure;          // of the second attempt, in words
};

// Whether the remedy asks for it.
bool is_to_be_replayed(const Exchange&);

// Afterwards the exchange holds the answer to relay, whichever of the two it is. False: the client
// is gone meanwhile.
net::Task<bool> renew_and_replay(Exchange&);

// observe.cpp: the second answer, with the new token in the request.
void observe_again(Exchange&);

// replay_record.cpp: what became of it, in the record.
void note_replay(const Exchange&, report::AuthEvent&);
// "the request's body is larger than refresh.max_body, or it cannot be kept"; empty: no such word.
std::string_view skip_words(std::string_view why) noexcept;

}  // namespace whogoes::session
