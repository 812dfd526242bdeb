#include "rules/causes/missing.hpp"

#include "rules/causes/reading.hpp"
#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::rules::causes {
namespace {

bool offers_bearer(const Exchange& exchange) {
    if (!exchange.challenges.challenges.empty()) return exchange.challenges.offers("Bearer");
    return iequals(exchange.expected->scheme, "Bearer");
}

// Schemes for which a browser itself asks and then sends Authorization.
bool browser_asks(const ChallengeList& challenges) {
    return challenges.offers("Basic") || challenges.offers("Digest") ||
           challenges.offers("Negotiate") || challenges.offers("NTLM");
}

bool is_navigation(const Exchange& exchange) {
    const std::string_view destination = request_field(exchange, "Sec-Fetch-Dest");
    return iequals(destination, "document") || iequals(destination, "iframe") ||
           iequals(destination, "frame");
}

void add_browser_facts(const Exchange& exchange, std::vector<Fact>& facts) {
    add(facts, "sec_fetch_site", request_field(exchange, "Sec-Fetch-Site"));
    add(facts, "sec_fetch_mode", request_field(exchange, "Sec-Fetch-Mode"));
    add(facts, "sec_fetch_dest", request_field(exchange, "Sec-Fetch-Dest"));
}

std::string without_query(std::string_view url) {
    return std::string(url.substr(0, url.find_first_of("?#")));
}

// Who judges the credential, or refuses the caller for a reason of its own, has read it.
bool was_read(const Exchange& exchange) {
    for (const Told& told : exchange.heard.told) {
        const CauseRow* const row = find_row(told.saying->cause);
        if (row && row->step == Step::absent) return false;
    }
    for (const Told& told : exchange.heard.told) {
        const CauseRow* const row = find_row(told.saying->cause);
        if (row && row->step > Step::absent) return true;
    }
    return is_forbidden(exchange) && !exchange.heard.unheard().empty();
}

// nginx (underscores_in_headers), Apache 2.4 and others drop a field whose name has an underscore,
// without a word.
const Carried* dropped_for_its_name(const Exchange& exchange) {
    if (!says_none_came(exchange) || !exchange.challenges.challenges.empty()) return nullptr;
    for (const Carried& one : exchange.carried)
        if (one.where == Where::field && one.name.find('_') != npos && may_authenticate(one.holds))
            return &one;
    return nullptr;
}

}  // namespace

std::optional<Evidence> preflight_rejected(const Exchange& exchange) {
    if (!exchange.preflight) return std::nullopt;
    const int status = exchange.response.status;
    if (status == 429 || (status >= 200 && status < 300)) return std::nullopt;
    std::vector<Fact> facts{
        fact("origin", request_field(exchange, "Origin")),
        fact("acr_method", request_field(exchange, "Access-Control-Request-Method")),
        fact("status", status)};
    add(facts, "acr_headers", request_field(exchange, "Access-Control-Request-Headers"));
    return proof("a CORS preflight was answered " + std::to_string(status) +
                     "; browsers never put credentials on a preflight",
                 std::move(facts));
}

std::optional<Evidence> empty_authorization(const Exchange& exchange) {
    if (exchange.credentials.size() != 1 || exchange.credentials.front().kind != Scheme::none)
        return std::nullopt;
    return proof("the Authorization field is there and empty", {fact("length", 0)});
}

