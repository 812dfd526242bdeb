#include "proxy/http/hop_by_hop.hpp"

#include "proxy/http/octets.hpp"

namespace whogoes::http {
namespace {

// By naming such a field a client could strip what the API or a proxy before us relies on: its
// caching, its conditions, its client's address. The fields with a FieldName of their own are
// protected already.
bool is_for_every_recipient(std::string_view name) {
    constexpr std::string_view families[] = {"accept", "content-",     "if-",
                                             "sec-",   "x-forwarded-", "x-auth-"};
    constexpr std::string_view single[] = {"age",
                                           "allow",
                                           "cache-control",
                                           "etag",
                                           "expires",
                                           "from",
                                           "last-modified",
                                           "pragma",
                                           "proxy-authentication-info",
                                           "range",
                                           "referer",
                                           "server",
                                           "warning",
                                           "authentication-info",
                                           "dpop",
                                           "dpop-nonce",
                                           "x-api-key",
                                           "x-csrf-token",
                                           "x-real-ip",
                                           "tracestate"};
    for (const std::string_view family : families) {
        if (same_word(name.substr(0, family.size()), family)) return true;
    }
    for (const std::string_view known : single) {
        if (same_word(name, known)) return true;
    }
    return false;
}

}  // namespace

NameSet hop_by_hop_names() {
    NameSet names;
    names.add(FieldName::connection);
    names.add(FieldName::http2_settings);
    names.add(FieldName::keep_alive);
    names.add(FieldName::proxy_connection);
    names.add(FieldName::te);
    return names;
}

std::string nominations(const Head& head) {
    std::string list;
    if (!head.nominates) return list;
    for (const FieldLine& line : head.fields) {
        if (line.name != FieldName::connection) continue;
        list += head.value_of(line);
        list += ',';
    }
    return list;
}

bool is_listed(std::string_view name, std::string_view list) {
    bool listed = false;
    each_element(list,
                 [&](std::string_view element) { listed = listed || same_word(element, name); });
    return listed;
}

bool is_nominated(const Head& head, const FieldLine& line, std::string_view nominations) {
    if (nominations.empty() || line.name != FieldName::other) return false;
    const std::string_view name = head.name_of(line);
    return is_listed(name, nominations) && !is_for_every_recipient(name);
}

}  // namespace whogoes::http
