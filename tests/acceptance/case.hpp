#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A file of acceptance cases as plain data: what went over the wire, under which configuration,
// and what the engine must make of it. Reads; runs and judges nothing.
namespace whogoes::acceptance {

struct Message {
    std::string request;   // as the client sent it
    std::string response;  // as the upstream answered
    std::int64_t age_s = 0;
};

struct Case {
    std::string id;
    boost::json::object config;  // the file's defaults, overridden by the case's own
    std::vector<Message> history;
    Message message;
    boost::json::object expected;
};

struct CaseFile {
    std::vector<Case> cases;
    boost::json::object tokens;  // name -> {value, …}
};

// Throws std::runtime_error with one sentence that names the place.
CaseFile read_case_file(const std::string& path);

// Members of a JSON object, empty or the fallback where absent or of another type.
std::string text_of(const boost::json::object&, std::string_view name);
std::int64_t number_of(const boost::json::object&, std::string_view name, std::int64_t fallback);
bool flag_of(const boost::json::object&, std::string_view name, bool fallback);
const boost::json::object* object_of(const boost::json::object&, std::string_view name);
// A string, or an array of them.
std::vector<std::string> texts_of(const boost::json::object&, std::string_view name);

}  // namespace whogoes::acceptance