std::optional<Evidence> credentials_in_wrong_header(const Exchange& exchange) {
    if (!credential_absent(exchange)) return std::nullopt;
    if (const Carried* const dropped = dropped_for_its_name(exchange)) {
        std::string hyphened(dropped->name);
        std::replace(hyphened.begin(), hyphened.end(), '_', '-');
        return shape(
            place_name(*dropped) +
                " was sent, and the answer says that nothing came: servers in front drop "
                "a field whose name has an underscore (nginx: underscores_in_headers on)",
            {fact("found_header", dropped->name), fact("expected_header", std::move(hyphened))});
    }
    const std::optional<Field> found = misnamed_credential(exchange);
    if (!found) return std::nullopt;
    std::string words = "a credential came in the field " + std::string(found->name) +
                        ", and no Authorization field";
    std::vector<Fact> facts{fact("found_header", found->name),
                            fact("expected_header", "Authorization")};
    const bool asked = exchange.challenges.offers("Bearer") || exchange.challenges.offers("Basic");
    // Some APIs read just that field.
    if (!asked && was_read(exchange)) return std::nullopt;
    return asked && !exchange.heard.is_usual_there("credentials-in-wrong-header")
               ? proof(std::move(words), std::move(facts))
               : shape(std::move(words), std::move(facts));
}

std::optional<Evidence> header_lost_on_redirect(const Exchange& exchange) {
    using namespace std::chrono_literals;
    if (!credential_absent(exchange)) return std::nullopt;
    const std::optional<LostRedirect>& lost = exchange.recollection.lost_redirect;
    if (!lost || lost->age > 5s) return std::nullopt;
    std::vector<Fact> facts{
        fact("redirect_status", lost->status), fact("from_url", without_query(lost->from_url)),
        fact("to_url", without_query(lost->to_url)), fact("cross_origin", lost->cross_origin),
        fact("age_ms", std::int64_t{lost->age.count()})};
    std::string words = "a redirect (" + std::to_string(lost->status) +
                        ") of a request with Authorization led here " +
                        std::to_string(lost->age.count()) +
                        " ms ago, and the client dropped the field on the way";
    // Fetch removes Authorization when the origin changes; within one origin it is the client's
    // choice.
    return lost->cross_origin ? proof(std::move(words), std::move(facts))
                              : shape(std::move(words), std::move(facts));
}

std::optional<Evidence> credentials_in_query_ignored(const Exchange& exchange) {
    if (exchange.request.query.empty() || !credential_absent(exchange)) return std::nullopt;
    // Who says that none came has not looked there, either.
    const bool says_none_came =
        exchange.challenges.challenges.empty() && exchange.heard.says("no-credentials");
    if (acts_as(exchange) == 403 || (!offers_bearer(exchange) && !says_none_came))
        return std::nullopt;
    const std::string_view name = token_parameter(exchange);
    if (name.empty()) return std::nullopt;
    return shape("the token came in the query parameter " + std::string(name.substr(0, 40)) +
                     ", where this API does not look",
                 {fact("query_key", name.substr(0, 40))});
}

std::optional<Evidence> browser_cannot_set_header(const Exchange& exchange) {
    if (!credential_absent(exchange) || credential_elsewhere(exchange)) return std::nullopt;
    // What a login sends is in its body.
    if (is_login_call(exchange)) return std::nullopt;
    std::vector<Fact> facts;
    add_browser_facts(exchange, facts);
    const std::string_view upgrade = request_field(exchange, "Upgrade");
    if (iequals(upgrade, "websocket") && exchange.request.fields.has("Origin")) {
        add(facts, "upgrade", "websocket");
        // A 403 asks for no credential: on a handshake it may as well be about Origin.
        if (acts_as(exchange) == 403 && exchange.challenges.absent())
            return guess(
                "a browser opened a WebSocket, to which it cannot add Authorization; the refusal "
                "may be about that",
                std::move(facts));
        return proof("a browser opened a WebSocket; it cannot add Authorization to that request",
                     std::move(facts));
    }
    const std::string_view destination = request_field(exchange, "Sec-Fetch-Dest");
    if (!destination.empty() && !iequals(destination, "empty")) {
        // On a navigation the browser asks for a password by itself, and where nothing speaks of a
        // token a page wants a session; of one that was known the cookie is the story.
        if (is_navigation(exchange) && (browser_asks(exchange.challenges) ||
                                        (exchange.challenges.absent() && !exchange.heard.json)))
            return std::nullopt;
        if (exchange.recollection.cookie_accepted_ago) return std::nullopt;
        for (const std::string_view known :
             {"image", "script", "style", "font", "video", "audio", "track", "document", "iframe",
              "frame", "embed", "object", "manifest"})
            if (iequals(destination, known) && acts_as(exchange) == 401)
                return proof("the browser loaded this as " + std::string(known) +
                                 ", and such a request cannot carry Authorization",
                             std::move(facts));
        return std::nullopt;
    }
    // EventSource sends this type alone; a client that also takes JSON is not one.
    const std::string_view accept = request_field(exchange, "Accept");
    if (!iequals(accept, "text/event-stream")) return std::nullopt;
    add(facts, "accept", accept);
    return shape("the client asked for an event stream; EventSource cannot send Authorization",
                 std::move(facts));
}

