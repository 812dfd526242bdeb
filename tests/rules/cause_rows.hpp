#pragma once

#include "rules/exchange.hpp"

#include <span>
#include <string>
#include <string_view>

// What each cause is tried with, by subject. A row tells an exchange in the words of
// brief_exchange.hpp: one where the cause leads (or, applies = false, must not be named at all).
namespace whogoes::rules {

struct CauseCase {
    std::string_view cause{};
    bool applies = true;
    std::string_view given{};
    std::string request{};
    std::string response{};
    void (*set)(Exchange&, Expectations&) = nullptr;
};

std::span<const CauseCase> absent_cases();
std::span<const CauseCase> malformed_cases();
std::span<const CauseCase> scheme_cases();
std::span<const CauseCase> jwt_cases();
std::span<const CauseCase> edge_cases();
std::span<const CauseCase> flow_cases();
std::span<const CauseCase> told_cases();

// A token with these claims and a made-up signature of the right length; it is
// 2026-09-21T14:13:20Z (1790000000).
std::string token(std::string_view claims,
                  std::string_view header = R"({"alg":"HS256","typ":"JWT"})");
std::string bearer(std::string_view credential);  // the field line, with "GET /v1/items" before it
std::string basic(std::string_view pair);         // the same, encoded

inline constexpr std::string_view valid_claims =
    R"({"iss":"https://idp.example.test/","aud":"api","sub":"u1","scope":"items:read",)"
    R"("iat":1789999400,"exp":1790003000})";
inline constexpr std::string_view expired_claims =
    R"({"iss":"https://idp.example.test/","aud":"api","iat":1789989200,"exp":1789992800})";

}  // namespace whogoes::rules
