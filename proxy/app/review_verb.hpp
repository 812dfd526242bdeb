#pragma once

#include "proxy/app/config.hpp"
#include "proxy/app/options.hpp"

namespace whogoes::app {

// `whogoes review`: prints where the review page of the proxy with this admin address is, with its
// key, and hands it to the browser where `open` is set. Exit status 1: no such proxy answers.
int review_page(const ListenAddress& admin, bool open, const Surroundings&);

}  // namespace whogoes::app
