#pragma once

#include "proxy/app/config.hpp"

#include <cstdio>
#include <string_view>

// A pager between this process and a terminal, as git and man have one: $PAGER, else less where it
// is there. Without a terminal, or with PAGER=cat, there is none.
namespace whogoes::app {

class Pager {
public:
    // `wanted`: what is printed is to be read, and ends.
    Pager(bool wanted, const Surroundings&);
    ~Pager();  // waits until it is left
    Pager(const Pager&) = delete;
    Pager& operator=(const Pager&) = delete;

    void print(std::string_view text);

private:
    std::FILE* pipe_ = nullptr;  // null: standard output
};

}  // namespace whogoes::app
