#pragma once

#include <cstddef>
#include <string>

// The end of a log that an earlier run wrote, so that the review page has a past after a restart.
namespace whogoes::report {

// The newest whole records of the file, oldest first, each with its newline; where it has few, the
// newest of its rotated one come before them. At most so many records and octets. What is no record
// is left out; a file that cannot be read has none.
std::string last_records(const std::string& path, std::size_t most, std::size_t most_octets);

}  // namespace whogoes::report
