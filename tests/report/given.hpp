#pragma once

#include "proxy/report/recorder.hpp"
#include "rules/exchange.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// An exchange from a few strings, with a diagnosis written by hand, so that the report's tests say
// what they need in one place and need no rule.
namespace whogoes::report {

struct Given {
    using Lines = std::vector<std::pair<std::string, std::string>>;

    std::string method = "GET";
    std::string path = "/v1/orders";
    std::string query{};
    Lines request{};
    Lines response{};
    int status = 401;
    std::string form{};
    std::string other_body{};
    std::string origin{};  // that the client dialled

    // Views into this.
    rules::Exchange exchange() const {
        rules::Exchange exchange;
        exchange.request.method = method;
        exchange.request.target = path;
        exchange.request.path = path;
        exchange.request.query = query;
        exchange.request.form_body = form;
        exchange.request.other_body = other_body;
        exchange.request.client = "127.0.0.1";
        for (const auto& [name, value] : request) exchange.request.fields.add(name, value);
        for (const auto& [name, value] : response) exchange.response.fields.add(name, value);
        exchange.response.status = status;
        exchange.place.client_origin = origin;
        if (origin.starts_with("https:")) exchange.place.client_scheme = "https";
        exchange.place.upstream_origin = "http://127.0.0.1:3000";
        exchange.answered_at = noon;
        exchange.read();
        return exchange;
    }

    // 2026-11-23T12:51:24.318Z
    static constexpr rules::TimePoint noon{std::chrono::milliseconds(1795438284318)};
};

inline constexpr rules::Cause expired{.id = "token-expired",
                                      .tier = 'A',
                                      .who_acts = rules::Party::client,
                                      .cure = rules::Cure::refresh_token,
                                      .bearer_error = "invalid_token",
                                      .summary = "token expired",
                                      .advice = "get a new token, or configure refresh",
                                      .section = "RFC 7519, 4.1.4",
                                      .traits = rules::Trait::ran_out};
inline constexpr rules::Cause nothing_sent{.id = "no-credentials",
                                           .tier = 'A',
                                           .who_acts = rules::Party::client,
                                           .cure = rules::Cure::none,
                                           .bearer_error = "",
                                           .summary = "no credentials",
                                           .advice = "send an Authorization header",
                                           .section = ""};
inline constexpr rules::Cause placeholder{.id = "placeholder-token",
                                          .tier = 'A',
                                          .who_acts = rules::Party::client,
                                          .cure = rules::Cure::none,
                                          .bearer_error = "",
                                          .summary = "a placeholder was sent",
                                          .advice = "fill it in",
                                          .section = "",
                                          .traits = rules::Trait::no_secret};
inline constexpr rules::Rule without_challenge{.id = "unauthorized-without-challenge",
                                               .severity = rules::Severity::error,
                                               .level = "MUST",
                                               .section = "RFC 9110, 15.5.2, 11.6.1",
                                               .summary = "A 401 carries a challenge.",
                                               .advice = "add WWW-Authenticate",
                                               .example = ""};

inline rules::Diagnosis diagnosed(const rules::Cause& cause, std::string words = "it was so",
                                  std::vector<rules::Fact> facts = {}) {
    rules::Diagnosis diagnosis;
    diagnosis.main =
        rules::Finding{&cause, {rules::Confidence::certain, std::move(words), std::move(facts)}};
    return diagnosis;
}

inline rules::Fingerprinter fingerprinter() {
    return rules::Fingerprinter(rules::FingerprintKey{1, 2, 3});
}

inline AuthEvent described(const Given& given, const rules::Diagnosis& diagnosis,
                           const rules::Remedy& remedy = {}, const DescribePolicy& policy = {}) {
    const rules::Exchange exchange = given.exchange();
    rules::Fingerprinter prints = fingerprinter();
    return describe(exchange, diagnosis, remedy, prints, policy);
}

// base64url of {"alg":"RS256"}, of {"sub":"a"} and of a made-up signature.
inline constexpr std::string_view fake_jwt =
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.ZmFrZS1zaWduYXR1cmUtZm9yLXRlc3Rz";

}  // namespace whogoes::report
