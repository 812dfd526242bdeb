#include "proxy/app/secret_text.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace whogoes::app {
namespace {

constexpr std::size_t most_octets_of_a_secret = 64 * 1024;

void trim_line_end(std::string& text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
}

}  // namespace

rules::Result<std::string, std::string> reveal_secret(std::string_view text,
                                                      const Surroundings& here,
                                                      std::string_view folder) {
    using Revealed = rules::Result<std::string, std::string>;
    const bool from_variable = text.starts_with("${env:");
    const bool from_file = text.starts_with("${file:");
    if (!from_variable && !from_file) return Revealed(boost::system::in_place_value, text);
    const auto refuse = [](std::string why) {
        return Revealed(boost::system::in_place_error, std::move(why));
    };
    if (!text.ends_with('}'))
        return refuse("has no closing brace: write ${env:NAME} or ${file:PATH}");
    const std::string name(text.substr(text.find(':') + 1, text.size() - text.find(':') - 2));
    std::string secret;
    if (from_variable) {
        const auto found = here.environment.find(name);
        if (found == here.environment.end())
            return refuse("names the variable " + name + ", which is not set");
        secret = found->second;
    } else {
        const auto path =
            std::filesystem::path(here.directory) / std::filesystem::path(folder) / name;
        std::ifstream file(path, std::ios::binary);
        secret.assign(most_octets_of_a_secret + 1, '\0');
        file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
        if (file.bad() || (!file && !file.eof())) return refuse("cannot read the file " + name);
        secret.resize(static_cast<std::size_t>(file.gcount()));
        if (secret.size() > most_octets_of_a_secret)
            return refuse("names the file " + name + ", which is over 64 KiB");
    }
    trim_line_end(secret);
    if (secret.empty()) return refuse("is empty: " + name + " holds nothing");
    return Revealed(boost::system::in_place_value, std::move(secret));
}

}  // namespace whogoes::app
