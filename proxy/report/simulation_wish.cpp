#include "proxy/report/simulation_wish.hpp"

#include "rules/text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace whogoes::report {
namespace {

namespace json = boost::json;

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = rules::lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string value;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                           hex_digit(text[i + 2]) >= 0;
        value += coded ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]))
                       : text[i];
        if (coded) i += 2;
    }
    return value;
}

std::string parameter(std::string_view query, std::string_view name) {
    for (const std::string_view pair : rules::parts_of(query, '&')) {
        const std::size_t equals = pair.find('=');
        if (equals != rules::npos && pair.substr(0, equals) == name)
            return decoded(pair.substr(equals + 1));
    }
    return {};
}

std::string member(const json::object& body, json::string_view name) {
    const json::value* value = body.if_contains(name);
    const json::string* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

}  // namespace

SimulationWish wish_in(std::string_view query, std::string_view body) {
    boost::system::error_code error;
    const json::value value = json::parse({body.data(), body.size()}, error);
    if (!error && value.is_object()) {
        const json::object& members = value.get_object();
        return {member(members, "cause"), member(members, "match"), member(members, "for")};
    }
    return {parameter(query, "cause"), parameter(query, "match"), parameter(query, "for")};
}

}  // namespace whogoes::report
