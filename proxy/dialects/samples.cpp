#include "proxy/dialects/samples.hpp"

#include <algorithm>

namespace whogoes::dialects {
namespace {

constexpr std::size_t most_lines = 8, longest_line = 160;
constexpr std::size_t worse = 1000000;  // than any length

std::size_t rank_of(const Case& one) {
    return one.request.size() + one.response.size() + (one.accept.empty() ? 0 : 2 * worse) +
           (one.source.empty() ? worse : 0) + (one.earlier.empty() ? 0 : 4 * worse);
}

}  // namespace

std::string first_lines(std::string_view message) {
    std::string out;
    for (std::size_t lines = 0; !message.empty(); ++lines) {
        if (lines == most_lines) return out + "\n...";
        const std::size_t end = std::min(message.find('\n'), message.size());
        std::string_view line = message.substr(0, end);
        message.remove_prefix(std::min(end + 1, message.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (lines > 0) out += '\n';
        if (line.size() <= longest_line) {
            out += line;
            continue;
        }
        std::size_t cut = longest_line;
        while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xc0U) == 0x80U) --cut;
        out.append(line.substr(0, cut)).append("...");
    }
    while (out.ends_with('\n')) out.pop_back();
    return out;
}

void Samples::add(const DialectFile& file) {
    for (const Case& one : file.cases) {
        if (one.cause.empty()) continue;
        const std::size_t rank = rank_of(one);
        const auto [at, is_new] = rows_.try_emplace(one.cause);
        if (!is_new && at->second.rank <= rank) continue;
        at->second = {
            std::string(file.dialect.name), one.title, one.source, first_lines(one.request),
            first_lines(one.response),      rank};
    }
}

}  // namespace whogoes::dialects
