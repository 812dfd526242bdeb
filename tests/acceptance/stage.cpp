#include "acceptance/stage.hpp"

#include "rules/exchange.hpp"
#include "rules/fingerprint.hpp"
#include "rules/history.hpp"
#include "rules/keys.hpp"
#include "rules/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace whogoes::acceptance {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr rules::FingerprintKey fingerprint_key{1, 2, 3};
constexpr std::size_t longest_body = 64 * 1024;
constexpr std::size_t longest_form = 4 * 1024;

struct Parts {
    std::string_view start_line;
    rules::Fields fields;
    std::string_view body;
};

// Where a field line ends: at the first CRLF that no fold follows (RFC 9112, 5.2).
std::size_t end_of_line(std::string_view text) {
    for (std::size_t end = text.find("\r\n"); end != rules::npos; end = text.find("\r\n", end + 2))
        if (end == 0 || end + 2 >= text.size() || !rules::is_ows(text[end + 2])) return end;
    return rules::npos;
}

Parts parts_of_message(std::string_view text) {
    Parts parts;
    const std::size_t start = text.find("\r\n");
    if (start == rules::npos) throw std::runtime_error("a message has no start line");
    parts.start_line = text.substr(0, start);
    text.remove_prefix(start + 2);
    for (;;) {
        const std::size_t end = end_of_line(text);
        if (end == rules::npos) throw std::runtime_error("a message's head has no end");
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 2);
        if (line.empty()) break;
        const std::size_t colon = line.find(':');
        if (colon == rules::npos) throw std::runtime_error("a field line has no colon");
        parts.fields.add(line.substr(0, colon), rules::trim(line.substr(colon + 1)));
    }
    parts.body = text;
    return parts;
}

void read_request(std::string_view text, rules::Request& request) {
    const Parts parts = parts_of_message(text);
    const std::size_t first = parts.start_line.find(' ');
    const std::size_t last = parts.start_line.rfind(' ');
    if (first == rules::npos || last == first) throw std::runtime_error("a request has no target");
    request.method = parts.start_line.substr(0, first);
    request.target = parts.start_line.substr(first + 1, last - first - 1);
    const std::size_t mark = request.target.find('?');
    request.path = request.target.substr(0, mark);
    request.query = mark == rules::npos ? "" : request.target.substr(mark + 1);
    request.fields = parts.fields;
    request.client = "127.0.0.1";
    const std::string_view type = parts.fields.first("Content-Type").value_or("");
    if (rules::istarts_with(type, "application/x-www-form-urlencoded"))
        request.form_body = parts.body.substr(0, longest_form);
    if (rules::icontains(type.substr(0, type.find(';')), "json"))
        request.json_body = parts.body.substr(0, longest_form);
}

void read_response(std::string_view text, rules::Response& response) {
    const Parts parts = parts_of_message(text);
    const std::size_t space = parts.start_line.find(' ');
    if (space == rules::npos) throw std::runtime_error("an answer has no status");
    const std::string_view status = parts.start_line.substr(space + 1, 3);
    std::from_chars(status.data(), status.data() + status.size(), response.status);
    response.reason =
        rules::trim(parts.start_line.substr(std::min(space + 4, parts.start_line.size())));
    response.fields = parts.fields;
    const std::string_view coding = parts.fields.first("Content-Encoding").value_or("identity");
    if (!rules::iequals(coding, "identity")) {
        response.body_evidence = rules::BodyEvidence::undecodable;
        return;
    }
    response.body = parts.body.substr(0, longest_body);
    response.body_evidence = parts.body.size() > longest_body ? rules::BodyEvidence::partial
                                                              : rules::BodyEvidence::whole;
}

rules::Expectations expectations_of(const json::object& config) {
    rules::Expectations expected;
    expected.leeway = seconds(number_of(config, "skew_s", 60));
    expected.session_cookie = text_of(config, "session_cookie");
    expected.environment = text_of(config, "environment");
    expected.allowed_schemes = texts_of(config, "allow_schemes");
    expected.refresh_paths = texts_of(config, "refresh_paths");
    if (const json::object* challenge = object_of(config, "challenge"))
        expected.scheme = text_of(*challenge, "scheme");
    const json::object* expect = object_of(config, "expect");
    if (!expect) return expected;
    expected.issuer = text_of(*expect, "iss");
    expected.audiences = texts_of(*expect, "aud");
    expected.token_type = text_of(*expect, "typ");
    expected.tenant = text_of(*expect, "tid");
    expected.algorithms = texts_of(*expect, "alg");
    for (const std::string_view name : {"azp", "client_id"})
        for (std::string& party : texts_of(*expect, name))
            expected.authorized_parties.push_back(std::move(party));
    for (const std::string& scope : texts_of(*expect, "scope"))
        for (const std::string_view word : rules::words_of(scope))
            expected.scopes.emplace_back(word);
    return expected;
}

rules::KeySet keys_of(const json::object& config) {
    const json::object* keys = object_of(config, "keys");
    if (!keys) return {};
    if (const json::object* jwks = object_of(*keys, "jwks")) {
        rules::Result<rules::KeySet, std::string> set =
            rules::KeySet::from_jwks(json::serialize(*jwks));
        if (!set.has_value()) throw std::runtime_error("keys.jwks: " + set.error());
        return std::move(*set);
    }
    return rules::KeySet::from_hmac_secret(text_of(*keys, "hs"));
}

