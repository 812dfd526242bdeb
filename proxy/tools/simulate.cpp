#include "proxy/tools/simulate.hpp"

#include "proxy/http/octets.hpp"
#include "proxy/tools/fetch.hpp"

#include <boost/json.hpp>

namespace whogoes::tools {
namespace {

namespace json = boost::json;

std::string message_in(const std::string& body) {
    boost::system::error_code error;
    const json::value value = json::parse(body, error);
    if (error || !value.is_object()) return {};
    const json::value* message = value.as_object().if_contains("message");
    return message && message->is_string() ? std::string(message->as_string().c_str()) : "";
}

// RFC 3986, 2.3: what is unreserved stays.
std::string escaped(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (http::is_token(c) && c != '%' && c != '&' && c != '+' && c != '#') {
            result += c;
            continue;
        }
        result += '%';
        result += hex[octet >> 4];
        result += hex[octet & 15];
    }
    return result;
}

}  // namespace

Simulated simulate(const SimulateRequest& request) {
    const bool v6 = request.host.find(':') != std::string::npos;
    FetchRequest wanted;
    wanted.url = "http://" + (v6 ? "[" + request.host + "]" : request.host) + ":" +
                 std::to_string(request.port) + "/api/v1/simulate?cause=" + escaped(request.cause) +
                 "&match=" + escaped(request.match) + "&for=" + escaped(request.duration);
    wanted.method = "POST";
    wanted.fields = {{"Authorization", "Bearer " + request.token}};
    const auto answer = fetch(wanted);
    if (!answer.has_value()) return {false, answer.error()};
    std::string words = message_in(answer->body);
    if (words.empty()) words = "the admin listener answered " + std::to_string(answer->status);
    return {answer->status == 200, std::move(words)};
}

}  // namespace whogoes::tools
