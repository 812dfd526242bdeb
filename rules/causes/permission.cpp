#include "rules/causes/permission.hpp"

#include "rules/causes/reading.hpp"
#include "rules/causes/session_cookie.hpp"
#include "rules/text.hpp"

#include <utility>

namespace whogoes::rules::causes {

std::optional<Evidence> permission_denied(const Exchange& exchange) {
    using namespace std::chrono_literals;
    if (!is_forbidden(exchange))
        // The status is wrong where the words are plain.
        return acts_as(exchange) == 401 && exchange.carries(Sent::credential)
                   ? told(exchange, "permission-denied")
                   : std::nullopt;
    const Recollection& known = exchange.recollection;
    const auto recent = [](const std::optional<Milliseconds>& ago) { return ago && *ago <= 600s; };
    const bool accepted = recent(known.credential_accepted_elsewhere_ago) ||
                          recent(known.credential_accepted_ago) ||
                          recent(known.cookie_accepted_ago);
    std::vector<Fact> facts{fact("method", exchange.request.method),
                            fact("path", exchange.request.path),
                            fact("other_2xx_with_fp", accepted)};
    if (std::optional<Evidence> said = told(exchange, "permission-denied", facts)) {
        if (accepted) said->words += "; the credential was accepted elsewhere within ten minutes";
        return said;
    }
    const std::string_view own = exchange.heard.unheard();
    if (!own.empty()) {
        std::string words = "the API refuses for a reason of its own: " + quoted(exchange, own);
        // The word is the same in many languages, and what it is said of is no right.
        return has_any_words(own, {"token", "jwt"}) && !sole_token(exchange).empty()
                   ? guess(std::move(words), std::move(facts))
                   : habit(std::move(words), std::move(facts));
    }
    // A session that a safe call may use proves nothing of one that has to show a CSRF field.
    if (accepted && !may_lack_csrf_field(exchange)) {
        std::string words =
            "the credential was accepted elsewhere within ten minutes, and not here";
        // A web server's own page may be about the file, the address or the method.
        return is_web_page(exchange) ? shape(std::move(words), std::move(facts))
                                     : proof(std::move(words), std::move(facts));
    }
    // Who shows a page to sign in wants a login, and denies no right.
    if (is_web_page(exchange) && icontains(exchange.response.body, "type=\"password\""))
        return guess(
            "a page to sign in came with the 403: it may be that a login of its own is wanted",
            std::move(facts));
    if (!exchange.carries(Sent::credential))
        return guess(
            "a 403 without a word of why: it may be about the caller, the address or the "
            "resource itself",
            std::move(facts));
    return habit(
        "nothing about the credential that came explains the 403, and the answer does not "
        "say why",
        std::move(facts));
}

}  // namespace whogoes::rules::causes
