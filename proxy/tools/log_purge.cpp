#include "proxy/tools/log_reading.hpp"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

// Removes what a log has kept. The file that is written to is emptied and not removed, so that a
// proxy that has it open goes on in it.
namespace whogoes::tools {
namespace {

struct Kept {
    std::string path;
    std::uint64_t octets = 0;
};

// Somebody may have named another file by mistake: a log of ours begins with a record of ours, or
// is empty.
bool is_ours(const std::string& path, std::uint64_t octets) {
    if (octets == 0) return true;
    bool ours = false;
    int lines = 0;
    read_lines({LogSource::Kind::file, path, {}}, [&](std::string_view line) {
        Glance glance;
        ours = read_glance(line, glance) == LineKind::record;
        return !ours && ++lines < 100;
    });
    return ours;
}

std::string megabytes(std::uint64_t octets) {
    if (octets < 1024 * 1024) return std::to_string((octets + 1023) / 1024) + " KiB";
    return std::to_string(octets / (1024 * 1024)) + " MiB";
}

}  // namespace

int purge_log(const LogRequest& request, const LogStreams& streams) {
    const auto refuse = [&](const std::string& words) {
        streams.complain("log purge: " + words);
        return 2;
    };
    if (request.inputs.size() > 1) return refuse("name one log; its rotated files go with it");
    const std::string path = request.inputs.empty() ? request.log_file : request.inputs.front();
    if (path.empty()) return refuse("which log? Name its file, or set log.output");
    if (path == "-" || path.find("://") != std::string::npos)
        return refuse("only files can be purged");
    std::vector<Kept> files;
    std::uint64_t total = 0;
    for (const std::string& name : with_rotated(path)) {
        struct stat status {};
        if (::stat(name.c_str(), &status) != 0) continue;
        files.push_back({name, static_cast<std::uint64_t>(status.st_size)});
        total += files.back().octets;
        if (!is_ours(name, files.back().octets))
            return refuse(name + " is no log of whogoes: nothing was removed");
    }
    if (files.empty()) return refuse(path + " is not there");
    const std::string what = std::to_string(files.size()) +
                             (files.size() == 1 ? " file, " : " files, ") + megabytes(total);
    if (!request.confirmed) {
        for (const Kept& file : files)
            streams.print("  " + file.path + "  " + megabytes(file.octets) + "\n");
        return refuse(what + ": add --yes to remove what they hold");
    }
    for (const Kept& file : files) {
        const bool done = file.path == path ? ::truncate(file.path.c_str(), 0) == 0
                                            : ::unlink(file.path.c_str()) == 0;
        if (!done) return refuse(file.path + ": " + std::strerror(errno));
    }
    streams.print("purged " + what + "\n");
    return 0;
}

}  // namespace whogoes::tools
