#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What an API's own description (OpenAPI) says of the operation that an exchange calls. Plain data:
// it explains a refusal, and decides nothing; a description may lag behind its API.
namespace whogoes::rules {

struct Exchange;

struct DocumentedScheme {
    enum class Kind : std::uint8_t { http, api_key, mutual_tls };  // OAuth and OpenID: Bearer, HTTP

    Kind kind = Kind::http;
    std::string scheme{};               // of HTTP, in lower case: "bearer", "basic"
    std::string place{}, field{};       // of an API key: "header", "query" or "cookie"; its name
    std::vector<std::string> scopes{};  // all of them are needed
};

struct DocumentedOperation {
    std::string method{}, path{};  // "GET", "/orders/{id}"
    // One of these is enough, all members of it together; an empty one: nothing is needed.
    std::vector<std::vector<DocumentedScheme>> security{};

    bool is_open() const;  // can be called without a credential
    // "Bearer with the scope orders:write, or an API key in the field X-API-Key"; "no credential".
    std::string words() const;
};

// Whether what came fits one of the ways that are described, as far as can be seen from outside.
bool fits(const DocumentedOperation&, const Exchange&);

}  // namespace whogoes::rules
