#include "acceptance/case.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace whogoes::acceptance {
namespace {

namespace json = boost::json;

json::string_view key(std::string_view name) { return {name.data(), name.size()}; }

std::string whole_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// The case's own keys win; objects are merged member by member.
json::object merged(json::object base, const json::object& over) {
    for (const auto& [name, value] : over) {
        json::value* below = base.if_contains(name);
        if (below && below->is_object() && value.is_object())
            *below = merged(below->get_object(), value.get_object());
        else
            base[name] = value;
    }
    return base;
}

Message message_of(const json::object& entry) {
    return {text_of(entry, "request"), text_of(entry, "response"), number_of(entry, "age_s", 0)};
}

Case case_of(const json::object& entry, const json::object& defaults) {
    Case result;
    result.id = text_of(entry, "id");
    if (result.id.empty()) throw std::runtime_error("a case has no id");
    const json::object* own = object_of(entry, "config");
    result.config = own ? merged(defaults, *own) : defaults;
    result.message = message_of(entry);
    if (result.message.request.empty() || result.message.response.empty())
        throw std::runtime_error(result.id + " has no request or no response");
    const json::value* history = entry.if_contains("history");
    if (history && history->is_array())
        for (const json::value& earlier : history->get_array())
            result.history.push_back(message_of(earlier.as_object()));
    const json::object* expected = object_of(entry, "expected");
    if (!expected) throw std::runtime_error(result.id + " expects nothing");
    result.expected = *expected;
    return result;
}

}  // namespace

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(key(name));
    if (!value || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
}

std::int64_t number_of(const json::object& object, std::string_view name, std::int64_t fallback) {
    const json::value* value = object.if_contains(key(name));
    if (!value || !value->is_number()) return fallback;
    return value->is_int64() ? value->get_int64()
                             : static_cast<std::int64_t>(value->to_number<double>());
}

bool flag_of(const json::object& object, std::string_view name, bool fallback) {
    const json::value* value = object.if_contains(key(name));
    return value && value->is_bool() ? value->get_bool() : fallback;
}

const json::object* object_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(key(name));
    return value ? value->if_object() : nullptr;
}

std::vector<std::string> texts_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(key(name));
    if (!value || !value->is_array()) {
        std::string text = text_of(object, name);
        return text.empty() ? std::vector<std::string>()
                            : std::vector<std::string>{std::move(text)};
    }
    std::vector<std::string> texts;
    for (const json::value& entry : value->get_array())
        if (const json::string* text = entry.if_string())
            texts.emplace_back(text->data(), text->size());
    return texts;
}

CaseFile read_case_file(const std::string& path) {
    boost::system::error_code error;
    const json::value document = json::parse(whole_file(path), error);
    if (error || !document.is_object())
        throw std::runtime_error(path + " is not a JSON object: " + error.message());
    const json::object& top = document.get_object();
    const json::object* tokens = object_of(top, "tokens");
    const json::object* defaults = object_of(top, "defaults");
    const json::value* cases = top.if_contains("cases");
    if (!cases || !cases->is_array()) throw std::runtime_error(path + " has no cases");
    CaseFile file;
    if (tokens) file.tokens = *tokens;
    for (const json::value& entry : cases->get_array())
        file.cases.push_back(case_of(entry.as_object(), defaults ? *defaults : json::object()));
    return file;
}

}  // namespace whogoes::acceptance
