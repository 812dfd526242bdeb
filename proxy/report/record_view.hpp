#pragma once

#include "rules/time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A record read back from its line, by the names of interface section 3: "http.request.method" is
// the member "method" in "request" in "http". The line may come from a file that anybody wrote:
// what is missing or of another type reads as absent. Parsing never throws.
namespace whogoes::report {

class RecordView {
public:
    explicit RecordView(std::string_view line);  // its newline may be there

    bool readable() const { return value_.is_object(); }
    bool is_exchange() const { return !text("http.request.method").empty(); }

    std::string_view text(std::string_view name) const;
    std::optional<std::int64_t> integer(std::string_view name) const;
    std::optional<double> number(std::string_view name) const;
    bool flag(std::string_view name) const;
    std::vector<std::string_view> texts(std::string_view name) const;  // of a list
    const boost::json::object* object(std::string_view name) const;
    const boost::json::object& root() const { return value_.get_object(); }  // of a readable one

    std::optional<rules::TimePoint> time() const;
    std::string authority() const;  // host[:port] that the client dialled; empty: not known

private:
    const boost::json::value* find(std::string_view name) const;

    boost::json::value value_;
};

// RFC 3339 in UTC as the log writes it, with or without a fraction.
std::optional<rules::TimePoint> parse_record_time(std::string_view text);

}  // namespace whogoes::report
