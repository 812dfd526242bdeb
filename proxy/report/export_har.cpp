#include "proxy/report/escape.hpp"
#include "proxy/report/export.hpp"
#include "proxy/report/export_text.hpp"
#include "proxy/report/json_writer.hpp"
#include "rules/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>

namespace whogoes::report {
namespace {

// Our own escapes, so that nothing in the file reorders what an editor shows.
void append_value(std::string& out, const boost::json::value& value) {
    if (const auto* object = value.if_object()) {
        out += '{';
        for (const auto& [key, member] : *object) {
            if (out.back() != '{') out += ',';
            append_json(out, {key.data(), key.size()});
            out += ':';
            append_value(out, member);
        }
        out += '}';
    } else if (const auto* list = value.if_array()) {
        out += '[';
        for (std::size_t i = 0; i < list->size(); ++i) {
            if (i > 0) out += ',';
            append_value(out, (*list)[i]);
        }
        out += ']';
    } else if (const auto* text = value.if_string()) {
        append_json(out, *text);
    } else {
        out += boost::json::serialize(value);
    }
}

void append_pairs(std::string& out, JsonWriter& json, std::string_view key,
                  const std::vector<FieldLine>& pairs) {
    json.open_list(key);
    for (const auto& [name, value] : pairs) {
        if (out.back() == '}') out += ',';
        json.open();
        json.text("name", name, all_octets);
        json.text("value", value, all_octets);
        json.close();
    }
    json.close_list();
}

std::vector<FieldLine> query_pairs(std::string_view query) {
    std::vector<FieldLine> pairs;
    if (query.empty()) return pairs;
    for (const std::string_view part : rules::parts_of(query, '&')) {
        const std::size_t equals = std::min(part.find('='), part.size());
        pairs.emplace_back(part.substr(0, equals), part.substr(std::min(equals + 1, part.size())));
    }
    return pairs;
}

std::string value_of(const std::vector<FieldLine>& lines, std::string_view name) {
    const auto line = std::find_if(lines.begin(), lines.end(),
                                   [&](const FieldLine& other) { return other.first == name; });
    return line != lines.end() ? line->second : std::string();
}

void append_request(std::string& out, JsonWriter& json, const RecordView& record,
                    std::string_view origin) {
    json.open("request");
    json.text("method", record.text("http.request.method"), all_octets);
    json.text("url", record_url(record, origin), all_octets);
    json.text("httpVersion", "HTTP/1.1", all_octets);
    append_pairs(out, json, "cookies", {});
    append_pairs(out, json, "headers", sent_fields(record));
    append_pairs(out, json, "queryString", query_pairs(record.text("url.query")));
    json.raw("headersSize", "-1");
    json.raw("bodySize", "-1");
    json.close();
}

void append_response(std::string& out, JsonWriter& json, const RecordView& record,
                     std::int64_t status) {
    const std::vector<FieldLine> fields = got_fields(record);
    json.open("response");
    json.number("status", status);
    json.text("statusText", status_phrase(status), all_octets);
    json.text("httpVersion", "HTTP/1.1", all_octets);
    append_pairs(out, json, "cookies", {});
    append_pairs(out, json, "headers", fields);
    json.open("content");
    json.number("size", 0);
    json.text("mimeType", value_of(fields, "content-type"), all_octets);
    json.close();
    json.text("redirectURL", value_of(fields, "location"), all_octets);
    json.raw("headersSize", "-1");
    json.raw("bodySize", "-1");
    json.close();
}

}  // namespace

std::string har_begin(std::string_view version) {
    std::string out = R"({"log":{"version":"1.2","creator":{"name":"whogoes","version":)";
    append_json(out, version);
    return out += "},\"entries\":[";
}

std::string_view har_end() noexcept { return "\n]}}\n"; }

bool append_har_entry(std::string& har, std::string_view line, std::string_view origin) {
    const RecordView record(line);
    const auto status = record.integer("http.response.status_code");
    const auto answered = record.time();
    if (!record.is_exchange() || !status || !answered) return false;
    const double waited = std::clamp(record.number("upstream.duration_ms").value_or(0), 0.0, 1e9);
    const double took = std::clamp(record.number("duration_ms").value_or(0), waited, 1e9);
    const auto began = *answered - std::chrono::milliseconds(std::llround(waited));

    har += har.ends_with('[') ? "\n" : ",\n";
    JsonWriter json(har);
    TimeText times;
    har += '{';
    json.time("startedDateTime", began, times);
    json.decimal("time", took);
    append_request(har, json, record, origin);
    append_response(har, json, record, *status);
    json.raw("cache", "{}");
    json.open("timings");
    json.number("send", 0);
    json.decimal("wait", waited);
    json.decimal("receive", took - waited);
    json.close();
    json.open("_whogoes");
    json.text("id", record.text("id"), all_octets);
    json.text("event", record.text("event"), all_octets);
    for (const std::string_view name : {"auth", "jwt", "rpc", "upstream", "client"}) {
        if (const boost::json::object* const part = record.object(name)) {
            std::string text;
            append_value(text, *part);
            json.raw(name, text);
        }
    }
    json.close();
    json.close();
    return true;
}

}  // namespace whogoes::report
