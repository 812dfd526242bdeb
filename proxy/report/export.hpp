#pragma once

#include <string>
#include <string_view>

// One record in the forms that other tools take: a curl command, a Markdown card, an entry of an
// HTTP archive. Takes the record's line as the log wrote it, which may come from a file that
// anybody wrote: each form is quoted as its reader needs it. A secret is not in a record, so none
// comes out: a shell variable or REDACTED stands in its place.
namespace whogoes::report {

// Where the client sent its requests, for records that do not say.
inline constexpr std::string_view usual_origin = "http://127.0.0.1:8401";

// "curl -i -H "Authorization: Bearer $TOKEN" 'http://127.0.0.1:8401/v1/orders'", one line without
// its newline; safe to paste. Empty: the record is of no request.
std::string curl_command(std::string_view line, std::string_view origin = usual_origin);

// The why card for an issue or a chat, ending in a newline. Empty: the line is no record.
std::string markdown_card(std::string_view line, std::string_view origin = usual_origin);

// HTTP Archive 1.2, built entry by entry so that a large log need not be in memory:
//   out = har_begin(version);  for each line: append_har_entry(out, line);  out += har_end();
std::string har_begin(std::string_view version);
// False, and nothing appended, where the record is of no answered request.
bool append_har_entry(std::string& har, std::string_view line,
                      std::string_view origin = usual_origin);
std::string_view har_end() noexcept;

}  // namespace whogoes::report
