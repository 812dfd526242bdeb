#pragma once

#include "proxy/net/task.hpp"

// The document about a protected resource (RFC 9728, 3), answered in the API's place where the
// configuration has it. The only path that is taken from the API.
namespace whogoes::session {

struct Exchange;

bool asks_for_metadata(const Exchange&);

// False: the connection to the client must end.
net::Task<bool> answer_metadata(Exchange&);

}  // namespace whogoes::session
