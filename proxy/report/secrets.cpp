#include "proxy/report/redact.hpp"
#include "proxy/report/unescaped.hpp"
#include "rules/causes/placeholder.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace whogoes::report {
namespace {

using rules::npos;
constexpr std::size_t group = 4;         // octets a sample
constexpr std::size_t shortest_run = 7;  // holds a whole group at every fourth offset
constexpr std::size_t longest_secret = 64 * 1024;
constexpr std::size_t most_verifications = 256;
constexpr std::size_t longest_scheme = 32;
constexpr int most_layers = 4;  // of escapes within escapes

std::uint32_t group_at(std::string_view text, std::size_t at) noexcept {
    std::uint32_t value = 0;
    std::memcpy(&value, text.data() + at, group);
    return value;
}

// Two bits of 16384 (256 words of 64) for each group.
struct SampleBits {
    std::size_t first = 0, second = 0;
};
SampleBits sample_bits(std::uint32_t value) noexcept {
    const std::uint32_t mixed = value * 0x9e3779b1U;
    return {mixed >> 18, ((mixed ^ value) * 0x85ebca6bU) >> 18};
}

// Words that we wrote share runs of plain small letters with passwords by chance; to mask
// "password" in a sentence would even tell that it is the password.
bool is_plain_word(std::string_view run) noexcept {
    return run.size() < 16 && std::all_of(run.begin(), run.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || c == ' ' || c == '-' || c == '_';
           });
}

// Values that are no secrets though they stand where one may: an origin, a path, a language.
bool is_worth_hiding(std::string_view value) noexcept {
    if (value.size() < shortest_run + 1 || value.front() == '/') return false;
    const bool separated = value.find_first_of("-_.") != npos;
    return value.find("://") == npos && value.find("%3A%2F%2F") == npos &&
           !((separated || is_plain_word(value)) &&
             std::all_of(value.begin(), value.end(), [](char c) {
                 return (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
             }));
}

std::string_view unquoted(std::string_view text) noexcept {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        return text.substr(1, text.size() - 2);
    }
    return text;
}

// Of Digest, AWS4 and their like: what the client computed or knows, not what it copied from the
// challenge or from the request.
void collect_parameters(std::string_view value, bool names_plain, Secrets& secrets) {
    constexpr std::string_view open[] = {"uri",   "realm",         "nonce",
                                         "qop",   "algorithm",     "opaque",
                                         "nc",    "signedheaders", "oauth_signature_method",
                                         "stale", "oauth_version", "userhash"};
    if (value.find('=') == npos) return secrets.add(value);
    for (const std::string_view part : rules::parts_of(value, ',')) {
        const std::size_t equals = part.find('=');
        if (equals == npos) {
            secrets.add(part);
            continue;
        }
        const std::string_view name = rules::trim(part.substr(0, equals));
        const bool is_open = std::any_of(std::begin(open), std::end(open), [&](std::string_view o) {
            return rules::iequals(o, name);
        });
        if (is_open || (names_plain && rules::iequals(name, "username"))) continue;
        secrets.add(unquoted(rules::trim(part.substr(equals + 1))));
    }
}

void collect_basic(std::string_view value, bool names_plain, Secrets& secrets) {
    secrets.add(value);
    const rules::Base64 decoded = rules::decode_base64(value, rules::Alphabet::either);
    const std::size_t colon = decoded.bytes.find(':');
    if (colon == npos) {
        secrets.add_owned(decoded.bytes);
        return;
    }
    secrets.add_owned(decoded.bytes.substr(colon + 1));
    if (!names_plain) secrets.add_owned(decoded.bytes.substr(0, colon));
}

// "Bearer Bearer x": a scheme's name is no part of the secret.
std::string_view without_schemes(std::string_view value) {
    while (true) {
        const std::size_t space = std::min(value.find(' '), value.find('\t'));
        if (space > longest_scheme ||
            rules::scheme_of(value.substr(0, space)) == rules::Scheme::unknown) {
            return value;
        }
        value = rules::trim(value.substr(space));
    }
}

