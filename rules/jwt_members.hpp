#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// Which members of a JOSE header (RFC 7515, 4.1) and of a claims set (RFC 7519, 4.1, and what
// issuers add) are looked at. What they are taken for stands in jwt_json.cpp, whose inner header
// this is.
namespace whogoes::rules {

enum class Member : std::uint8_t {
    other,
    alg,
    typ,
    kid,
    enc,
    cty,
    crit,
    jwk,
    iss,
    azp,
    client_id,
    tid,
    acr,
    jti,
    token_type,
    type,
    token_use,
    aud,
    scope,
    scp,
    permissions,
    roles,
    exp,
    nbf,
    iat,
    auth_time,
    sub,
    nonce,
    at_hash,
    c_hash,
    cnf,
    htm,
    htu,
    ath,
};

struct MemberName {
    std::string_view name;
    Member member;
};

inline constexpr std::array header_members{
    MemberName{"alg", Member::alg}, MemberName{"typ", Member::typ},
    MemberName{"kid", Member::kid}, MemberName{"enc", Member::enc},
    MemberName{"cty", Member::cty}, MemberName{"crit", Member::crit},
    MemberName{"jwk", Member::jwk}, MemberName{"iss", Member::iss},
};

inline constexpr std::array claim_members{
    MemberName{"iss", Member::iss},
    MemberName{"sub", Member::sub},
    MemberName{"aud", Member::aud},
    MemberName{"exp", Member::exp},
    MemberName{"nbf", Member::nbf},
    MemberName{"iat", Member::iat},
    MemberName{"jti", Member::jti},
    MemberName{"azp", Member::azp},
    MemberName{"scp", Member::scp},
    MemberName{"typ", Member::typ},
    MemberName{"tid", Member::tid},
    MemberName{"acr", Member::acr},
    MemberName{"cnf", Member::cnf},
    MemberName{"htm", Member::htm},
    MemberName{"htu", Member::htu},
    MemberName{"ath", Member::ath},
    MemberName{"type", Member::type},
    MemberName{"scope", Member::scope},
    MemberName{"roles", Member::roles},
    MemberName{"nonce", Member::nonce},
    MemberName{"c_hash", Member::c_hash},
    MemberName{"at_hash", Member::at_hash},
    MemberName{"client_id", Member::client_id},
    MemberName{"auth_time", Member::auth_time},
    MemberName{"token_use", Member::token_use},
    MemberName{"token_type", Member::token_type},
    MemberName{"permissions", Member::permissions},
};

}  // namespace whogoes::rules
