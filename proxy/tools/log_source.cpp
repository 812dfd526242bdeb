#include "proxy/tools/log_source.hpp"

#include "proxy/net/output_file.hpp"
#include "proxy/tools/fetch.hpp"
#include "proxy/tools/log_glance.hpp"
#include "proxy/tools/log_lines.hpp"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <utility>
#include <zlib.h>

namespace whogoes::tools {
namespace {

struct Inflater {
    Inflater() { there = ::inflateInit2(&stream, 15 + 32) == Z_OK; }
    ~Inflater() {
        if (there) ::inflateEnd(&stream);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    z_stream stream{};
    bool there = false;
};

using ReadOn = std::function<void(std::uint64_t bytes)>;

void tell(const ReadOn& read_on, ssize_t bytes) {
    if (read_on && bytes > 0) read_on(static_cast<std::uint64_t>(bytes));
}

std::string read_plain(int fd, LineCutter& cutter, const std::string& place,
                       const ReadOn& read_on) {
    while (true) {
        const ssize_t octets =
            read_some(fd, cutter.room(), std::min(log_block, cutter.room_size()));
        if (octets < 0) return cannot_read(place);
        tell(read_on, octets);
        if (octets == 0) {
            cutter.finish();
            return {};
        }
        if (!cutter.add(static_cast<std::size_t>(octets))) return {};
    }
}

// One or more gzip members. `begun` is what was read to find out.
std::string read_gzip(int fd, std::string begun, LineCutter& cutter, const std::string& place,
                      const ReadOn& read_on) {
    Inflater inflater;
    if (!inflater.there) return "cannot unpack " + place;
    z_stream& stream = inflater.stream;
    std::string packed = std::move(begun);
    bool ended = false;
    while (true) {
        stream.next_in = reinterpret_cast<Bytef*>(packed.data());
        stream.avail_in = static_cast<uInt>(packed.size());
        while (stream.avail_in > 0) {
            if (std::exchange(ended, false)) ::inflateReset(&stream);
            const std::size_t room = std::min(log_block, cutter.room_size());
            stream.next_out = reinterpret_cast<Bytef*>(cutter.room());
            stream.avail_out = static_cast<uInt>(room);
            const int result = ::inflate(&stream, Z_NO_FLUSH);
            if (!cutter.add(room - stream.avail_out)) return {};
            if (result == Z_STREAM_END)
                ended = true;
            else if (result != Z_OK && result != Z_BUF_ERROR)
                return place + " is damaged: read as far as it goes";
        }
        packed.resize(log_block);
        const ssize_t octets = read_some(fd, packed.data(), packed.size());
        if (octets < 0) return cannot_read(place);
        tell(read_on, octets);
        if (octets == 0) {
            cutter.finish();
            return ended ? std::string() : place + " ends early: read as far as it goes";
        }
        packed.resize(static_cast<std::size_t>(octets));
    }
}

std::string read_descriptor(int fd, const std::string& place, const TakeLine& take,
                            const ReadOn& read_on) {
    LineCutter cutter(take);
    std::size_t held = 0;
    char magic[2] = {};
    while (held < sizeof magic) {
        const ssize_t octets = read_some(fd, magic + held, sizeof magic - held);
        if (octets < 0) return cannot_read(place);
        if (octets == 0) break;
        held += static_cast<std::size_t>(octets);
    }
    if (held == 2 && magic[0] == '\x1f' && magic[1] == '\x8b')
        return read_gzip(fd, std::string(magic, held), cutter, place, read_on);
    std::memcpy(cutter.room(), magic, held);
    if (!cutter.add(held)) return {};
    return read_plain(fd, cutter, place, read_on);
}

std::string read_url(const LogSource& source, const TakeLine& take) {
    FetchRequest request;
    const auto split = split_url(source.place);
    if (!split) return source.place + " is no http:// or https:// URL";
    request.url = split->origin + "/api/v1/export.jsonl";
    request.most_body = 64 * 1024 * 1024;
    request.timeout = std::chrono::milliseconds(30000);
    if (!source.token.empty())
        request.fields.emplace_back("Authorization", "Bearer " + source.token);
    const auto answer = fetch(request);
    if (!answer.has_value()) return answer.error();
    if (answer->status == 401)
        return split->origin +
               " wants its token: give the whole URL that whogoes printed at its start "
               "(with #k=…), or set WHOGOES_ADMIN_TOKEN";
    if (answer->status != 200)
        return request.url + " answered " + std::to_string(answer->status) +
               ": is this the admin address of a running whogoes?";
    std::string_view body = answer->body;
    while (!body.empty()) {
        const auto end = std::min(body.find('\n'), body.size());
        if (!take(body.substr(0, end))) return {};
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    return {};
}

std::string first_record_time(const LogSource& source) {
    std::string time;
    if (source.kind != LogSource::Kind::file) return time;
    int lines = 0;
    read_lines(source, [&](std::string_view line) {
        Glance glance;
        if (read_glance(line, glance) == LineKind::record) time = glance.time;
        return time.empty() && ++lines < 1000;
    });
    return time;
}

}  // namespace

std::string read_lines(const LogSource& source, const TakeLine& take, const ReadOn& read_on) {
    if (source.kind == LogSource::Kind::url) return read_url(source, take);
    if (source.kind == LogSource::Kind::standard_input)
        return read_descriptor(STDIN_FILENO, "standard input", take, read_on);
    const Descriptor file(open_log(source.place));
    if (file.fd < 0) return cannot_read(source.place);
    ::posix_fadvise(file.fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return read_descriptor(file.fd, source.place, take, read_on);
}

std::vector<std::string> with_rotated(const std::string& path) {
    constexpr int most = 99;  // of a logrotate's beside ours
    std::vector<std::string> paths;
    const auto there = [](const std::string& name) {
        struct stat status {};
        return ::stat(name.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    };
    const std::string newest = net::end_of_links(path);  // a link's target is what was rotated
    for (int n = most; n > 0; --n) {
        const std::string numbered = newest + "." + std::to_string(n);
        if (there(numbered))
            paths.push_back(numbered);
        else if (there(numbered + ".gz"))
            paths.push_back(numbered + ".gz");
    }
    if (there(path)) paths.push_back(path);
    return paths;
}

void sort_by_first_record(std::vector<LogSource>& sources) {
    if (sources.size() < 2) return;
    std::vector<std::pair<std::string, LogSource>> keyed;
    for (LogSource& source : sources) {
        std::string time = first_record_time(source);
        keyed.emplace_back(std::move(time), std::move(source));
    }
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < keyed.size(); ++i) sources[i] = std::move(keyed[i].second);
}

}  // namespace whogoes::tools
