#include "rules/jwt.hpp"

#include "rules/jwt_json.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>

namespace whogoes::rules {
namespace {

constexpr std::size_t longest = std::size_t{16} * 1024;
constexpr int most_segments = 5;

struct Segments {
    std::array<std::string_view, most_segments> part;
    int count = 0;  // most_segments + 1: more than five, the rest was not looked at
};

Segments split(std::string_view token) {
    Segments segments;
    for (;;) {
        const std::size_t end = token.find('.');
        if (segments.count == most_segments) {
            ++segments.count;
            return segments;
        }
        segments.part[static_cast<std::size_t>(segments.count++)] = token.substr(0, end);
        if (end == npos) return segments;
        token.remove_prefix(end + 1);
    }
}

// base64url of a JSON object's first octets: {" and, with white space or nothing in it, {SP {HTAB
// {CR {LF {}.
bool begins_like_an_object(std::string_view segment) {
    for (const std::string_view start : {"eyJ", "eyA", "ewk", "ewo", "ew0", "e30"})
        if (segment.starts_with(start)) return true;
    return false;
}

// What stands alone may be a header whose rest was cut off, or JSON of another make: an encrypted
// cookie, a state, a page's cursor. As much of it as can be read tells which.
bool is_header_alone(std::string_view segment) {
    constexpr std::size_t enough = 256;
    segment = segment.substr(0, enough);
    const auto* const end = std::find_if_not(segment.begin(), segment.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '+' || c == '/';
    });
    segment = segment.substr(0, static_cast<std::size_t>(end - segment.begin()));
    std::array<char, enough> buffer;  // deliberately not zeroed
    std::size_t bad = npos;
    std::size_t padding = 0;
    const std::size_t size = decode_base64_into(segment.substr(0, segment.size() / 4 * 4),
                                                Alphabet::either, buffer.data(), bad, padding);
    const std::string_view json(buffer.data(), size);
    // Too little to tell: the name of the first member is not whole.
    if (json.find('"', 2) == npos) return true;
    for (const std::string_view name : {"\"alg\"", "\"typ\"", "\"kid\"", "\"enc\""})
        if (json.find(name) != npos) return true;
    return false;
}

// A JWT is known by its first part, or by its second when the first is damaged. Other tokens have
// dots too (PASETO, signed cookies), and are none of ours.
bool looks_like_jwt(const Segments& segments, std::string_view token) {
    const std::string_view head = segments.part[0];
    if (head.starts_with("eyJ")) return segments.count > 1 || is_header_alone(head);
    if (segments.count < 2) return false;
    if (begins_like_an_object(head) || begins_like_an_object(segments.part[1])) return true;
    return token.find_first_not_of('.') == npos;
}

std::size_t expected_signature_bytes(std::string_view alg, std::size_t bytes) {
    struct Row {
        std::string_view alg;
        std::size_t bytes;
    };
    // RFC 7518, 3.2 and 3.4; RFC 8037, 3.1; RFC 8812, 3.2; RFC 9864.
    static constexpr std::array rows{
        Row{"HS256", 32},  Row{"HS384", 48},   Row{"HS512", 64},
        Row{"ES256", 64},  Row{"ES256K", 64},  Row{"ES384", 96},
        Row{"ES512", 132}, Row{"Ed25519", 64}, Row{"Ed448", 114},
    };
    for (const Row& row : rows)
        if (row.alg == alg) return row.bytes;
    if (alg == "EdDSA") return bytes > 64 ? 114 : 64;
    const bool rsa = alg.starts_with("RS") || alg.starts_with("PS");
    if (!rsa || (alg.substr(2) != "256" && alg.substr(2) != "384" && alg.substr(2) != "512"))
        return 0;
    // The moduli in use; 1024 octets so that a rare 8192-bit key is not called a defect.
    for (const std::size_t modulus : {128U, 256U, 384U, 512U, 1024U})
        if (bytes <= modulus) return modulus;
    return 512;
}

void note(Jwt& jwt, JwtFlaw flaw, int segment, std::size_t offset, std::string detail) {
    jwt.flaw = flaw;
    jwt.flawed_segment = segment;
    jwt.flaw_offset = offset;
    jwt.flaw_detail = std::move(detail);
}

// An alphabet flaw is remembered only: whether it is *the* flaw depends on the rest.
struct AlphabetFlaw {
    int segment = 0;
    std::size_t offset = 0;
};

void note_alphabet(AlphabetFlaw& flaw, int number, std::string_view segment) {
    if (flaw.segment != 0) return;
    // Not find_first_of, which searches its set anew for each octet: half the cost of a JWT.
    const auto* const at = std::find_if(segment.begin(), segment.end(),
                                        [](char c) { return c == '+' || c == '/' || c == '='; });
    if (at != segment.end()) flaw = {number, static_cast<std::size_t>(at - segment.begin())};
}

using ReadJson = JsonFlaw (*)(std::string_view, Jwt&);

// Decodes one JSON segment into `jwt`; false: it is flawed, and that is noted.
bool read_segment(Jwt& jwt, int number, std::string_view segment, ReadJson read,
                  AlphabetFlaw& alphabet) {
    std::array<char, longest> buffer;  // deliberately not zeroed
    std::size_t bad = npos;
    std::size_t padding = 0;
    std::size_t size = decode_base64_into(segment, Alphabet::url, buffer.data(), bad, padding);
    if (bad != npos || padding != 0) {
        // Whatever padding there is, it is the padding that is wrong.
        const std::string_view digits = segment.substr(0, segment.find_last_not_of('=') + 1);
        const std::string_view whole = segment.size() - digits.size() <= 2 ? digits : segment;
        size = decode_base64_into(whole, Alphabet::either, buffer.data(), bad, padding);
        if (bad == npos) note_alphabet(alphabet, number, segment);
    }
    if (bad != npos) {
        note(jwt, JwtFlaw::base64_invalid, number, bad,
             bad < segment.size() ? "a byte outside the alphabet" : "cut in a group of four");
        return false;
    }
    JsonFlaw flaw = read({buffer.data(), size}, jwt);
    if (flaw.detail.empty()) return true;
    note(jwt, JwtFlaw::json_invalid, number, flaw.offset / 3 * 4, std::move(flaw.detail));
    return false;
}

void read_jwe(Jwt& jwt, const Segments& segments) {
    AlphabetFlaw alphabet;
    if (!read_segment(jwt, 1, segments.part[0], read_jose_header, alphabet)) return;
    if (jwt.enc.empty()) {
        note(jwt, JwtFlaw::segment_count, 0, 0, "five parts, but the header has no enc");
        return;
    }
    jwt.encrypted = true;
}

void judge_signature(Jwt& jwt, std::string_view segment, AlphabetFlaw& alphabet) {
    std::array<char, longest> buffer;
    std::size_t bad = npos;
    std::size_t padding = 0;
    jwt.signature_bytes =
        decode_base64_into(segment, Alphabet::either, buffer.data(), bad, padding);
    const std::size_t digits = segment.size() - padding;
    if (bad != npos && bad < digits) {
        note(jwt, JwtFlaw::base64_invalid, 3, bad, "a byte outside the alphabet");
        return;
    }
    note_alphabet(alphabet, 3, segment);
    if (alphabet.segment != 0) {
        note(jwt, JwtFlaw::base64_standard, alphabet.segment, alphabet.offset,
             "+, / or = where base64url without padding is due");
        return;
    }
    if (jwt.alg.empty()) {
        note(jwt, JwtFlaw::alg_missing, 1, 0, "alg is absent or not a string");
        return;
    }
    if (segment.empty() || iequals(jwt.alg, "none")) {
        note(jwt, JwtFlaw::alg_none, segment.empty() ? 3 : 1, 0,
             segment.empty() ? "the signature is empty" : "alg says none");
        return;
    }
    jwt.signature_expected_bytes = expected_signature_bytes(jwt.alg, jwt.signature_bytes);
    const bool wrong_length =
        jwt.signature_expected_bytes != 0 && jwt.signature_expected_bytes != jwt.signature_bytes;
    if (digits % 4 == 1 || wrong_length)
        note(jwt, JwtFlaw::truncated, 3, segment.size(), "no signature of this alg is this long");
}

}  // namespace

