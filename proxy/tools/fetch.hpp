#pragma once

#include "proxy/tools/recorded.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

// One request of our own, for `lint`, `health` and what asks an admin listener: HTTP/2 where TLS
// offers it, else HTTP/1.1. Follows no redirect, sends no credential but what it is told.
namespace whogoes::tools {

struct FetchRequest {
    std::string url;  // http:// or https://
    std::string method = "GET";
    std::vector<NameValue> fields;  // beside Host, User-Agent, Accept, Connection and a length
    bool verify = true;             // the server's certificate
    std::chrono::milliseconds timeout{10000};
    std::size_t most_body = most_body_octets;  // of the answer, coded and decoded
    std::string body{};                        // to send; empty: none
    // Set by another thread to have it end within a tenth of a second; may be null.
    const std::atomic<bool>* abandoned = nullptr;
};

// The error is one sentence.
rules::Result<Recorded, std::string> fetch(const FetchRequest&);

}  // namespace whogoes::tools
