#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The challenges of WWW-Authenticate and Proxy-Authenticate (RFC 9110, 11.2 to 11.6), parsed so
// that what could be read is kept and where it stopped is known. Never throws; never judges.
namespace whogoes::rules {

struct Parameter {
    std::string name{};   // as sent; compare without case
    std::string value{};  // unquoted
    std::string raw{};    // as sent, quotes and backslashes included
    bool quoted = false;
};

struct Challenge {
    std::string scheme{};   // as sent
    std::string token68{};  // empty: none
    std::vector<Parameter> parameters{};
    std::size_t line = 0;  // which field line it stood on, from 0

    bool is(std::string_view scheme_name) const;              // without case
    const Parameter* parameter(std::string_view name) const;  // the first; null: none
    std::string_view value_of(std::string_view name) const;   // empty: none
};

struct SyntaxFlaw {
    std::size_t line = 0;
    std::size_t offset = 0;       // octets into the line
    std::string_view expected{};  // "a scheme", "a comma", …: for the log
};

struct ChallengeList {
    std::vector<Challenge> challenges{};  // of the lines that parse, in order
    std::vector<SyntaxFlaw> flaws{};      // empty: every line (or the lines joined) parses
    std::size_t lines = 0;                // field lines present, empty ones included
    std::size_t empty_elements = 0;       // counted up to 64 a line
    bool bad_whitespace = false;          // around "=", or HTAB after a scheme
    bool tab_after_scheme = false;        // HTAB where 1*SP is due
    bool joined = false;                  // the lines parse only when they are combined
    bool non_ascii = false;
    std::size_t most_on_one_line = 0;

    // No field, or nothing in it but commas and white space.
    bool absent() const { return challenges.empty() && flaws.empty(); }
    bool offers(std::string_view scheme_name) const;
    const Challenge* find(std::string_view scheme_name) const;
};

ChallengeList parse_challenges(std::span<const std::string_view> field_values);

}  // namespace whogoes::rules
