#include "proxy/app/config.hpp"
#include "proxy/app/schema.hpp"
#include "proxy/app/units.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace whogoes::app {
namespace {

namespace json = boost::json;

json::value json_value_of(const Key& key, std::string_view text) {
    if (key.secret) return "********";
    if (key.kind == Kind::boolean)
        if (const auto on = parse_switch(text)) return *on;
    if (key.kind == Kind::count)
        if (const auto number = parse_count(text)) return *number;
    return json::string(text);
}

json::value json_value_of(const Key& key, const Entry& entry) {
    if (!entry.list && entry.items.size() == 1) return json_value_of(key, entry.items.front().text);
    json::array list;
    for (const Item& item : entry.items) list.push_back(json_value_of(key, item.text));
    return list;
}

json::value json_default_of(const Key& key) {
    if (!key.list) return json_value_of(key, key.fallback);
    json::array list;
    for (std::string_view rest = key.fallback; !rest.empty();) {
        const auto end = std::min(rest.find(", "), rest.size());
        list.push_back(json_value_of(key, rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return list;
}

json::object settings_of(const Values& values, bool with_defaults) {
    json::object all;
    for (const Key& key : keys()) {
        const auto written = values.find(key.path);
        if (written != values.end())
            all[key.path] = json::object{{"value", json_value_of(key, written->second)},
                                         {"origin", written->second.origin}};
        else if (with_defaults && !key.fallback.empty())
            all[key.path] = json::object{{"value", json_default_of(key)}, {"origin", "default"}};
    }
    return all;
}

}  // namespace

std::string print_config_json(const Gathered& gathered) {
    json::array routes;
    for (const RouteValues& route : gathered.written.routes)
        routes.push_back(json::object{{"match", route.match},
                                      {"origin", route.origin},
                                      {"settings", settings_of(route.values, false)}});
    return json::serialize(json::object{{"file", gathered.config_file},
                                        {"settings", settings_of(gathered.written.values, true)},
                                        {"routes", std::move(routes)}}) +
           "\n";
}

}  // namespace whogoes::app
