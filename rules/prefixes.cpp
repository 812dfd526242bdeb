#include "rules/prefixes.hpp"

#include "rules/text.hpp"

#include <algorithm>
#include <array>

namespace whogoes::rules {
namespace {

constexpr std::array prefixes{
    TokenPrefix{"ghp_", "GitHub"},
    TokenPrefix{"gho_", "GitHub"},
    TokenPrefix{"ghu_", "GitHub"},
    TokenPrefix{"ghs_", "GitHub"},
    TokenPrefix{"ghr_", "GitHub", {}, true},
    TokenPrefix{"github_pat_", "GitHub"},
    TokenPrefix{"glpat-", "GitLab"},
    TokenPrefix{"gldt-", "GitLab"},
    TokenPrefix{"glrt-", "GitLab"},
    TokenPrefix{"glptt-", "GitLab"},
    TokenPrefix{"sk_live_", "Stripe", "live"},
    TokenPrefix{"sk_test_", "Stripe", "test"},
    TokenPrefix{"rk_live_", "Stripe", "live"},
    TokenPrefix{"rk_test_", "Stripe", "test"},
    TokenPrefix{"pk_live_", "Stripe", "live"},
    TokenPrefix{"pk_test_", "Stripe", "test"},
    TokenPrefix{"xoxb-", "Slack"},
    TokenPrefix{"xoxp-", "Slack"},
    TokenPrefix{"xoxe-", "Slack"},
    TokenPrefix{"xoxe.", "Slack"},
    TokenPrefix{"xapp-", "Slack"},
    TokenPrefix{"AKIA", "AWS"},
    TokenPrefix{"ASIA", "AWS"},
    TokenPrefix{"npm_", "npm"},
    TokenPrefix{"SG.", "SendGrid"},
    TokenPrefix{"sq0atp-", "Square"},
    TokenPrefix{"AIza", "Google"},
};

struct Home {
    std::string_view provider;
    std::string_view host;
};
constexpr std::array homes{
    Home{"GitHub", "github.com"},   Home{"GitLab", "gitlab.com"},
    Home{"Stripe", "stripe.com"},   Home{"Slack", "slack.com"},
    Home{"AWS", "amazonaws.com"},   Home{"SendGrid", "sendgrid.com"},
    Home{"Square", "squareup.com"}, Home{"Google", "googleapis.com"},
    Home{"npm", "npmjs.org"},       Home{"npm", "npmjs.com"},
};

// Access key ids are sixteen or more capitals and digits; a word may begin with AKIA too.
bool is_access_key_id(std::string_view token) {
    if (token.size() < 16) return false;
    for (const char c : token)
        if (!is_digit(c) && (c < 'A' || c > 'Z')) return false;
    return true;
}

bool begins(std::string_view token, const TokenPrefix& row) {
    if (token.front() == row.prefix.front() && token.starts_with(row.prefix))
        return row.provider != "AWS" || is_access_key_id(token);
    // An installation of GitLab may put its own word in front.
    if (row.prefix.front() != 'g' || row.prefix.back() != '-') return false;
    const std::size_t at = token.find(row.prefix);
    return at != npos && at > 0 && token[at - 1] == '-';
}

}  // namespace

const TokenPrefix* known_prefix(std::string_view token) noexcept {
    if (token.size() < 4) return nullptr;
    for (const TokenPrefix& row : prefixes)
        if (begins(token, row)) return &row;
    return nullptr;
}

std::string_view environment_of(std::string_view token) noexcept {
    std::size_t letters = 0;
    while (letters < token.size() && token[letters] >= 'a' && token[letters] <= 'z') ++letters;
    if (letters < 2 || letters > 6) return {};
    const std::string_view rest = token.substr(letters);
    if (rest.starts_with("_live_")) return "live";
    if (rest.starts_with("_test_")) return "test";
    return {};
}

bool is_host_of(std::string_view provider, std::string_view host) noexcept {
    for (const Home& home : homes) {
        if (home.provider != provider) continue;
        if (host == home.host) return true;
        if (host.size() > home.host.size() && host.ends_with(home.host) &&
            host[host.size() - home.host.size() - 1] == '.')
            return true;
    }
    // GitHub and GitLab are installed on hosts of their own, which are named after them.
    if (provider != "GitHub" && provider != "GitLab") return false;
    while (!host.empty()) {
        const std::string_view word = host.substr(0, host.find_first_of(".-"));
        if (iequals(word, provider)) return true;
        host.remove_prefix(std::min(word.size() + 1, host.size()));
    }
    return false;
}

}  // namespace whogoes::rules
