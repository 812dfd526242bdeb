#include "rules/causes/permission.hpp"

#include "rules/causes/reading.hpp"
#include "rules/edge.hpp"

#include <utility>

namespace whogoes::rules::causes {

std::optional<Evidence> permission_denied(const Exchange& exchange) {
    using namespace std::chrono_literals;
    if (!is_forbidden(exchange)) return std::nullopt;
    const Recollection& known = exchange.recollection;
    const auto recent = [](const std::optional<Milliseconds>& ago) { return ago && *ago <= 600s; };
    const bool accepted = recent(known.credential_accepted_elsewhere_ago) ||
                          recent(known.credential_accepted_ago) ||
                          recent(known.cookie_accepted_ago);
    std::vector<Fact> facts{fact("method", exchange.request.method),
                            fact("path", exchange.request.path),
                            fact("other_2xx_with_fp", accepted)};
    std::string words;
    if (exchange.heard.says(Wording::policy)) {
        const bool gateway = !aws_error_type(exchange).empty();
        facts.push_back(fact("layer", gateway ? "gateway authorizer or IAM policy" : "policy"));
        words = "a policy refused the caller: " + saying(exchange, Wording::policy);
    } else {
        words = "the credential is well-formed and nothing about it explains the 403";
    }
    if (accepted)
        return certain(words + "; it was accepted elsewhere within ten minutes", std::move(facts));
    return likely(std::move(words), std::move(facts));
}

}  // namespace whogoes::rules::causes
