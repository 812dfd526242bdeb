#include "proxy/tools/log_filter.hpp"

#include "proxy/report/route_shape.hpp"
#include "proxy/tools/fail_on.hpp"
#include "proxy/tools/nearest.hpp"
#include "rules/diagnosis.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <charconv>

namespace whogoes::tools {
namespace {

namespace ip = boost::asio::ip;

std::vector<std::string> words_of(const std::vector<std::string>& texts) {
    std::vector<std::string> words;
    for (const std::string& text : texts)
        for (std::string& word : split_commas(text)) words.push_back(std::move(word));
    return words;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

bool is_one_of(std::string_view text, const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

// "401", "4xx", "400-499".
std::optional<std::pair<int, int>> status_range(std::string_view word) {
    const auto number = [](std::string_view text) {
        int value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = error == std::errc{} && end == text.data() + text.size();
        return whole && value >= 100 && value <= 999 ? std::optional(value) : std::nullopt;
    };
    if (word.size() == 3 && rules::iequals(word.substr(1), "xx")) {
        const auto first = number(std::string(word.substr(0, 1)) + "00");
        if (!first) return std::nullopt;
        return std::pair{*first, *first + 99};
    }
    const auto dash = word.find('-');
    const auto first = number(word.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(word.substr(dash + 1));
    if (!first || !last || *first > *last) return std::nullopt;
    return std::pair{*first, *last};
}

std::string known_causes() {
    std::string words;
    for (const rules::CauseRow& row : rules::catalogue()) words.append("|").append(row.cause.id);
    return words;
}

std::string known_rules() {
    std::string words;
    for (const rules::RuleRow& row : rules::rulebook()) words.append("|").append(row.rule.id);
    return words;
}

bool starts_with_any(std::string_view text, const std::vector<std::string>& beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(), [&](const std::string& beginning) {
        return !text.empty() && text.starts_with(beginning);
    });
}

}  // namespace

rules::Result<LogFilter, std::string> LogFilter::from(const LogFilterWords& words) {
    LogFilter filter;
    filter.causes_ = words_of(words.causes);
    for (const std::string& id : filter.causes_)
        if (!rules::find_cause(id))
            return "--cause: \"" + id.substr(0, 60) + "\" is no cause" +
                   did_you_mean(id, known_causes()) + " (`whogoes causes` lists them)";
    filter.rules_ = words_of(words.rules);
    for (const std::string& id : filter.rules_)
        if (!rules::find_rule(id))
            return "--rule: \"" + id.substr(0, 60) + "\" is no rule" +
                   did_you_mean(id, known_rules()) + " (`whogoes causes` lists them)";
    for (const std::string& word : words_of(words.statuses)) {
        const auto range = status_range(word);
        if (!range)
            return "--status: \"" + word.substr(0, 20) +
                   "\" is no status: write 401, 4xx or 400-499";
        filter.statuses_.push_back(*range);
    }
    for (const std::string& word : words_of(words.clients)) {
        if (const auto found = network(word))
            filter.networks_.push_back(*found);
        else if (word.find('/') == std::string::npos)
            filter.names_.push_back(word);  // a unix socket has no address
        else
            return "--client: \"" + word.substr(0, 60) +
                   "\" is no address and no network: write 10.0.0.0/8";
    }
    for (const std::string& word : words_of(words.tokens)) {
        const std::string digits = rules::lowered(word.starts_with("tk_") ? word.substr(3) : word);
        const bool hex = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (digits.empty() || digits.size() > 12 || !hex)
            return "--token wants the beginning of a fingerprint such as tk_7f3a, never a token";
        filter.tokens_.push_back("tk_" + digits);
    }
    for (const std::string& word : words_of(words.methods)) filter.methods_.push_back(upper(word));
    // A brace in a glob is taken as it stands, and so is a comma.
    filter.paths_ = words.paths;
    filter.routes_ = words.routes;
    if (words.since) filter.since_ = record_time(*words.since);
    if (words.until) filter.until_ = record_time(*words.until);
    filter.everything_ = words.everything || !filter.rules_.empty() || !filter.statuses_.empty();
    return filter;
}

void LogFilter::only_ids(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) ids_.push_back(upper(id));
    everything_ = true;
}

std::optional<LogFilter::Network> LogFilter::network(const std::string& text) {
    const auto slash = text.find('/');
    boost::system::error_code error;
    Network network{ip::make_address(text.substr(0, slash), error), 0};
    if (error) return std::nullopt;
    const unsigned longest = network.address.is_v4() ? 32 : 128;
    network.bits = longest;
    if (slash == std::string::npos) return network;
    const std::string_view length = std::string_view(text).substr(slash + 1);
    const auto [end, flaw] =
        std::from_chars(length.data(), length.data() + length.size(), network.bits);
    if (flaw != std::errc{} || end != length.data() + length.size() || network.bits > longest)
        return std::nullopt;
    return network;
}

bool LogFilter::holds(const Network& network, const ip::address& address) {
    const auto within = [&](const auto& a, const auto& b) {
        unsigned left = network.bits;
        for (std::size_t i = 0; i < a.size() && left > 0; ++i) {
            const unsigned here = std::min(left, 8U);
            if ((a[i] ^ b[i]) >> (8 - here) != 0) return false;
            left -= here;
        }
        return true;
    };
    if (network.address.is_v4() && address.is_v4())
        return within(network.address.to_v4().to_bytes(), address.to_v4().to_bytes());
    if (network.address.is_v6() && address.is_v6())
        return within(network.address.to_v6().to_bytes(), address.to_v6().to_bytes());
    // A dual-stack listener sees IPv4 as ::ffff:a.b.c.d.
    if (network.address.is_v4() && address.to_v6().is_v4_mapped())
        return within(network.address.to_v4().to_bytes(),
                      ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_bytes());
    return false;
}

bool LogFilter::shows(const Glance& glance) const {
    if (everything_) return true;
    return glance.event == "auth.failure" || glance.event == "auth.refresh" ||
           glance.event == "proxy.error";
}

bool LogFilter::wants_rule(const Glance& glance) const {
    bool found = false;
    for_each_rule(glance, [&](std::string_view id) { found = found || is_one_of(id, rules_); });
    return found;
}

// Lines of one client stand together more often than not.
bool LogFilter::wants_client(const Glance& glance) {
    if (glance.client == last_client_) return last_client_wanted_;
    last_client_ = glance.client;
    std::string_view text = unescaped(glance.client, scratch_);
    last_client_wanted_ = is_one_of(text, names_);
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(text), error);
    if (!error && !text.empty())
        for (const Network& network : networks_)
            last_client_wanted_ = last_client_wanted_ || holds(network, address);
    return last_client_wanted_;
}

bool LogFilter::wants_path(const Glance& glance) {
    const std::string_view path = unescaped(glance.path, scratch_);
    const auto any = [](const std::vector<std::string>& globs, std::string_view text) {
        return std::any_of(globs.begin(), globs.end(),
                           [&](const std::string& glob) { return glob_matches(glob, text); });
    };
    if (!paths_.empty() && !any(paths_, path)) return false;
    if (routes_.empty() || (!glance.route.empty() && is_one_of(glance.route, routes_))) return true;
    shape_.clear();
    report::append_route_shape(shape_, path);
    return any(routes_, shape_);
}

bool LogFilter::fits(const Glance& glance) {
    if (!causes_.empty() && !is_one_of(glance.cause, causes_)) return false;
    if (!since_.empty() && glance.time < since_) return false;
    if (!until_.empty() && glance.time >= until_) return false;
    if (!statuses_.empty() &&
        std::none_of(statuses_.begin(), statuses_.end(), [&](const auto& range) {
            return glance.status >= range.first && glance.status <= range.second;
        }))
        return false;
    if (!methods_.empty() && !is_one_of(unescaped(glance.method, scratch_), methods_)) return false;
    if (!tokens_.empty() && !starts_with_any(glance.token, tokens_) &&
        !starts_with_any(glance.replaced_token, tokens_))
        return false;
    if (!ids_.empty() && !starts_with_any(glance.id, ids_)) return false;
    if (!rules_.empty() && !wants_rule(glance)) return false;
    if ((!networks_.empty() || !names_.empty()) && !wants_client(glance)) return false;
    return (paths_.empty() && routes_.empty()) || wants_path(glance);
}

}  // namespace whogoes::tools
