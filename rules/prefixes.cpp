#include "rules/prefixes.hpp"

#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules {
namespace {

constexpr std::size_t start_size = 3;

constexpr std::uint32_t start_of(std::string_view text) noexcept {
    std::uint32_t start = 0;
    for (std::size_t i = 0; i < start_size; ++i)
        start = start << 8U | static_cast<unsigned char>(text[i]);
    return start;
}

struct ByStart {
    bool operator()(const TokenPrefix& row, std::uint32_t start) const noexcept {
        return start_of(row.prefix) < start;
    }
    bool operator()(std::uint32_t start, const TokenPrefix& row) const noexcept {
        return start < start_of(row.prefix);
    }
};

// Access key ids are sixteen or more capitals and digits; a word may begin with AKIA too.
bool is_access_key_id(std::string_view token) noexcept {
    if (token.size() < 16) return false;
    for (const char c : token)
        if (!is_digit(c) && (c < 'A' || c > 'Z')) return false;
    return true;
}

// "re_authentication_required", "npm_config_registry": several words in small letters.
bool is_words(std::string_view rest) noexcept {
    bool joined = false;
    for (const char c : rest) {
        const bool joint = c == '_' || c == '-' || c == '.';
        if (!joint && (c < 'a' || c > 'z')) return false;
        joined = joined || joint;
    }
    return joined;
}

const TokenPrefix* row_for(std::string_view token) noexcept {
    if (token.size() < start_size) return nullptr;
    const std::span<const TokenPrefix> rows = known_prefixes();
    const auto [begin, end] =
        std::equal_range(rows.begin(), rows.end(), start_of(token), ByStart());
    for (auto row = begin; row != end; ++row) {
        if (!token.starts_with(row->prefix)) continue;
        if (row->provider == "AWS" && !is_access_key_id(token)) return nullptr;
        return is_words(token.substr(row->prefix.size())) ? nullptr : &*row;
    }
    return nullptr;
}

bool is_at(std::string_view host, std::string_view domain) noexcept {
    if (!host.ends_with(domain)) return false;
    return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

bool is_among(std::string_view host, std::span<const std::string_view> domains) noexcept {
    return std::any_of(domains.begin(), domains.end(),
                       [host](std::string_view domain) { return is_at(host, domain); });
}

bool carries_name(std::string_view host, std::string_view name) noexcept {
    while (!host.empty()) {
        const std::string_view word = host.substr(0, host.find_first_of(".-"));
        if (iequals(word, name)) return true;
        host.remove_prefix(std::min(word.size() + 1, host.size()));
    }
    return false;
}

}  // namespace

const TokenPrefix* known_prefix(std::string_view token) noexcept {
    if (const TokenPrefix* const row = row_for(token)) return row;
    // An installation of GitLab may put its own word in front.
    for (std::size_t at = token.find("-gl", 1); at != npos; at = token.find("-gl", at + 1)) {
        const TokenPrefix* const row = row_for(token.substr(at + 1));
        if (row && row->provider == "GitLab" && row->prefix.ends_with('-')) return row;
    }
    return nullptr;
}

std::string_view environment_of(std::string_view token) noexcept {
    const TokenPrefix* const known = known_prefix(token);
    if (known && !known->environment.empty()) return known->environment;
    std::size_t letters = 0;
    while (letters < token.size() && token[letters] >= 'a' && token[letters] <= 'z') ++letters;
    if (letters < 2 || letters > 6) return {};
    const std::string_view rest = token.substr(letters);
    if (rest.starts_with("_live_")) return "live";
    if (rest.starts_with("_test_")) return "test";
    return {};
}

bool is_host_of(std::string_view provider, std::string_view host) noexcept {
    for (const TokenPrefix& row : known_prefixes()) {
        if (row.provider != provider) continue;
        if (is_among(host, row.hosts) || (row.installed && carries_name(host, provider)))
            return true;
    }
    return false;
}

bool is_known_host(std::string_view host) noexcept {
    const std::span<const TokenPrefix> rows = known_prefixes();
    return std::any_of(rows.begin(), rows.end(),
                       [host](const TokenPrefix& row) { return is_among(host, row.hosts); });
}

}  // namespace whogoes::rules
