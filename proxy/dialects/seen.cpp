#include "proxy/dialects/seen.hpp"

#include "proxy/dialects/staged.hpp"
#include "rules/condition.hpp"
#include "rules/exchange.hpp"
#include "rules/text.hpp"

#include <array>
#include <vector>

namespace whogoes::dialects {

using namespace rules;

namespace {

const std::string bearer = "Authorization: Bearer ${OPAQUE}\n";

// What the request must be like for the saying, whose answer is all that was written down.
struct Circumstances {
    std::string method = "GET", path = "/v1/items", upstream = "https://api.example.test";
    std::string body{};
    std::vector<std::string> credentials{bearer, ""};
    int status = 401;
};

// The requests that carry it; of what many kinds are, several.
std::vector<std::string> credentials_for(Sent sent) {
    const std::string basic = "Authorization: Basic dXNlcjpwYXNz\n", key = "X-API-Key: ${OPAQUE}\n",
                      cookie = "Cookie: session=${OPAQUE}\n",
                      jwt = "Authorization: Bearer ${JWT}\n";
    switch (sent) {
        case Sent::nothing:
            return {""};
        case Sent::password:
            return {"Content-Type: application/json\n"};
        case Sent::basic:
            return {basic};
        case Sent::jwt:
            return {jwt};
        case Sent::api_key:
            return {key};
        case Sent::cookie:
            return {cookie};
        case Sent::signature:
            return {"X-Signature: ${OPAQUE}\n"};
        case Sent::credential:
            return {bearer, jwt, basic, key, cookie};
        default:
            return {bearer};
    }
}

Circumstances circumstances_of(Condition condition) {
    Circumstances all;
    for (const Term& term : condition) {
        if (term.asks == Asks::status) all.status = term.statuses[0];
        if (term.asks == Asks::path) all.path = term.words;
        if (term.asks == Asks::method) all.method = term.words;
        if (term.asks == Asks::host) all.upstream = "https://" + std::string(term.words);
        if (term.asks == Asks::request_field)
            all.credentials = {std::string(term.name) + ": ${OPAQUE}\n"};
        if (term.asks != Asks::sent) continue;
        all.credentials = credentials_for(term.sent);
        if (term.sent != Sent::password) continue;
        all.method = "POST";
        all.body = "\n{\"username\":\"ada\",\"password\":\"lovelace\"}";
    }
    return all;
}

// The ways in which a text may have been written down.
std::vector<std::string> answers_of(const std::string& seen, int status) {
    const std::string start = "HTTP/1.1 " + std::to_string(status) + " Answer\n";
    std::vector<std::string> answers{start + "\n" + seen};
    const std::string_view first = std::string_view(seen).substr(0, seen.find('\n'));
    const std::size_t colon = first.find(':');
    if (colon != npos && is_token(first.substr(0, colon)))
        answers.push_back(start + seen + (seen.find("\n\n") == npos ? "\n\n" : ""));
    if (seen.starts_with("HTTP/")) answers.push_back(seen);
    if (colon == npos || first.find('=') < colon)
        answers.push_back(start + "WWW-Authenticate: " + std::string(first) + "\n\n");
    return answers;
}

}  // namespace

std::string flaw_of_seen(const DialectFile& file, std::size_t index) {
    const Saying& saying = file.dialect.sayings[index];
    const Circumstances around = circumstances_of(saying.when);
    // Recognised, whatever its marks ask.
    static constexpr std::array<Condition, 1> anything{};
    Dialect recognised = file.dialect;
    recognised.marks = anything;
    const bool everybody = file.dialect.marks.empty();  // it is asked without being named
    std::string_view instead;
    for (const std::string& credential : around.credentials)
        for (const std::string& answer : answers_of(file.sources[index].seen, around.status)) {
            const std::string request = around.method + " " + around.path +
                                        " HTTP/1.1\nHost: localhost\n" + credential + around.body;
            Staged staged(request, answer, around.upstream);
            if (!everybody) staged.exchange.dialects = {&recognised, 1};
            staged.exchange.read();
            std::string_view text;
            if (everybody && holds(saying.when, staged.exchange, staged.exchange.heard, text))
                return {};
            for (const Told& told : staged.exchange.heard.told) {
                if (told.by != &recognised) continue;
                if (told.saying->cause == saying.cause) return {};
                instead = told.saying->cause;
            }
        }
    if (instead.empty()) return "its text does not make it hold";
    return "an earlier saying takes its text: " + std::string(instead);
}

}  // namespace whogoes::dialects
