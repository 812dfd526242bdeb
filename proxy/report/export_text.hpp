#pragma once

#include "proxy/report/record_view.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the exports have in common: the messages of a record as field lines, its URL, safe text.
// Private to export_*.cpp.
namespace whogoes::report {

using FieldLine = std::pair<std::string, std::string>;

// The origin, path and query; what may not stand in a URL as it is, is percent-encoded.
std::string record_url(const RecordView&, std::string_view origin);
std::string safe_url(std::string_view text);

// As the client sent them, and as it got them: with the challenges, those added included. A value
// that was not logged is REDACTED.
std::vector<FieldLine> sent_fields(const RecordView&);
std::vector<FieldLine> got_fields(const RecordView&);

std::string_view status_phrase(std::int64_t status);

// A scheme that is safe to write anywhere; empty where the record has none.
std::string record_scheme(const RecordView&);

}  // namespace whogoes::report
