#pragma once

#include "proxy/http/head.hpp"
#include "proxy/net/buffer.hpp"
#include "proxy/net/secret.hpp"
#include "proxy/net/task.hpp"
#include "proxy/observe/second_answer.hpp"
#include "proxy/observe/sighting.hpp"
#include "proxy/renew/tokens.hpp"

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
    renew::Renewal renewal;

    // The first answer while the second is waited for.
    http::ResponseHead answer;
    net::Buffer answer_buffer;
    std::size_t answer_head_octets = 0;

    observe::ReplayStory story;  // as it was told last

    // For the record.
    std::string upstream_address;
    std::string token, new_token;  // fingerprints
    int first_status = 0;
    observe::SecondAnswer second;
    std::string failure;  // of the second attempt, in words
};

// Whether the remedy asks for it.
bool is_to_be_replayed(const Exchange&);

// Once the answer has passed: what the end of a call has told of the second attempt.
void learn_end(Exchange&);

// Afterwards the exchange holds the answer to relay, whichever of the two it is. False: the client
// is gone meanwhile.
net::Task<bool> renew_and_replay(Exchange&);

}  // namespace whogoes::session
