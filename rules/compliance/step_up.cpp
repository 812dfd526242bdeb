#include "rules/compliance/step_up.hpp"

#include "rules/compliance/readings.hpp"

namespace whogoes::rules::compliance {

std::optional<Evidence> step_up_params_missing(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (challenge.value_of("error") == "insufficient_user_authentication" &&
            !challenge.parameter("acr_values") && !challenge.parameter("max_age"))
            return certain(
                "the challenge wants another login and names neither acr_values nor max_age");
    return std::nullopt;
}

std::optional<Evidence> step_up_max_age_invalid(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        const Parameter* age = takes_token(challenge) ? challenge.parameter("max_age") : nullptr;
        if (!age) continue;
        if (age->value.empty() || age->value.find_first_not_of("0123456789") != std::string::npos)
            return certain("max_age is not a whole number of seconds", {{"max_age", age->value}});
    }
    return std::nullopt;
}

}  // namespace whogoes::rules::compliance
