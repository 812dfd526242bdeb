#include "rules/credentials.hpp"

#include "rules/cookies.hpp"
#include "rules/exchange.hpp"
#include "rules/history.hpp"
#include "rules/http_date.hpp"
#include "rules/text.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

// One value in every field that rules/ reads of a request and its answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace whogoes::rules;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Credentials credentials = parse_credentials(text);
    if (credentials.raw.empty() != (credentials.kind == Scheme::none)) std::abort();
    if (credentials.scheme.size() + credentials.value.size() > credentials.raw.size()) std::abort();

    const Base64 decoded = decode_base64(text, Alphabet::either);
    if (!decoded.ok() && decoded.bad > text.size()) std::abort();
    if (percent_decoded(text) && is_utf8(text) && is_token(text) && text.empty()) std::abort();

    Exchange exchange;
    exchange.request.method = "GET";
    exchange.request.target = exchange.request.path = "/v1/items";
    for (const std::string_view name : {"Host", "Authorization", "Cookie", "Origin"})
        exchange.request.fields.add(name, text);
    exchange.response.status = size % 2 == 0 ? 307 : 401;
    for (const std::string_view name : {"Location", "Set-Cookie", "Date", "WWW-Authenticate"})
        exchange.response.fields.add(name, text);
    exchange.read();
    History history;
    history.remember(exchange);
    history.remember(exchange);
    if (exchange.response.status == 401 &&
        history.recall(exchange).refused_in_30s != (exchange.credentials[0].raw.empty() ? 0 : 2))
        std::abort();
    return 0;
}
