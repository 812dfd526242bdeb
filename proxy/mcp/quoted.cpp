#include "proxy/mcp/quoted.hpp"

#include "proxy/report/escape.hpp"
#include "proxy/report/redact.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace whogoes::mcp {
namespace {

constexpr std::size_t most_looked_at = 4096;
constexpr std::size_t most_members = 40;

// They change how the character before them looks and nothing else; a text can be hidden in them.
bool is_variation_selector(std::uint32_t c) noexcept {
    return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

std::string without_variation_selectors(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const report::CodePoint point = report::next_code_point(text);
        if (!point.valid || !is_variation_selector(point.value))
            out += text.substr(0, point.octets);
        text.remove_prefix(point.octets);
    }
    return out;
}

}  // namespace

Quoter::Quoter(std::vector<std::string> kept) : kept_(std::move(kept)) {
    std::erase_if(kept_,
                  [](const std::string& one) { return one.empty() || report::holds_token(one); });
}

Quoter::Quoter(const report::AuthEvent& event)
    : Quoter([&] {
          std::vector<std::string> kept{event.jwt.kid, event.jwt.iss, event.jwt.azp,
                                        event.trace_id};
          kept.insert(kept.end(), event.jwt.aud.begin(), event.jwt.aud.end());
          return kept;
      }()) {}

json::string Quoter::text(std::string_view value, std::size_t most) const {
    std::string words = without_variation_selectors(value.substr(0, most_looked_at));
    const std::vector<std::string_view> kept(kept_.begin(), kept_.end());
    report::mask_shapes(words, kept);
    return json::string(report::cut_end(report::visible(words, true), most));
}

json::array Quoter::list(const std::vector<std::string>& values, std::size_t items) const {
    json::array out;
    for (std::size_t i = 0; i < std::min(values.size(), items); ++i)
        out.emplace_back(text(values[i]));
    if (values.size() > items) out.emplace_back("…");
    return out;
}

void Quoter::add(json::object& into, std::string_view name, std::string_view value,
                 std::size_t most) const {
    if (!value.empty()) into[name] = text(value, most);
}

void Quoter::add(json::object& into, std::string_view name, const std::vector<std::string>& values,
                 std::size_t items) const {
    if (!values.empty()) into[name] = list(values, items);
}

json::value Quoter::all_of(const json::value& value, int depth) const {
    if (const json::string* const words = value.if_string()) return text(*words);
    if (depth == 0 && (value.is_array() || value.is_object())) return "…";
    if (const json::array* const items = value.if_array()) {
        json::array out;
        for (std::size_t i = 0; i < std::min(items->size(), most_members); ++i)
            out.push_back(all_of((*items)[i], depth - 1));
        return out;
    }
    if (const json::object* const members = value.if_object()) {
        json::object out;
        for (const auto& [name, member] : *members) {
            if (out.size() == most_members) break;
            out[text(name, 60)] = all_of(member, depth - 1);
        }
        return out;
    }
    return value;
}

std::string_view as_fingerprint(std::string_view text) noexcept {
    constexpr std::string_view start = "tk_";
    constexpr std::size_t digits = 12;
    if (!text.starts_with(start) || text.size() != start.size() + digits) return {};
    const bool hex = std::all_of(text.begin() + start.size(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    return hex ? text : std::string_view();
}

}  // namespace whogoes::mcp
