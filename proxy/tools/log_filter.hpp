#pragma once

#include "proxy/tools/log_glance.hpp"
#include "rules/result.hpp"
#include "rules/time.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Which records of a log are wanted. Pure.
namespace whogoes::tools {

// As they stand on the command line; each list may hold "a,b".
struct LogFilterWords {
    std::vector<std::string> causes{}, rules{}, paths{}, routes{};
    std::vector<std::string> methods{}, statuses{}, clients{}, tokens{};
    std::optional<rules::TimePoint> since{}, until{};
    bool everything = false;  // exchanges that are neither failures nor refreshes, too
};

class LogFilter {
public:
    // The error names the word and the cure.
    static rules::Result<LogFilter, std::string> from(const LogFilterWords&);

    bool fits(const Glance&);         // all that was asked but for the kind of event
    bool shows(const Glance&) const;  // failures and refreshes, unless more was asked for

    // Narrows it down to these events; an id may be cut short and in any case of letters.
    void only_ids(const std::vector<std::string>& ids);

private:
    struct Network {
        boost::asio::ip::address address;
        unsigned bits = 0;
    };
    static std::optional<Network> network(const std::string& text);
    static bool holds(const Network&, const boost::asio::ip::address&);
    bool wants_rule(const Glance&) const;
    bool wants_client(const Glance&);
    bool wants_path(const Glance&);

    std::vector<std::string> causes_, rules_, paths_, routes_, methods_, tokens_, ids_, names_;
    std::vector<std::pair<int, int>> statuses_;
    std::vector<Network> networks_;
    std::string since_, until_;
    bool everything_ = false;
    std::string scratch_, shape_, last_client_;
    bool last_client_wanted_ = false;
};

// `*` stands for anything but a slash, `**` for anything, `?` for one character.
bool glob_matches(std::string_view glob, std::string_view text) noexcept;

}  // namespace whogoes::tools