std::optional<Jwt> parse_jwt(std::string_view credential) {
    const Segments segments = split(credential.substr(0, longest));
    if (!looks_like_jwt(segments, credential.substr(0, longest))) return std::nullopt;
    const bool counted = segments.count <= most_segments;
    if (credential.size() > longest && counted) return std::nullopt;

    std::optional<Jwt> found(std::in_place);
    Jwt& jwt = *found;
    jwt.token = credential;
    jwt.segments = segments.count;
    if (segments.count == 5) {
        read_jwe(jwt, segments);
        return found;
    }
    if (segments.count != 3) {
        note(jwt, JwtFlaw::segment_count, 0, 0, counted ? "" : "more than five parts");
        return found;
    }
    AlphabetFlaw alphabet;
    if (read_segment(jwt, 1, segments.part[0], read_jose_header, alphabet) &&
        read_segment(jwt, 2, segments.part[1], read_claims, alphabet))
        judge_signature(jwt, segments.part[2], alphabet);
    // A signed cookie, a token of an own kind: JSON first, and neither a header nor claims.
    if (jwt.alg.empty() && jwt.typ.empty() && jwt.kid.empty() && jwt.enc.empty() &&
        jwt.flawed_segment == 2 && jwt.flaw != JwtFlaw::none)
        return std::nullopt;
    return found;
}

}  // namespace whogoes::rules
