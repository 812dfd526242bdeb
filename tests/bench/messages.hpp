#pragma once

#include <string>
#include <string_view>

// What the benchmarks parse and diagnose: of the size and kind that browsers and APIs send. Of the
// tokens nothing is secret: their signatures are made up.
namespace whogoes::bench {

// A JWT that ran out long before `noon`; another one for each number.
std::string expired_jwt(int number);
std::string opaque_token(int number);

// As curl or a browser's fetch() sends it; without a token: no Authorization.
std::string request_head(std::string_view token);

// A bare 401 with a JSON body, and the body alone.
std::string refusal_head();
std::string_view refusal_body();

}  // namespace whogoes::bench
