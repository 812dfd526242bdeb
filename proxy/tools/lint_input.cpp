#include "proxy/tools/fetch.hpp"
#include "proxy/tools/lint.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

namespace whogoes::tools {
namespace {

constexpr std::size_t most_input_octets = 128 * 1024 * 1024;

enum Exit : int { usage = 2, no_start = 3 };

std::string read_all(std::istream& stream) {
    std::string text;
    char block[64 * 1024];
    while (text.size() <= most_input_octets &&
           (stream.read(block, sizeof block), stream.gcount() > 0))
        text.append(block, static_cast<std::size_t>(stream.gcount()));
    return text;
}

// Splits "Name: value"; false where it is none. The text is not quoted in errors: it may be secret.
bool split_header(const std::string& text, NameValue& field) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || !rules::is_token(std::string_view(text).substr(0, colon)) ||
        text.find_first_of("\r\n\0", 0, 3) != std::string::npos)
        return false;
    field = {text.substr(0, colon),
             std::string(rules::trim(std::string_view(text).substr(colon + 1)))};
    return true;
}

// As curl does.
std::string method_of(const LintRequest& request) {
    if (!request.method.empty()) return request.method;
    return request.body.empty() ? "GET" : "POST";
}

using Read = rules::Result<std::vector<Recorded>, Linted>;

Read unread(std::string why, int exit_code = usage) {
    return Read(boost::system::in_place_error, Linted{"", std::move(why), exit_code});
}

Read read_url(const std::string& url, const LintRequest& request,
              const std::vector<NameValue>& fields, rules::TimePoint now) {
    FetchRequest wanted{url, method_of(request), fields, !request.insecure, request.timeout};
    wanted.body = request.body;
    wanted.abandoned = request.abandoned;
    auto recorded = fetch(wanted);
    if (!recorded.has_value()) {
        std::string why = recorded.error();
        if (why.starts_with("the certificate of ")) why += " (-k asks all the same)";
        return unread(std::move(why), no_start);
    }
    // A Date that lies off is evidence here, not the recording's own time.
    recorded->answered_at = now;
    recorded->input = url.substr(0, url.find_first_of("?#"));
    return Read(boost::system::in_place_value, std::vector{std::move(*recorded)});
}

bool is_harmless(const std::string& method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// Every operation of the description, at its place below the URL.
Read read_operations(const std::string& url, const LintRequest& request,
                     const std::vector<NameValue>& fields, rules::TimePoint now) {
    const auto split = split_url(url);
    std::string base = split->target.substr(0, split->target.find('?'));
    while (base.ends_with('/')) base.pop_back();
    if (base.empty()) base = request.openapi->bases().front();
    std::vector<Recorded> recording;
    for (const openapi::Operation& operation : request.openapi->operations()) {
        if (!request.all_methods && !is_harmless(operation.method)) continue;
        LintRequest one = request;
        one.method = operation.method;
        std::string place = split->origin;
        auto read = read_url(place.append(base).append(operation.example), one, fields, now);
        if (!read.has_value()) return read;
        read->front().described = true;
        recording.push_back(std::move(read->front()));
    }
    if (recording.empty()) return unread("--openapi: the document has no operation to ask");
    return Read(boost::system::in_place_value, std::move(recording));
}

Read read_text(const std::string& name, const std::string& text, const LintRequest& request,
               const std::vector<NameValue>& fields) {
    if (text.size() > most_input_octets) return unread(name + " is larger than 128 MiB");
    const auto ink = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    const bool is_json = ink != std::string::npos && text[ink] == '{';
    Recording recording = is_json ? read_har(text) : read_transcript(text);
    if (!recording.has_value()) return unread(name + " " + recording.error());
    for (Recorded& recorded : *recording) {
        recorded.input = name;
        if (recorded.request_known) continue;
        recorded.method = method_of(request);
        recorded.request_fields = fields;
        recorded.request_known = !fields.empty();
    }
    return Read(boost::system::in_place_value, std::move(*recording));
}

Read read_input(const std::string& input, const LintRequest& request,
                const std::vector<NameValue>& fields, rules::TimePoint now) {
    if (input == "-") return read_text("standard input", read_all(std::cin), request, fields);
    if (split_url(input))
        return request.ask_operations ? read_operations(input, request, fields, now)
                                      : read_url(input, request, fields, now);
    std::error_code error;
    if (std::filesystem::is_directory(input, error))
        return unread(input + " is a folder: name a .har file");
    std::ifstream file(input, std::ios::binary);
    if (!file)
        return unread("cannot read " + input + ": " + std::strerror(errno) +
                      "; a URL starts with http:// or https://");
    return read_text(input, read_all(file), request, fields);
}

// An error, or what the baseline has.
Linted read_baseline(const LintRequest& request, rules::TimePoint now,
                     std::set<std::string>& known) {
    const auto refuse = [&](const std::string& words) {
        return Linted{"", "--baseline: " + request.baseline + " " + words, usage};
    };
    std::ifstream file(request.baseline, std::ios::binary);
    if (!file) return refuse(std::string("cannot be read: ") + std::strerror(errno));
    const std::string text = read_all(file);
    if (auto keys = finding_keys(text); keys.has_value()) {
        known = std::move(*keys);
        return {};
    }
    Recording recording = read_har(text);
    if (!recording.has_value()) {
        const bool is_json = text.find("\"entries\"") != std::string::npos;
        return refuse(is_json ? recording.error() : finding_keys(text).error());
    }
    known = finding_keys(*recording, request, now);
    return {};
}

}  // namespace

Linted lint(const LintRequest& request, rules::TimePoint now) {
    std::vector<NameValue> fields(request.headers.size());
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (!split_header(request.headers[i], fields[i]))
            return {"", "-H takes a header field, as in 'Accept: application/json'", usage};
    if (!rules::is_token(method_of(request))) return {"", "-X takes a method, as in POST", usage};

    std::vector<Recorded> recording;
    std::string unreached;  // the others are judged all the same
    for (const std::string& input : request.inputs) {
        auto read = read_input(input, request, fields, now);
        if (!read.has_value()) {
            if (read.error().exit_code != no_start) return read.error();
            unreached.append(unreached.empty() ? "" : "; ").append(read.error().error);
            continue;
        }
        std::move(read->begin(), read->end(), std::back_inserter(recording));
    }
    if (recording.empty() && !unreached.empty()) return {"", unreached, no_start};
    std::set<std::string> known;
    if (!request.baseline.empty())
        if (Linted flaw = read_baseline(request, now, known); !flaw.error.empty()) return flaw;
    Linted linted = lint_recorded(recording, request, now, known);
    if (!unreached.empty() && linted.error.empty()) {
        linted.error = unreached;
        linted.exit_code = no_start;
    }
    return linted;
}

}  // namespace whogoes::tools
