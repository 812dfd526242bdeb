#pragma once

#include <string_view>

// Marks that somebody before the API answered: a firewall, a CDN, an API gateway, a throttle. Each
// function names the mark it found, in words that may be shown; empty: none. A mark is precise: a
// Server or CF-RAY field alone proves nothing, because the API's own answers carry them too.
namespace whogoes::rules {

struct Exchange;

std::string_view firewall_mark(const Exchange&);
std::string_view throttle_mark(const Exchange&);  // Retry-After, or a quota that is used up

// x-amzn-ErrorType up to ":", which AWS gateways put on an answer of their own.
std::string_view aws_error_type(const Exchange&);

}  // namespace whogoes::rules
