#include "dialects/seen.hpp"

#include "proxy/dialects/staged.hpp"
#include "rules/exchange.hpp"
#include "rules/text.hpp"

#include <array>
#include <vector>

namespace whogoes::dialects {

using namespace rules;

namespace {

// What the request must be like for the saying, whose answer is all that was written down.
struct Circumstances {
    std::string method = "GET", path = "/v1/items", upstream = "https://api.example.test";
    std::string credential = "Authorization: Bearer ${OPAQUE}\n", body{};
    int status = 401;
};

std::string credential_for(Sent sent) {
    switch (sent) {
        case Sent::nothing:
        case Sent::password:
            return "";
        case Sent::basic:
            return "Authorization: Basic dXNlcjpwYXNz\n";
        case Sent::jwt:
            return "Authorization: Bearer ${JWT}\n";
        case Sent::api_key:
            return "X-API-Key: ${OPAQUE}\n";
        case Sent::cookie:
            return "Cookie: session=${OPAQUE}\n";
        case Sent::signature:
            return "X-Signature: ${OPAQUE}\n";
        default:
            return "Authorization: Bearer ${OPAQUE}\n";
    }
}

Circumstances circumstances_of(Condition condition) {
    Circumstances all;
    for (const Term& term : condition) {
        if (term.asks == Asks::status) all.status = term.statuses[0];
        if (term.asks == Asks::path) all.path = term.words;
        if (term.asks == Asks::method) all.method = term.words;
        if (term.asks == Asks::host) all.upstream = "https://" + std::string(term.words);
        if (term.asks != Asks::sent) continue;
        all.credential = credential_for(term.sent);
        if (term.sent != Sent::password) continue;
        all.method = "POST";
        all.body = "\n{\"username\":\"ada\",\"password\":\"lovelace\"}";
        all.credential = "Content-Type: application/json\n";
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
    return answers;
}

}  // namespace

std::string flaw_of_seen(const DialectFile& file, std::size_t index) {
    const Saying& saying = file.dialect.sayings[index];
    const Circumstances around = circumstances_of(saying.when);
    const std::string request = around.method + " " + around.path + " HTTP/1.1\nHost: localhost\n" +
                                around.credential + around.body;
    // Recognised, whatever its marks ask.
    static constexpr std::array<Condition, 1> anything{};
    Dialect recognised = file.dialect;
    if (!recognised.marks.empty()) recognised.marks = anything;
    std::string_view instead;
    for (const std::string& answer : answers_of(file.sources[index].seen, around.status)) {
        Staged staged(request, answer, around.upstream);
        // Of the built-in ones, those without marks are asked too, and shall not answer for it.
        staged.exchange.dialects = {&recognised, 1};
        staged.exchange.read();
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
