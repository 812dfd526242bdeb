#include "proxy/app/summing_up.hpp"

#include "proxy/app/version.hpp"

#include <cstdint>
#include <tuple>

namespace whogoes::app {
namespace {

std::string mode_in_words(const settings::Settings& settings) {
    std::string mode;
    for (const rules::Offer& offer : settings.treatment.remedies.offers) {
        mode += mode.empty() ? "adding " : ", ";
        mode += offer.value.substr(0, offer.value.find(' '));
    }
    if (mode.empty()) mode = "observing";
    return settings.dev ? mode + ", front-end profile" : mode;
}

}  // namespace

report::StartLine start_line_of(const settings::Settings& settings,
                                const std::map<std::string, std::string>& listening, bool tls) {
    report::StartLine line;
    for (const auto& [configured, bound] : listening) {
        if (!line.listen.empty()) line.listen += " ";
        line.listen += bound.starts_with("unix:") ? bound : (tls ? "https://" : "http://") + bound;
    }
    line.version = version();
    line.upstream = settings.upstream.origin;
    line.mode = mode_in_words(settings);
    line.dev = settings.dev;
    return line;
}

std::string url_for_command(const std::map<std::string, std::string>& listening, bool tls) {
    for (const auto& [configured, bound] : listening) {
        if (bound.starts_with("unix:")) continue;
        const std::string port = bound.substr(bound.rfind(':'));
        // Listening everywhere is no address to go to.
        std::string authority = bound;
        if (bound.starts_with("0.0.0.0:")) authority = "127.0.0.1" + port;
        if (bound.starts_with("[::]:")) authority = "[::1]" + port;
        return (tls ? "https://" : "http://") + authority;
    }
    return "";
}

std::string review_in_words(const std::string& admin_address, const std::string& key) {
    const std::string page = "http://" + admin_address + "/";
    return key.empty() ? page + " (for its key run `whogoes review`)" : page + "#k=" + key;
}

std::string start_in_words(const report::StartLine& line, const std::string& review,
                           const std::string& config_file) {
    return "whogoes " + line.version + " listens on " + line.listen + ", upstream " +
           line.upstream + ", " + line.mode + (review.empty() ? "" : ", review page " + review) +
           (config_file.empty() ? ", no configuration file" : ", configuration " + config_file);
}

std::string seen_of(const std::vector<std::string>& ids, const report::Counts& counts) {
    std::string seen;
    for (const std::string& id : ids) {
        std::uint64_t times = 0;
        for (const auto& [labels, count] : counts.failures)
            if (std::get<0>(labels) == id) times += count;
        for (const auto& [labels, count] : counts.violations)
            if (std::get<0>(labels) == id) times += count;
        if (times > 0) seen += (seen.empty() ? "" : ", ") + id + " (" + std::to_string(times) + ")";
    }
    return seen;
}

}  // namespace whogoes::app
