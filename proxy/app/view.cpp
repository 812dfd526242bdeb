#include "proxy/app/build.hpp"
#include "proxy/app/schema.hpp"
#include "proxy/app/secret_text.hpp"
#include "proxy/app/units.hpp"

#include <filesystem>

namespace whogoes::app {

void Problems::add(const Where& where, std::string key, std::string message) {
    if (list_.size() < most_problems)
        list_.push_back({where.text, std::move(key), std::move(message), where.from_flag});
}

void Problems::add(const Item& item, std::string key, std::string message) {
    // A flag or a variable is its own key.
    const bool in_file = item.line > 0 || item.where.empty();
    add(Where{item.where, item.where.starts_with("--")}, in_file ? std::move(key) : std::string(),
        std::move(message));
}

View::View(const Values& top, const Values* route, std::string config_file,
           const Surroundings& here)
    : top_(top), route_(route), config_file_(std::move(config_file)), here_(here) {}

const Entry* View::entry(std::string_view path) const {
    if (route_)
        if (const auto found = route_->find(path); found != route_->end()) return &found->second;
    const auto found = top_.find(path);
    return found == top_.end() ? nullptr : &found->second;
}

std::vector<Item> View::items(std::string_view path) const {
    if (const Entry* written = entry(path)) return written->items;
    const Key* key = find_key(path);
    if (!key || key->fallback.empty()) return {};
    std::vector<Item> items;
    for (std::string_view rest = key->fallback; !rest.empty();) {
        const std::size_t end = key->list ? rest.find(", ") : std::string_view::npos;
        items.push_back(Item{std::string(rest.substr(0, end)), "default", 0, 0, false});
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    return items;
}

Item View::item(std::string_view path) const {
    const std::vector<Item> all = items(path);
    return all.empty() ? Item{} : all.front();
}

std::string View::text(std::string_view path) const { return item(path).text; }

std::vector<std::string> View::texts(std::string_view path) const {
    std::vector<std::string> all;
    for (Item& one : items(path)) all.push_back(std::move(one.text));
    return all;
}

bool View::flag(std::string_view path) const { return parse_switch(text(path)).value_or(false); }

std::uint64_t View::count(std::string_view path) const {
    return parse_count(text(path)).value_or(0);
}

std::uint64_t View::size(std::string_view path) const { return parse_size(text(path)).value_or(0); }

std::chrono::milliseconds View::duration(std::string_view path) const {
    return parse_duration(text(path)).value_or(std::chrono::milliseconds{0});
}

std::string View::file(std::string_view path) const {
    const Entry* written = entry(path);
    if (!written || written->items.empty()) return {};
    return file_of(path, written->items.front());
}

std::string View::file_of(std::string_view path, const Item& item) const {
    const Entry* written = entry(path);
    const std::filesystem::path name(item.text);
    if (name.is_absolute()) return name.string();
    std::filesystem::path folder = here_.directory == "." ? "" : here_.directory;
    if (written && written->source == Source::file && config_file_ != "-")
        folder /= std::filesystem::path(config_file_).parent_path();
    return (folder / name).string();
}

rules::Result<std::string, std::string> View::secret(std::string_view path) const {
    return reveal_secret(text(path), here_, folder());
}

std::string View::secret_file(std::string_view path) const {
    const std::string name = text(path);
    if (!name.starts_with("${file:") || !name.ends_with('}')) return {};
    return (std::filesystem::path(here_.directory) / folder() / name.substr(7, name.size() - 8))
        .string();
}

std::string View::folder() const {
    if (config_file_ == "-") return {};
    return std::filesystem::path(config_file_).parent_path().string();
}

Where View::where(std::string_view path) const {
    const Entry* written = entry(path);
    return written ? Where{written->where, written->source == Source::flag}
                   : Where{file_name(), false};
}

std::string View::file_name() const { return config_file_ == "-" ? "<stdin>" : config_file_; }

}  // namespace whogoes::app
