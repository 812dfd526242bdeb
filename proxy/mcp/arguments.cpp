#include "proxy/mcp/arguments.hpp"

#include "proxy/tools/nearest.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace whogoes::mcp {
namespace {

const json::object& object_in(const json::object& in, std::string_view name) {
    static const json::object none;
    const json::value* const value = in.if_contains(name);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

bool is_of_type(const json::value& value, std::string_view type) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_int64();
    if (type == "array") return value.is_array();
    return true;
}

std::string words_of(const json::array& items) {
    std::string words;
    for (const json::value& item : items)
        words += (words.empty() ? "" : ", ") + std::string(item.get_string());
    return words;
}

// What is wrong with one value; it follows the argument's name.
std::string flaw_of(const json::value& value, const json::object& schema) {
    const auto bound = [&](const char* name, std::int64_t none) {
        const json::value* const limit = schema.if_contains(name);
        return limit != nullptr ? limit->to_number<std::int64_t>() : none;
    };
    const std::string_view type = schema.at("type").get_string();
    if (!is_of_type(value, type)) return " is not of type " + std::string(type);
    if (const json::string* const text = value.if_string()) {
        if (static_cast<std::int64_t>(text->size()) > bound("maxLength", 4096))
            return " is too long";
        const json::value* const choices = schema.if_contains("enum");
        if (choices != nullptr &&
            std::find(choices->get_array().begin(), choices->get_array().end(), value) ==
                choices->get_array().end())
            return " is one of " + words_of(choices->get_array());
    }
    if (const std::int64_t* const number = value.if_int64()) {
        if (*number < bound("minimum", 0) || *number > bound("maximum", 1000000))
            return " is a number from " + std::to_string(bound("minimum", 0)) + " to " +
                   std::to_string(bound("maximum", 1000000));
    }
    if (const json::array* const items = value.if_array()) {
        if (static_cast<std::int64_t>(items->size()) > bound("maxItems", 10))
            return " has more than " + std::to_string(bound("maxItems", 10)) + " items";
        for (const json::value& item : *items)
            if (const std::string flaw = flaw_of(item, object_in(schema, "items")); !flaw.empty())
                return ": an item" + flaw;
    }
    return {};
}

std::string known_names(const json::object& properties, const char* between) {
    std::string names;
    for (const auto& [name, unused] : properties)
        names += (names.empty() ? "" : between) + std::string(name);
    return names;
}

void take(const json::object& arguments, std::string_view name, std::vector<std::string>& into) {
    if (std::string text = text_in(arguments, name); !text.empty()) into.push_back(std::move(text));
}

// The command line's words for a flag are a tool's for an argument, and the word that was given,
// which they quote, stays with whoever gave it.
std::string in_our_words(std::string_view flaw) {
    std::string out(flaw.starts_with("--") ? flaw.substr(2) : flaw);
    const std::size_t begin = out.find('"');
    const std::size_t end = out.rfind("\" is no ");
    if (begin != std::string::npos && end != std::string::npos && begin < end)
        out.replace(begin, end + 1 - begin, "this");
    return out;
}

}  // namespace

std::string misfit(const json::object& arguments, std::string_view schema_text) {
    const json::value schema = json::parse({schema_text.data(), schema_text.size()});
    const json::object& properties = object_in(schema.get_object(), "properties");
    for (const auto& [name, value] : arguments) {
        const json::value* const property = properties.if_contains(name);
        if (property == nullptr) {
            const std::string all = known_names(properties, ", ");
            return "there is no such argument" +
                   tools::did_you_mean(name, known_names(properties, "|")) +
                   (all.empty() ? "" : ": take " + all);
        }
        if (const std::string flaw = flaw_of(value, property->get_object()); !flaw.empty())
            return std::string(name) + flaw;
    }
    if (const json::value* const required = schema.get_object().if_contains("required"))
        for (const json::value& name : required->get_array())
            if (!arguments.contains(name.get_string()))
                return std::string(name.get_string()) + " is missing";
    return {};
}

std::string text_in(const json::object& arguments, std::string_view name) {
    const json::value* const value = arguments.if_contains(name);
    const json::string* const text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string(*text) : std::string();
}

std::int64_t number_in(const json::object& arguments, std::string_view name,
                       std::int64_t fallback) {
    const json::value* const value = arguments.if_contains(name);
    const std::int64_t* const number = value != nullptr ? value->if_int64() : nullptr;
    return number != nullptr ? *number : fallback;
}

std::vector<std::string> texts_in(const json::object& arguments, std::string_view name) {
    std::vector<std::string> texts;
    const json::value* const value = arguments.if_contains(name);
    const json::array* const items = value != nullptr ? value->if_array() : nullptr;
    if (items == nullptr) return texts;
    for (const json::value& item : *items)
        if (const json::string* const text = item.if_string()) texts.emplace_back(*text);
    return texts;
}

rules::Result<tools::LogFilter, std::string> filter_in(const json::object& arguments,
                                                       const Sources& sources) {
    using Filter = rules::Result<tools::LogFilter, std::string>;
    tools::LogFilterWords words;
    take(arguments, "cause", words.causes);
    take(arguments, "rule", words.rules);
    take(arguments, "path", words.paths);
    take(arguments, "method", words.methods);
    take(arguments, "status", words.statuses);
    take(arguments, "client", words.clients);
    take(arguments, "token", words.tokens);
    for (const char* const name : {"since", "until"}) {
        const std::string text = text_in(arguments, name);
        if (text.empty()) continue;
        const auto moment = sources.moment ? sources.moment(text) : std::nullopt;
        if (!moment)
            return Filter(boost::system::in_place_error,
                          std::string(name) +
                              " is no time: write 15m (ago), 12:51 or 2026-11-23T12:51:24Z (UTC)");
        (std::string_view(name) == "since" ? words.since : words.until) = moment;
    }
    auto filter = tools::LogFilter::from(words);
    if (!filter.has_value())
        return Filter(boost::system::in_place_error, in_our_words(filter.error()));
    return filter;
}

}  // namespace whogoes::mcp
