#pragma once

#include "proxy/report/console.hpp"
#include "proxy/report/tally.hpp"
#include "proxy/settings/settings.hpp"

#include <map>
#include <string>
#include <vector>

// What the server says about itself when it starts and when it ends. Says nothing by itself.
namespace whogoes::app {

// `listening`: addresses as configured, and as bound.
report::StartLine start_line_of(const settings::Settings&,
                                const std::map<std::string, std::string>& listening, bool tls);

// "http://127.0.0.1:8401": where a command on this machine finds the proxy. Empty: on a unix socket
// only, which no URL names.
std::string url_for_command(const std::map<std::string, std::string>& listening, bool tls);

// Where the review page is. Its key goes to a terminal only, for what is piped is kept by somebody:
// without one, the words say how to get it.
std::string review_in_words(const std::string& admin_address, const std::string& key);

// The start line for a log. Empty: no admin listener, no configuration file.
std::string start_in_words(const report::StartLine&, const std::string& review,
                           const std::string& config_file);

// "no-credentials (3), ...": which of these causes and rules were counted; empty: none.
std::string seen_of(const std::vector<std::string>& ids, const report::Counts&);

}  // namespace whogoes::app
