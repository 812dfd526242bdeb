#pragma once

#include <string>

// The answer to a request that was sent once more with a fresh token: whether the record is about
// it, and what it says of the token. A call may say so at its end only.
namespace whogoes::observe {

struct Observer;
struct Sighting;

struct SecondAnswer {
    int outcome = 0;              // in HTTP's terms; 0: there is none, or not yet
    std::string words{};          // the same as the API said it: "401", "unauthenticated"
    bool observed_again = false;  // the record is about this answer from now on
};

// Its head is there, with the new token in the request. Where OpenEvent::second_end is set
// afterwards, the end will tell.
SecondAnswer at_second_head(Observer&, const Sighting&);

// It has passed, or broke off.
SecondAnswer at_second_end(Observer&, const Sighting&);

}  // namespace whogoes::observe
