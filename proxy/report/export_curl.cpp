#include "proxy/report/export.hpp"
#include "proxy/report/export_text.hpp"
#include "proxy/report/redact.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <string>

namespace whogoes::report {
namespace {

// Between single quotes a shell takes everything as it is; a single quote ends them.
std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out += '\'';
}

// A terminal acts on control characters even within quotes, and some end a paste.
bool is_pasteable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

// "x-csrf-token": "$X_CSRF_TOKEN"
std::string variable(std::string_view field) {
    std::string name = "$";
    for (const char c : field) {
        const bool word = rules::is_alpha(c) || rules::is_digit(c);
        name += !word ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    if (rules::is_digit(name[1])) name.insert(1, "_");
    return name;
}

bool is_curls_own(std::string_view field) {
    constexpr std::string_view own[] = {"host",       "connection",        "content-length",
                                        "keep-alive", "transfer-encoding", "authorization",
                                        "upgrade",    "accept-encoding",   "te",
                                        "expect",     "user-agent"};
    return std::find(std::begin(own), std::end(own), field) != std::end(own);
}

std::string credential(const RecordView& record) {
    const std::string_view source = record.text("auth.source");
    if (source == "header") {
        const std::string scheme = record_scheme(record);
        return " -H \"Authorization: " + scheme + (scheme.empty() ? "" : " ") + "$TOKEN\"";
    }
    if (source == "form") return " --data \"access_token=$TOKEN\"";
    return {};
}

std::string field_options(const RecordView& record) {
    const bool by_key = record.text("auth.source") == "api-key";
    bool token_placed = !by_key;
    std::string out;
    for (const auto& [name, value] : sent_fields(record)) {
        if (is_curls_own(name) || name.find_first_of("$`'!") != std::string::npos) continue;
        if (name == "cookie") {
            out += " -H \"Cookie: $COOKIE\"";
        } else if (value == redacted && is_secret_field(name)) {
            out += " -H \"" + name + ": " + (token_placed ? variable(name) : "$TOKEN") + "\"";
            token_placed = true;
        } else if (value != redacted && !value.empty() && is_pasteable(value)) {
            out += " -H " + shell_quoted(name + ": " + value);
        }
    }
    return out;
}

// The first value that was taken out of the query is the token's.
std::string url_argument(const RecordView& record, std::string_view origin) {
    const std::string url = record_url(record, origin);
    std::string out = shell_quoted(url);
    if (record.text("auth.source") != "query") return out;
    const std::size_t at = out.find("=" + std::string(redacted), out.find('?'));
    if (at != std::string::npos) out.replace(at + 1, redacted.size(), "'\"$TOKEN\"'");
    return out;
}

bool has_body(const RecordView& record, std::string_view method) {
    if (method == "GET" || method == "HEAD" || record.text("auth.source") == "form") return false;
    const boost::json::object* const fields = record.object("http.request.header");
    return fields != nullptr &&
           (fields->contains("content-length") || fields->contains("transfer-encoding"));
}

}  // namespace

std::string curl_command(std::string_view line, std::string_view origin) {
    const RecordView record(line);
    const std::string_view method = record.text("http.request.method");
    if (!rules::is_token(method)) return {};
    const std::string url = url_argument(record, origin);
    std::string out = method == "HEAD" ? "curl -I" : "curl -i";
    if (url.find_first_of("[]") != std::string::npos) out += " -g";
    if (method != "GET" && method != "HEAD") out += " -X " + shell_quoted(method);
    out += credential(record) + field_options(record);
    if (has_body(record, method)) out += " --data-binary @body";
    return out + " " + url;
}

}  // namespace whogoes::report
