#include "cause_rows.hpp"

#include "rules/text.hpp"

namespace whogoes::rules {
namespace {

std::string base64_of(std::string_view bytes) {
    std::string text = base64url_of(bytes);
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (text.size() % 4 != 0) text += '=';
    return text;
}

}  // namespace

std::string token(std::string_view claims, std::string_view header) {
    // HS256 signs with 32 octets, which are 43 characters.
    return base64url_of(header) + "." + base64url_of(claims) + "." + std::string(43, 'A');
}

std::string bearer(std::string_view credential) {
    return "GET /v1/items\nAuthorization: Bearer " + std::string(credential);
}

std::string basic(std::string_view pair) {
    return "GET /v1/items\nAuthorization: Basic " + base64_of(pair);
}

}  // namespace whogoes::rules
