#include "proxy/renew/token_request.hpp"

#include <openssl/evp.h>

#include <string>
#include <string_view>

namespace whogoes::renew {
namespace {

// application/x-www-form-urlencoded, as RFC 6749, appendix B has it.
void append_encoded(std::string& out, std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '*';
        if (plain) {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            out += '%';
            out += digits[octet >> 4];
            out += digits[octet & 15];
        }
    }
}

void append_pair(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!out.empty()) out += '&';
    out.append(name) += '=';
    append_encoded(out, value);
}

// RFC 6749, 2.3.1: both are form-encoded before they are joined.
net::Secret basic(const settings::RefreshSettings& block) {
    std::string pair;
    append_encoded(pair, block.client_id);
    pair += ':';
    append_encoded(pair, block.client_secret.reveal());
    std::string encoded(4 * ((pair.size() + 2) / 3) + 1, '\0');
    const int octets = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                         reinterpret_cast<const unsigned char*>(pair.data()),
                                         static_cast<int>(pair.size()));
    encoded.resize(static_cast<std::size_t>(octets));
    std::string value = "Basic " + encoded;
    net::Secret secret(value);
    net::wipe(pair);
    net::wipe(encoded);
    net::wipe(value);
    return secret;
}

}  // namespace

upstream::FetchRequest token_request(const settings::RefreshSettings& block,
                                     const net::Secret& refresh_token) {
    upstream::FetchRequest request;
    request.url = block.token_endpoint;
    request.method = "POST";
    request.content_type = "application/x-www-form-urlencoded";
    request.timeout = block.timeout;
    request.tls = block.tls;
    std::string body;
    if (block.grant == settings::Grant::refresh_token) {
        append_pair(body, "grant_type", "refresh_token");
        append_pair(body, "refresh_token", refresh_token.reveal());
    } else {
        append_pair(body, "grant_type", "client_credentials");
    }
    append_pair(body, "scope", block.scope);
    append_pair(body, "resource", block.resource);
    const bool by_field = block.authentication == settings::ClientAuthentication::basic &&
                          !block.client_secret.empty();
    if (by_field) {
        request.authorization = basic(block);
    } else {
        append_pair(body, "client_id", block.client_id);
        append_pair(body, "client_secret", block.client_secret.reveal());
    }
    request.body = net::Secret(body);
    net::wipe(body);
    return request;
}

}  // namespace whogoes::renew
