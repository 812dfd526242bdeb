#include "rules/simulation.hpp"

#include "rules/text.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::rules {
namespace {

std::vector<std::string> configured_or_bearer(const Diagnosis& diagnosis, const Exchange& exchange,
                                              const RemedyPolicy& policy) {
    const Remedy remedy = prescribe(diagnosis, exchange, policy, {});
    return remedy.challenges.empty() ? would_send(diagnosis, exchange) : remedy.challenges;
}

// In place of the error that any refused token gets.
void name_error(std::string& challenge, std::string_view error) {
    constexpr std::string_view usual = "error=\"invalid_token\"";
    const std::string wanted = "error=\"" + std::string(error) + "\"";
    if (const std::size_t at = challenge.find(usual); at != std::string::npos)
        challenge.replace(at, usual.size(), wanted);
    else
        challenge.append(", ").append(wanted);
}

}  // namespace

int simulated_status(const Cause& cause) noexcept { return cause.simulated_status; }

int simulated_rpc_code(const Cause& cause) noexcept {
    switch (cause.simulated_status) {
        case 400:
            return 3;  // invalid_argument
        case 403:
            return rpc_code::permission_denied;
        case 429:
            return 8;  // resource_exhausted
        default:
            return rpc_code::unauthenticated;
    }
}

Diagnosis simulated_diagnosis(const Cause& cause, std::string words) {
    Diagnosis diagnosis;
    diagnosis.main =
        Finding{&cause, {Confidence::certain, std::move(words), {}, Ground::proof}, {}};
    return diagnosis;
}

std::vector<std::string> simulated_challenges(const Diagnosis& diagnosis, const Exchange& exchange,
                                              const RemedyPolicy& policy) {
    const std::string_view error = diagnosis.main->cause->bearer_error;
    // RFC 6750, 3.1: insufficient_scope is the one refusal of a 403 that has a challenge.
    if (exchange.response.status == 403 && !error.empty())
        return {"Bearer realm=\"api\", error=\"" + std::string(error) + "\""};
    if (exchange.response.status != 401) return {};
    if (error == "use_dpop_nonce") return {"DPoP algs=\"ES256\", error=\"use_dpop_nonce\""};
    std::vector<std::string> lines = configured_or_bearer(diagnosis, exchange, policy);
    const auto bearer = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
        return istarts_with(line, "Bearer");
    });
    if (bearer != lines.end() && !error.empty()) name_error(*bearer, error);
    // RFC 9470, 3: it has to say what would do.
    if (bearer != lines.end() && error == "insufficient_user_authentication")
        bearer->append(", max_age=\"300\"");
    return lines;
}

std::string_view simulated_lines(const Cause& cause) noexcept {
    if (cause.simulated_status == 429) return "Retry-After: 30\r\n";
    // RFC 9449, 8: a demand for a nonce brings one.
    if (cause.bearer_error == "use_dpop_nonce") return "DPoP-Nonce: simulated-by-whogoes\r\n";
    return {};
}

}  // namespace whogoes::rules
