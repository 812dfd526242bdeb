#pragma once

#include "proxy/net/task.hpp"

#include <string>
#include <string_view>

// The front-end profile (`dev: true`): what a page on this machine needs of an answer and the API
// forgot. Each change is noted in Exchange::changes with what production will do instead; without
// the profile nothing here is called.
namespace whogoes::session {

struct Exchange;

// Adds CORS to what a page asked for, rewrites cookies, names the cause for DevTools. What it adds
// goes to `lines`, the names it cuts to `cut`.
void help_front_end(Exchange&, std::string& lines, std::string& cut);

// Access-Control lines for an answer of our own, which lets script read the fields of `exposed`;
// empty: the caller needs none.
std::string cors_lines(const Exchange&, std::string_view exposed = "WWW-Authenticate");

// The cause in words, where DevTools shows it, and leave for the caller to read it.
std::string timing_lines(const Exchange&, std::string_view reason);

// A preflight that the API refused, or answered without a word of CORS.
bool takes_preflight(const Exchange&);
// Answers it in the API's place. False: the connection to the client must end.
net::Task<bool> answer_preflight(Exchange&);

}  // namespace whogoes::session
