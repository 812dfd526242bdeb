#include "rules/heard.hpp"

#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"
#include "rules/quotable.hpp"
#include "rules/text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace whogoes::rules;

namespace {

void check_what_is_shown(const Exchange& exchange) {
    const auto is_showable = [&](std::string_view text) {
        const std::string shown = quotable(text, exchange.request);
        return shown.size() <= 200 && is_utf8(shown);
    };
    if (exchange.heard.message.size() > 200 || !is_showable(exchange.heard.message)) std::abort();
    for (const Told& told : exchange.heard.told)
        if (told.text.size() > 200 || !is_showable(told.text)) std::abort();
}

}  // namespace

// The first line is an Authorization, the rest the body of a refusal that came in one piece.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string_view authorization = input.substr(0, input.find('\n'));
    Exchange exchange;
    exchange.request.method = "GET";
    exchange.request.target = exchange.request.path = "/v1/items";
    exchange.request.fields.add("Authorization", authorization);
    exchange.place.upstream_origin = "https://api.example.test";
    exchange.response.body = input.substr(authorization.size());
    exchange.response.body_evidence = BodyEvidence::partial;
    exchange.response.fields.add("WWW-Authenticate", "Bearer realm=\"api\"");
    for (const int status : {400, 401, 403}) {
        exchange.response.status = status;
        exchange.read();
        const Diagnosis diagnosis = diagnose(exchange);
        if (status != 400 && !diagnosis.main) std::abort();
        check_what_is_shown(exchange);
    }
    return 0;
}
