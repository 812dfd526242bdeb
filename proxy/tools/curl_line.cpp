#include "proxy/tools/curl_line.hpp"

#include "rules/credential_place.hpp"
#include "rules/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace whogoes::tools {
namespace {

using namespace rules;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// As a shell of Unix takes a line apart (POSIX.1-2017, XCU 2.2).
std::vector<std::string> shell_words(std::string_view line) {
    std::vector<std::string> words;
    bool open = false;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote == 0 && is_blank(c)) {
            open = false;
            continue;
        }
        const bool escaped = c == '\\' && quote != '\'' && i + 1 < line.size();
        if (escaped && (line[i + 1] == '\n' || line[i + 1] == '\r')) {
            ++i;
            continue;
        }
        if (!std::exchange(open, true)) words.emplace_back();
        if (escaped)
            words.back() += line[++i];
        else if (c == quote)
            quote = 0;
        else if (quote == 0 && (c == '\'' || c == '"'))
            quote = c;
        else
            words.back() += c;
    }
    return words;
}

// What stands behind an option, in the next word or in the same: -H X, -HX, --header X.
std::optional<std::string> given(const std::vector<std::string>& words, std::size_t at,
                                 std::string_view brief, std::string_view full) {
    const std::string& word = words[at];
    if (word == brief || word == full)
        return at + 1 < words.size() ? std::optional(words[at + 1]) : std::nullopt;
    if (!brief.empty() && word.size() > 2 && word.starts_with(brief)) return word.substr(2);
    return std::nullopt;
}

std::string basic(const std::string& user) {
    std::string text(4 * ((user.size() + 2) / 3) + 1, '\0');
    const int octets = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                         reinterpret_cast<const unsigned char*>(user.data()),
                                         static_cast<int>(user.size()));
    text.resize(static_cast<std::size_t>(octets));
    return "Authorization: Basic " + text;
}

enum class Rank { authorization, user, field, cookie, none };

Rank rank_of_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == npos) return Rank::none;
    const std::string name = lowered(trim(line.substr(0, colon)));
    if (name == "authorization") return Rank::authorization;
    if (name == "cookie") return Rank::cookie;
    const std::string_view value = trim(line.substr(colon + 1));
    return may_authenticate(holds_at(Where::field, name, value)) ? Rank::field : Rank::none;
}

}  // namespace

bool is_curl_line(std::string_view text) noexcept {
    text = trim(text);
    if (text.starts_with("$ ")) text = trim(text.substr(2));
    return text.starts_with("curl ") || text.starts_with("curl.exe ");
}

std::optional<std::string> credential_of_curl(std::string_view line) {
    const std::vector<std::string> words = shell_words(line);
    std::array<std::string, 4> found;
    const auto keep = [&](Rank rank, std::string text) {
        if (rank == Rank::none) return;
        std::string& place = found[static_cast<std::size_t>(rank)];
        if (place.empty()) place = std::move(text);
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (auto field = given(words, i, "-H", "--header")) keep(rank_of_field(*field), *field);
        if (auto user = given(words, i, "-u", "--user")) keep(Rank::user, basic(*user));
        if (auto token = given(words, i, "", "--oauth2-bearer"))
            keep(Rank::authorization, "Authorization: Bearer " + *token);
        if (auto cookies = given(words, i, "-b", "--cookie"); cookies && cookies->find('=') != npos)
            keep(Rank::cookie, "Cookie: " + *cookies);
    }
    const auto first = std::find_if(found.begin(), found.end(),
                                    [](const std::string& one) { return !one.empty(); });
    return first == found.end() ? std::nullopt : std::optional(*first);
}

}  // namespace whogoes::tools
