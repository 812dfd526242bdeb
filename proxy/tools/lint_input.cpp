#include "proxy/tools/fetch.hpp"
#include "proxy/tools/lint.hpp"
#include "rules/text.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace whogoes::tools {
namespace {

constexpr std::size_t most_octets = 128 * 1024 * 1024;

Linted unusable(std::string why) { return {"", std::move(why), 2}; }

std::string read_all(std::istream& stream) {
    std::string text;
    char block[64 * 1024];
    while (text.size() <= most_octets && (stream.read(block, sizeof block), stream.gcount() > 0))
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

Linted lint_url(const LintRequest& request, std::vector<NameValue> fields, rules::TimePoint now) {
    const FetchRequest wanted{request.input, request.method, std::move(fields), !request.insecure,
                              request.timeout};
    auto recorded = fetch(wanted);
    if (!recorded.has_value()) return unusable(recorded.error());
    // A Date that lies off is evidence here, not the recording's own time.
    recorded->answered_at = now;
    return lint_recorded({*recorded}, request, now);
}

Linted lint_text(const std::string& name, const std::string& text, const LintRequest& request,
                 const std::vector<NameValue>& fields, rules::TimePoint now) {
    if (text.size() > most_octets) return unusable(name + " is larger than 128 MiB");
    const auto ink = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    const bool is_json = ink != std::string::npos && text[ink] == '{';
    Recording recording = is_json ? read_har(text) : read_transcript(text);
    if (!recording.has_value()) return unusable(name + " " + recording.error());
    for (Recorded& recorded : *recording) {
        if (recorded.request_known) continue;
        recorded.method = request.method;
        recorded.request_fields = fields;
        recorded.request_known = !fields.empty();
    }
    return lint_recorded(*recording, request, now);
}

}  // namespace

Linted lint(const LintRequest& request, rules::TimePoint now) {
    std::vector<NameValue> fields(request.headers.size());
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (!split_header(request.headers[i], fields[i]))
            return unusable("-H takes a header field, as in 'Accept: application/json'");
    if (!rules::is_token(request.method)) return unusable("-X takes a method, as in POST");

    if (request.input == "-")
        return lint_text("standard input", read_all(std::cin), request, fields, now);
    if (split_url(request.input)) return lint_url(request, std::move(fields), now);
    std::error_code error;
    if (std::filesystem::is_directory(request.input, error))
        return unusable(request.input + " is a folder: name a .har file");
    std::ifstream file(request.input, std::ios::binary);
    if (!file)
        return unusable("cannot read " + request.input + ": " + std::strerror(errno) +
                        "; a URL starts with http:// or https://");
    return lint_text(request.input, read_all(file), request, fields, now);
}

}  // namespace whogoes::tools
