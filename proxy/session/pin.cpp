#include "proxy/session/pin.hpp"

#include "proxy/http/octets.hpp"

#include <algorithm>

namespace whogoes::session {
namespace {

using http::FieldName;

constexpr std::string_view binding[] = {"ntlm", "negotiate", "nego2", "kerberos"};

bool is_word_octet(char c) noexcept {
    const char small = http::lower(c);
    return (small >= 'a' && small <= 'z') || http::is_digit(c) || c == '-' || c == '_' || c == '.';
}

// Word by word and not as a list of challenges: one that breaks the grammar binds as well.
bool names_binding_scheme(std::string_view value) noexcept {
    while (!value.empty()) {
        const std::size_t end = static_cast<std::size_t>(
            std::find_if_not(value.begin(), value.end(), is_word_octet) - value.begin());
        const std::string_view word = value.substr(0, end);
        if (std::any_of(std::begin(binding), std::end(binding),
                        [&](std::string_view scheme) { return http::same_word(word, scheme); }))
            return true;
        value.remove_prefix(std::max<std::size_t>(end, 1));
    }
    return false;
}

// A credential's scheme is its first word; what follows may be anybody's.
bool binds(std::string_view credential) noexcept {
    const std::size_t end = static_cast<std::size_t>(
        std::find_if_not(credential.begin(), credential.end(), is_word_octet) - credential.begin());
    return names_binding_scheme(credential.substr(0, end));
}

}  // namespace

bool binds_the_connection(const http::RequestHead& request) {
    for (const http::FieldLine& line : request.fields) {
        const bool credential =
            line.name == FieldName::authorization || line.name == FieldName::proxy_authorization;
        if (credential && binds(request.value_of(line))) return true;
    }
    return false;
}

bool binds_the_connection(const http::RequestHead& request, const http::ResponseHead& answer) {
    if (binds_the_connection(request)) return true;
    for (const http::FieldLine& line : answer.fields) {
        const bool challenge =
            line.name == FieldName::www_authenticate || line.name == FieldName::proxy_authenticate;
        if (challenge && names_binding_scheme(answer.value_of(line))) return true;
    }
    return false;
}

}  // namespace whogoes::session
