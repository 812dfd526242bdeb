#include "proxy/report/export_text.hpp"

#include "proxy/report/redact.hpp"
#include "rules/text.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>

namespace whogoes::report {
namespace {

bool may_stand_in_url(char c) noexcept {
    return c > ' ' && c < 0x7f &&
           std::string_view("\"'<>\\^`{|}").find(c) == std::string_view::npos;
}

void append_fields(std::vector<FieldLine>& lines, const RecordView& record, std::string_view name) {
    const boost::json::object* const fields = record.object(name);
    if (fields == nullptr) return;
    for (const auto& [key, value] : *fields) {
        const std::string_view field(key.data(), key.size());
        const boost::json::string* const text = value.if_string();
        if (text == nullptr || !rules::is_token(field)) continue;
        const bool masked = text->empty() && !is_logged_field(field);
        lines.emplace_back(field, masked ? redacted : std::string_view(*text));
    }
}

}  // namespace

std::string safe_url(std::string_view text) {
    constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (may_stand_in_url(c)) {
            out += c;
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        out += {'%', hex[octet >> 4U], hex[octet & 15U]};
    }
    return out;
}

std::string record_url(const RecordView& record, std::string_view origin) {
    const std::string authority = record.authority();
    const std::string scheme = record.text("url.scheme") == "https" ? "https://" : "http://";
    std::string url = safe_url(authority.empty() ? std::string(origin) : scheme + authority) +
                      safe_url(record.text("url.path"));
    const std::string_view query = record.text("url.query");
    return query.empty() ? url : url + "?" + safe_url(query);
}

std::string record_scheme(const RecordView& record) {
    const std::string_view scheme = record.text("auth.scheme");
    return rules::is_token(scheme) && scheme.find_first_of("$`'!") == std::string_view::npos
               ? std::string(scheme)
               : std::string();
}

std::vector<FieldLine> sent_fields(const RecordView& record) {
    std::vector<FieldLine> lines;
    append_fields(lines, record, "http.request.header");
    std::erase_if(lines, [](const FieldLine& line) { return line.first == "authorization"; });
    if (record.text("auth.source") == "header") {
        const std::string scheme = record_scheme(record);
        lines.emplace_back("authorization",
                           (scheme.empty() ? scheme : scheme + " ") + std::string(redacted));
    }
    const std::string_view agent = record.text("user_agent.original");
    if (!agent.empty()) {
        std::erase_if(lines, [](const FieldLine& line) { return line.first == "user-agent"; });
        lines.emplace_back("user-agent", agent);
    }
    return lines;
}

std::vector<FieldLine> got_fields(const RecordView& record) {
    std::vector<FieldLine> lines;
    append_fields(lines, record, "http.response.header");
    const auto received = record.texts("auth.challenge.received");
    if (!received.empty()) {
        std::erase_if(lines,
                      [](const FieldLine& line) { return line.first == "www-authenticate"; });
    }
    for (const std::string_view challenge : received)
        lines.emplace_back("www-authenticate", challenge);
    for (const std::string_view challenge : record.texts("auth.challenge.injected"))
        lines.emplace_back("www-authenticate", challenge);
    const auto status = record.integer("rpc.grpc.status_code");
    const bool named = std::any_of(lines.begin(), lines.end(), [](const FieldLine& line) {
        return line.first == "grpc-status";
    });
    if (status && !named) lines.emplace_back("grpc-status", std::to_string(*status));
    return lines;
}

std::string_view status_phrase(std::int64_t status) {
    if (status < 100 || status > 599) return {};
    const auto phrase = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    return {phrase.data(), phrase.size()};
}

}  // namespace whogoes::report