void collect_credentials(const rules::Credentials& credentials, bool names_plain,
                         Secrets& secrets) {
    using rules::Scheme;
    switch (credentials.kind) {
        case Scheme::none:
            return;
        case Scheme::basic:
            return collect_basic(credentials.value, names_plain, secrets);
        case Scheme::digest:
        case Scheme::aws4_hmac_sha256:
        case Scheme::hoba:
        case Scheme::mutual:
        case Scheme::oauth:
        case Scheme::scram:
        case Scheme::vapid:
        case Scheme::gnap:
        case Scheme::concealed:
            return collect_parameters(credentials.value, names_plain, secrets);
        case Scheme::unknown:
            return secrets.add(is_scheme_like(credentials) ? credentials.value : credentials.raw);
        default:
            return secrets.add(without_schemes(credentials.value));
    }
}

void collect_cookies(std::string_view line, bool request, Secrets& secrets) {
    for (const std::string_view part : rules::parts_of(line, ';')) {
        const std::size_t equals = part.find('=');
        const std::string_view value = equals == npos ? part : unquoted(part.substr(equals + 1));
        secrets.add_found(value);
        if (!request) return;  // the attributes of Set-Cookie follow
    }
}

// What the evidence names verbatim: a placeholder, and nothing else that came beside one.
bool is_placeholder(const rules::Diagnosis& diagnosis, std::string_view value) {
    if (value.size() > 64 || looks_like_credential(value)) return false;
    if (!diagnosis.has_cause(rules::Trait::no_secret)) return false;
    const auto found = rules::causes::find_placeholder(value);
    return found && found->shown == value;
}

bool is_placeholder(const rules::Diagnosis& diagnosis, const rules::Credentials& credentials) {
    if (is_placeholder(diagnosis, credentials.raw)) return true;
    const bool has_scheme =
        credentials.kind != rules::Scheme::unknown || is_scheme_like(credentials);
    return has_scheme && is_placeholder(diagnosis, credentials.value);
}

void collect_fields(const rules::Fields& fields, bool request, const rules::Diagnosis& diagnosis,
                    Secrets& secrets) {
    for (const rules::Field& field : fields.lines()) {
        if (!is_secret_field(field.name) || rules::iequals(field.name, "authorization")) continue;
        if (rules::iequals(field.name, "cookie") || rules::iequals(field.name, "set-cookie")) {
            collect_cookies(field.value, request, secrets);
        } else if (rules::iequals(field.name, "proxy-authorization")) {
            collect_credentials(rules::parse_credentials(field.value), false, secrets);
        } else if (!is_placeholder(diagnosis, without_schemes(field.value))) {
            secrets.add(without_schemes(field.value));
        }
    }
}

}  // namespace

bool is_scheme_like(const rules::Credentials& credentials) {
    const std::string_view scheme = credentials.scheme;
    return !credentials.value.empty() && scheme.size() <= 20 &&
           std::all_of(scheme.begin(), scheme.end(),
                       [](char c) { return rules::is_alpha(c) || c == '-'; });
}

void Secrets::add(std::string_view secret) {
    if (secret.size() < shortest_run) return;
    secret = secret.substr(0, longest_secret);
    secrets_.push_back(secret);
    for (std::size_t at = 0; at + group <= secret.size(); at += group) {
        const SampleBits bits = sample_bits(group_at(secret, at));
        samples_[bits.first / 64] |= std::uint64_t{1} << (bits.first % 64);
        samples_[bits.second / 64] |= std::uint64_t{1} << (bits.second % 64);
    }
}

void Secrets::add_owned(std::string secret) {
    if (secret.size() < shortest_run) return;
    owned_.push_back(std::move(secret));
    add(owned_.back());
}

void Secrets::add_found(std::string_view value) {
    if (!is_worth_hiding(value)) return;
    add(value);
    if (value.find('%') == npos) return;
    if (auto decoded = rules::percent_decoded(value)) add_owned(std::move(*decoded));
}