// One client, one proxy, one clock: what all exchanges of a case have in common.
class Stage {
public:
    explicit Stage(const Case& the_case)
        : case_(the_case),
          expected_(expectations_of(the_case.config)),
          keys_(keys_of(the_case.config)),
          now_(seconds(number_of(the_case.config, "clock_unix", 0))) {}

    rules::Exchange exchange(const Message& message, seconds after_now) const {
        rules::Exchange result;
        read_request(message.request, result.request);
        read_response(message.response, result.response);
        result.place.client_origin = text_of(case_.config, "proxy_origin");
        result.place.client_scheme =
            rules::istarts_with(result.place.client_origin, "https:") ? "https" : "http";
        result.place.upstream_origin = text_of(case_.config, "upstream_origin");
        const std::string prefix = text_of(case_.config, "strip_prefix");
        // By a proxy between the client and this one, which changes no target itself.
        if (!prefix.empty() && result.request.target.starts_with(prefix)) {
            result.request.target.remove_prefix(prefix.size());
            result.request.path.remove_prefix(prefix.size());
        }
        result.answered_at = now_ + after_now;
        result.expected = &expected_;
        if (!keys_.empty()) result.keys = &keys_;
        result.read();
        return result;
    }

private:
    const Case& case_;
    rules::Expectations expected_;
    rules::KeySet keys_;
    rules::TimePoint now_;
};

// The same client repeats the request with a credential and is answered `status`: what completes a
// handshake. The answer to the first leg is judged after this.
Message second_leg(const Message& first, const json::object& followed_by) {
    Message second;
    const std::string scheme = text_of(followed_by, "auth_scheme");
    std::string_view head = first.request;
    const std::size_t start = head.find("\r\n") + 2;
    second.request = std::string(head.substr(0, start)) + "Authorization: " + scheme +
                     " c2Vjb25k\r\n" + std::string(head.substr(start));
    second.response = "HTTP/1.1 " + std::to_string(number_of(followed_by, "status", 200)) +
                      " Answer\r\nContent-Length: 0\r\n\r\n";
    return second;
}

rules::ReplayOf replay_of(const json::object& config, const json::object& tokens) {
    rules::ReplayOf replay;
    replay.refreshed = text_of(config, "refresh") == "ok";
    const json::object* old_token = object_of(tokens, text_of(config, "old_token"));
    if (!old_token) throw std::runtime_error("replay_of names a token that the file does not have");
    rules::Fingerprinter fingerprinter(fingerprint_key);
    replay.rejected_fingerprint = fingerprinter.token("bearer", text_of(*old_token, "value"));
    return replay;
}

rules::RemedyPolicy policy_of(const json::object& config) {
    rules::RemedyPolicy policy;
    const json::object* challenge = object_of(config, "challenge");
    if (!challenge || text_of(*challenge, "mode") != "inject-missing") return policy;
    policy.quiet_scheme = text_of(*challenge, "xhr_scheme");
    policy.scope = text_of(*challenge, "scope");
    policy.describe = flag_of(*challenge, "describe", true);
    policy.resource_metadata = flag_of(*challenge, "resource_metadata", false);
    const std::string realm = " realm=\"" + text_of(*challenge, "realm") + "\"";
    for (const std::string& scheme : texts_of(*challenge, "scheme")) {
        std::string text = scheme + realm;
        if (rules::iequals(scheme, "Basic")) text += ", charset=\"UTF-8\"";
        if (rules::iequals(scheme, "DPoP")) text += ", algs=\"ES256\"";
        // A DPoP API takes Bearer beside it (RFC 9449, 7.2).
        if (rules::iequals(scheme, "DPoP"))
            if (auto bearer = rules::parse_offer("Bearer" + realm); bearer.has_value())
                policy.offers.push_back(*bearer);
        // What may never be offered is not: the proxy would not start with it.
        if (auto offer = rules::parse_offer(text); offer.has_value())
            policy.offers.push_back(*offer);
    }
    return policy;
}

}  // namespace

Outcome play(const Case& the_case, const json::object& tokens) {
    const Stage stage(the_case);
    rules::History history;

    std::vector<Message> earlier = the_case.history;
    std::stable_sort(earlier.begin(), earlier.end(), [](const Message& one, const Message& other) {
        return one.age_s > other.age_s;
    });
    for (const Message& message : earlier) {
        rules::Exchange exchange = stage.exchange(message, -seconds(message.age_s));
        exchange.recollection = history.recall(exchange);
        history.remember(exchange);
    }

    rules::Exchange exchange = stage.exchange(the_case.message, seconds(0));
    exchange.place.upstream_connection_changed =
        flag_of(the_case.config, "upstream_connection_changed", false);
    if (const json::object* replay = object_of(the_case.config, "replay_of"))
        exchange.replay_of = replay_of(*replay, tokens);
    exchange.recollection = history.recall(exchange);

    Message second;
    if (const json::object* followed_by = object_of(the_case.config, "followed_by")) {
        history.remember(exchange);
        second = second_leg(the_case.message, *followed_by);
        const rules::Exchange leg =
            stage.exchange(second, seconds(number_of(*followed_by, "within_s", 0)));
        history.remember(leg);
        exchange.recollection = history.recall(exchange);
    }

    Outcome outcome;
    outcome.diagnosis = rules::diagnose(exchange);
    outcome.remedy = rules::prescribe(outcome.diagnosis, exchange, policy_of(the_case.config), {});
    return outcome;
}

}  // namespace whogoes::acceptance
