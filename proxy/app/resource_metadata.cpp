#include "proxy/app/resource_metadata.hpp"

#include "proxy/report/escape.hpp"
#include "rules/compliance/readings.hpp"

#include <algorithm>
#include <optional>

namespace whogoes::app {
namespace {

constexpr std::string_view servers = "resource_metadata.authorization_servers";

// RFC 8414, 2: an issuer is an https URL without query or fragment; http is for one's own machine.
std::optional<std::string> issuer_flaw(std::string_view text) {
    const auto origin = rules::compliance::web_origin(text);
    if (!origin) return "is no URL: write the issuer, as in https://id.example";
    if (text.find_first_of("?# \"\\") != std::string_view::npos)
        return "has a query, a fragment or a byte that no issuer may hold (RFC 8414, 2)";
    if (origin->scheme != "https" && !origin->loopback())
        return "is plain http on another machine, which no client will take: write https";
    return std::nullopt;
}

void append_list(std::string& json, std::string_view name, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    json.append(",\"").append(name).append("\":[");
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i > 0) json += ',';
        report::append_json(json, texts[i]);
    }
    json += ']';
}

void append_text(std::string& json, std::string_view name, const std::string& text) {
    if (text.empty()) return;
    json.append(",\"").append(name).append("\":");
    report::append_json(json, text);
}

bool methods_are_known(const View& view, const std::string& prefix, Problems& problems) {
    bool known = true;
    for (const Item& item : view.items("resource_metadata.bearer_methods_supported")) {
        if (item.text == "header" || item.text == "body" || item.text == "query") continue;
        problems.add(item, prefix + "resource_metadata.bearer_methods_supported",
                     "is not header, body or query (RFC 9728, 2)");
        known = false;
    }
    return known;
}

}  // namespace

std::shared_ptr<const std::string> read_resource_metadata(const View& view,
                                                          const std::string& prefix,
                                                          Problems& problems) {
    const std::vector<Item> issuers = view.items(servers);
    if (issuers.empty()) {
        // An empty list in a route leaves the answer to the API again.
        for (const char* other : {"scopes_supported", "bearer_methods_supported", "resource_name",
                                  "resource_documentation"})
            if (const std::string path = std::string("resource_metadata.") + other;
                view.has(path) && !view.has(servers))
                problems.add(view.where(path), prefix + path,
                             "says nothing without authorization_servers: add the issuers");
        return nullptr;
    }
    bool fine = methods_are_known(view, prefix, problems);
    for (const Item& item : issuers)
        if (const auto flaw = issuer_flaw(item.text)) {
            problems.add(item, prefix + std::string(servers), *flaw);
            fine = false;
        }
    if (!fine) return nullptr;
    std::string json;
    append_list(json, "authorization_servers", view.texts(servers));
    append_list(json, "scopes_supported", view.texts("resource_metadata.scopes_supported"));
    std::vector<std::string> methods = view.texts("resource_metadata.bearer_methods_supported");
    if (methods.empty()) methods.emplace_back("header");
    append_list(json, "bearer_methods_supported", methods);
    append_text(json, "resource_name", view.text("resource_metadata.resource_name"));
    append_text(json, "resource_documentation",
                view.text("resource_metadata.resource_documentation"));
    return std::make_shared<const std::string>(std::move(json));
}

}  // namespace whogoes::app