Secrets::Run Secrets::longest_run(std::string_view text, std::size_t at) const {
    Run longest{at, at};
    const std::uint32_t wanted = group_at(text, at);
    for (const std::string_view secret : secrets_) {
        for (std::size_t in = 0; in + group <= secret.size(); in += group) {
            if (group_at(secret, in) != wanted) continue;
            Run run{at, at + group};
            for (std::size_t s = in; s > 0 && run.begin > 0 && secret[s - 1] == text[run.begin - 1];
                 --s) {
                --run.begin;
            }
            for (std::size_t s = in + group;
                 s < secret.size() && run.end < text.size() && secret[s] == text[run.end]; ++s) {
                ++run.end;
            }
            if (run.end - run.begin > longest.end - longest.begin) longest = run;
        }
    }
    return longest;
}

bool Secrets::find_runs(std::string_view text, std::vector<Run>& runs) const {
    std::size_t verifications = 0;
    for (std::size_t at = 0; at + group <= text.size(); ++at) {
        const SampleBits bits = sample_bits(group_at(text, at));
        if ((samples_[bits.first / 64] >> (bits.first % 64) & 1) == 0) continue;
        if ((samples_[bits.second / 64] >> (bits.second % 64) & 1) == 0) continue;
        if (++verifications > most_verifications) return false;
        const Run run = longest_run(text, at);
        const std::string_view shared = text.substr(run.begin, run.end - run.begin);
        if (shared.size() < shortest_run || is_plain_word(shared)) continue;
        runs.push_back(run);
        at = run.end - 1;
    }
    return true;
}

void Secrets::mask(std::string& text) const {
    if (secrets_.empty() || text.size() < shortest_run) return;
    // Made to collide on purpose: better nothing than a slow search for what may be kept.
    const auto give_up = [&] { text.assign(redacted); };
    std::vector<Run> runs;
    if (!find_runs(text, runs)) return give_up();
    if (!may_be_escaped(text)) return replace_runs(text, runs);
    // Layer below layer, as a redirect to a redirect is written; each run as it stands on top.
    Unescaped layer{.plain = text};
    for (int depth = 0; depth < most_layers && may_be_escaped(layer.plain); ++depth) {
        Unescaped below = unescape(layer.plain);
        if (below.plain.size() == layer.plain.size()) break;
        if (!layer.from.empty())
            for (std::uint32_t& from : below.from) from = layer.from[from];
        const std::size_t known = runs.size();
        if (!find_runs(below.plain, runs)) return give_up();
        for (std::size_t i = known; i < runs.size(); ++i)
            runs[i] = {below.from[runs[i].begin], below.from[runs[i].end]};
        layer = std::move(below);
    }
    replace_runs(text, runs);
}

void Secrets::replace_runs(std::string& text, std::vector<Run>& runs) {
    if (runs.empty()) return;
    std::sort(runs.begin(), runs.end(), [](Run a, Run b) { return a.begin < b.begin; });
    std::string out;
    std::size_t copied = 0;
    for (const Run run : runs) {
        if (run.begin >= copied) {
            out.append(text, copied, run.begin - copied).append(redacted);
            copied = run.end;
        }
        copied = std::max(copied, run.end);
    }
    text = out.append(text, copied);
}

void collect_secrets(const rules::Exchange& exchange, const rules::Diagnosis& diagnosis,
                     const SecretsPolicy& policy, Secrets& secrets) {
    for (const rules::Credentials& credentials : exchange.credentials) {
        if (is_placeholder(diagnosis, credentials)) continue;
        collect_credentials(credentials, policy.user_names_plain, secrets);
    }
    collect_fields(exchange.request.fields, true, diagnosis, secrets);
    collect_fields(exchange.response.fields, false, diagnosis, secrets);
    collect_body_secrets(exchange.request, policy, secrets);
    // Names that only the table knows; the query's are found where it is redacted.
    for (const rules::Carried& one : exchange.carried)
        if (one.where == rules::Where::member && rules::may_authenticate(one.holds) &&
            !is_placeholder(diagnosis, one.value))
            secrets.add_found(one.value);
    for (const rules::Challenge& challenge : exchange.challenges.challenges) {
        secrets.add(challenge.token68);
    }
}

}  // namespace whogoes::report
