#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Where the lines of a log come from: files, compressed or not, standard input, a running
// instance. Judges no line.
namespace whogoes::tools {

struct LogSource {
    enum class Kind { file, standard_input, url };
    Kind kind = Kind::file;
    std::string place{};  // path or URL; the URL's fragment (its key) is cut off
    std::string token{};  // of the admin listener
};

// A view that lasts for the call. False: no more is wanted.
using TakeLine = std::function<bool(std::string_view)>;

// Calls `take` with every line, without its newline; a last line that has none counts, too. The
// error is one sentence that names the place; empty: none.
// `read_on` is told of each piece that was read, in bytes of the file; it may be empty.
std::string read_lines(const LogSource&, const TakeLine& take,
                       const std::function<void(std::uint64_t bytes)>& read_on = {});

// path.4 … path.1, path.2.gz and their like, then path itself: those that are there, oldest first.
std::vector<std::string> with_rotated(const std::string& path);

// Sorts by the time of each file's first record, so that `whogoes.log*` reads in order.
void sort_by_first_record(std::vector<LogSource>&);

// Reads a file as it grows, through rotation and truncation: never ends. `begin` is where to start
// in the file that lies there now. `idle` is called between looks, and ends it by false.
struct FollowFrom {
    std::string path{};
    std::uint64_t begin = 0;
};
std::string follow_lines(const FollowFrom&, const TakeLine& take,
                         const std::function<bool()>& idle);

// The same for a running instance: asks again and again for what is new.
std::string follow_url(const LogSource&, const TakeLine& take, const std::function<bool()>& idle);

}  // namespace whogoes::tools