std::optional<Evidence> no_cors_mode(const Exchange& exchange) {
    if (!iequals(request_field(exchange, "Sec-Fetch-Mode"), "no-cors")) return std::nullopt;
    if (!credential_absent(exchange) || credential_elsewhere(exchange)) return std::nullopt;
    if (is_login_call(exchange)) return std::nullopt;
    if (!iequals(request_field(exchange, "Sec-Fetch-Dest"), "empty")) return std::nullopt;
    return proof("fetch() ran in mode no-cors, which drops the Authorization field without a word",
                 {fact("sec_fetch_mode", "no-cors"), fact("sec_fetch_dest", "empty")});
}

namespace {

// A leg of NTLM or Negotiate that the server answered with its own message.
bool continues_handshake(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent_as(sent, Scheme::ntlm) && !sent_as(sent, Scheme::negotiate)) return false;
    const Challenge* const answer = exchange.challenges.find(sent->scheme);
    return answer && !answer->token68.empty();
}

bool probes_first(const Exchange& exchange) {
    const std::string_view agent = request_field(exchange, "User-Agent");
    for (const std::string_view known : {"git/", "docker/", "containerd"})
        if (istarts_with(agent, known)) return true;
    const ChallengeList& challenges = exchange.challenges;
    if (istarts_with(agent, "curl/") && (challenges.offers("Digest") || challenges.offers("NTLM") ||
                                         challenges.offers("Negotiate")))
        return true;
    if (is_navigation(exchange) && browser_asks(challenges)) return true;
    const Challenge* const bearer = challenges.find("Bearer");
    return bearer && bearer->parameter("service") &&
           (istarts_with(bearer->value_of("realm"), "https://") ||
            istarts_with(bearer->value_of("realm"), "http://"));
}

// A challenge for a token, beside one that stands in the URL: then it is not read there.
bool asks_for_authorization(const Exchange& exchange, const Carried* elsewhere) {
    if (!elsewhere || elsewhere->where != Where::query ||
        (elsewhere->holds != Holds::token && elsewhere->holds != Holds::perhaps))
        return false;
    return !exchange.challenges.absent() || !exchange.expected->scheme.empty();
}

}  // namespace

std::optional<Evidence> handshake_challenge(const Exchange& exchange) {
    if (exchange.response.status != 401 || exchange.challenges.challenges.empty())
        return std::nullopt;
    if (continues_handshake(exchange))
        return proof("the server answered a leg of the handshake with the next one",
                     {fact("challenge_schemes", offered_schemes(exchange))});
    if (!exchange.credentials.empty()) return std::nullopt;
    if (exchange.recollection.handshake_completed)
        return proof("the client came back with a credential for an offered scheme",
                     {fact("challenge_schemes", offered_schemes(exchange))});
    if (!probes_first(exchange)) return std::nullopt;
    return shape("this client asks without a credential first, and comes back with one",
                 {fact("challenge_schemes", offered_schemes(exchange))});
}

