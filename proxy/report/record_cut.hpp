#pragma once

#include "proxy/report/json_writer.hpp"

#include <cstddef>

// What is left out of a record that would grow too long, step by step. Inner to record.cpp.
namespace whogoes::report {

// How much of what has no natural bound goes into a record. The steps are tried in order until the
// record fits; the last one fits whatever the event holds.
struct Cut {
    std::size_t sentences = all_octets;
    std::size_t user_agent = all_octets;
    std::size_t query = all_octets;
    std::size_t path = all_octets;
    std::size_t challenge = all_octets;   // octets of each
    std::size_t challenges = all_octets;  // how many
    std::size_t fields = all_octets;
    std::size_t text = all_octets;  // whatever else
    std::size_t list = all_octets;
};
inline constexpr Cut cuts[] = {
    {},
    {.sentences = 4},
    {.sentences = 4, .user_agent = 64},
    {.sentences = 4, .user_agent = 64, .query = 128},
    {.sentences = 4, .user_agent = 64, .query = 128, .path = 256},
    {.sentences = 4,
     .user_agent = 64,
     .query = 128,
     .path = 256,
     .challenge = 200,
     .challenges = 4},
    {.sentences = 4,
     .user_agent = 64,
     .query = 128,
     .path = 256,
     .challenge = 200,
     .challenges = 4,
     .fields = 0,
     .text = 200,
     .list = 8},
    {.sentences = 2,
     .user_agent = 16,
     .query = 16,
     .path = 64,
     .challenge = 32,
     .challenges = 1,
     .fields = 0,
     .text = 32,
     .list = 2},
};

}  // namespace whogoes::report
