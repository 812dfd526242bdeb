#pragma once

#include "rules/jwt.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// The JSON of a JWT's header and payload, read straight into the members that Jwt keeps. Not a JSON
// library: what nobody asks for is checked for syntax and dropped.
namespace whogoes::rules {

struct JsonFlaw {
    std::size_t offset = 0;  // octets into the text
    std::string detail;      // empty: none
};

// Depth at most 16; the text must be one object and nothing else.
JsonFlaw read_jose_header(std::string_view json, Jwt&);
JsonFlaw read_claims(std::string_view json, Jwt&);

}  // namespace whogoes::rules