const Field* own_field_with_a_key(const Exchange& exchange) {
    for (const Field& line : exchange.request.fields.lines()) {
        if (!istarts_with(line.name, "x-") || istarts_with(line.name, "x-forwarded-")) continue;
        if (icontains(line.name, "request") || icontains(line.name, "trace") ||
            icontains(line.name, "version") || iends_with(line.name, "-id"))
            continue;
        bool digit = false, letter = false;
        for (const char c : line.value) {
            digit = digit || is_digit(c);
            letter = letter || is_alpha(c);
        }
        if (line.value.size() >= 16 && digit && letter && is_token68(line.value)) return &line;
    }
    return nullptr;
}

namespace {

// "Invalid key" to {"key":"…"}.
bool judges_a_member(const Exchange& exchange) {
    const std::string_view own = exchange.heard.unheard();
    if (!has_any_words(own, {"invalid", "wrong", "incorrect"})) return false;
    for (const std::string_view name : {"key", "code", "link", "token"})
        if (find_words(own, name) && exchange.request.json_body.find('"' + std::string(name) +
                                                                     '"') != std::string_view::npos)
            return true;
    return false;
}

// "invalid stream token" to /stream?t=…: a link brought something, under whatever name.
bool judges_a_link(const Exchange& exchange) {
    if (judges_a_member(exchange)) return true;
    const std::string_view own = exchange.heard.unheard();
    if (!has_any_words(own, {"token", "link", "key"})) return false;
    std::string_view query = exchange.request.query;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        if (pair.size() >= 18 && pair.find('=') < pair.size() - 16) return true;
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
    }
    return false;
}

}  // namespace

std::optional<Evidence> no_credentials(const Exchange& exchange) {
    if (!credential_absent(exchange)) return std::nullopt;
    const Told* const word = exchange.heard.told_of("no-credentials");
    const bool said = word && !word->saying->weak;
    if (!said && exchange.heard.says("api-key-invalid") && own_field_with_a_key(exchange))
        return std::nullopt;
    const Carried* const elsewhere = credential_elsewhere(exchange);
    // RFC 6750, 2.2 and 2.3: a form or the URL may carry the token, where nothing says otherwise;
    // and a field that nobody knows may be where this API looks.
    if (exchange.carries(Sent::credential) && !said && !asks_for_authorization(exchange, elsewhere))
        return std::nullopt;
    if (exchange.carries(Sent::password) && !said) return std::nullopt;
    if (is_authorization_response(exchange)) return std::nullopt;
    // Who says that a session is over had one, in whatever cookie.
    if (exchange.heard.says("session-expired") && exchange.request.fields.has("Cookie"))
        return std::nullopt;
    std::vector<Fact> facts{
        fact("method", exchange.request.method), fact("path", exchange.request.path),
        fact("challenge_schemes", offered_schemes(exchange)),
        fact("has_cookie", exchange.request.fields.has("Cookie")), fact("has_api_key", false)};
    add_browser_facts(exchange, facts);
    if (elsewhere)
        return shape("the request carried no Authorization field; " + place_name(*elsewhere) +
                         " holds what may be a credential",
                     std::move(facts));
    if (exchange.carries(Sent::credential))
        return shape("the request carried no Authorization field, and " +
                         told(exchange, "no-credentials")->words,
                     std::move(facts));
    std::string words = "the request carried no Authorization field, API key or session cookie";
    if (!said && judges_a_link(exchange))
        return guess(std::move(words) + ", unless one stands in the URL or the body",
                     std::move(facts));
    // A 401 asks for one; a 403 may have nothing to do with who asks.
    if (acts_as(exchange) != 403 || said || !exchange.challenges.absent())
        return proof(std::move(words), std::move(facts));
    return exchange.heard.told.empty() && exchange.heard.unheard().empty() && !is_web_page(exchange)
               ? habit(std::move(words), std::move(facts))
               : guess(std::move(words) + ", and may need one", std::move(facts));
}

}  // namespace whogoes::rules::causes
