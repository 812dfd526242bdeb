#include "proxy/report/export.hpp"
#include "proxy/tools/log_reading.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

// The why card, and records in the forms that other tools take.
namespace whogoes::tools {
namespace {

// Written to a neighbour first: nobody finds half an archive.
class HarFile {
public:
    explicit HarFile(std::string path) : path_(std::move(path)), fresh_(path_ + ".new") {
        if (path_ == "-") return;
        const int fd = ::open(fresh_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
        if (fd < 0)
            error_ = std::strerror(errno);
        else
            file_ = ::fdopen(fd, "w");
    }
    ~HarFile() {
        if (file_ == nullptr) return;
        std::fclose(file_);
        ::unlink(fresh_.c_str());
    }
    HarFile(const HarFile&) = delete;
    HarFile& operator=(const HarFile&) = delete;

    void write(std::string_view text, const LogStreams& streams) {
        if (path_ == "-") return streams.print(text);
        if (file_ != nullptr && std::fwrite(text.data(), 1, text.size(), file_) != text.size())
            error_ = std::strerror(errno);
    }
    // What went wrong; empty: the file is there.
    std::string finish() {
        if (file_ != nullptr) {
            std::FILE* const file = std::exchange(file_, nullptr);
            if (std::fclose(file) != 0 && error_.empty()) error_ = std::strerror(errno);
            if (error_.empty() && std::rename(fresh_.c_str(), path_.c_str()) != 0)
                error_ = std::strerror(errno);
            if (!error_.empty()) ::unlink(fresh_.c_str());
        }
        return error_.empty() ? std::string() : "cannot write " + path_ + ": " + error_;
    }

private:
    std::string path_, fresh_, error_;
    std::FILE* file_ = nullptr;
};

std::string export_har(const LogRequest& request, LogReading& reading,
                       const std::vector<LogSource>& sources, const LogStreams& streams) {
    HarFile file(request.har_file);
    std::string piece = report::har_begin(request.version);
    std::size_t entries = 0;
    reading.read(sources, [&](const Glance& glance) {
        if (report::append_har_entry(piece, glance.record, request.origin)) ++entries;
        // What separates entries depends on what stands before them: the last character is kept.
        if (piece.size() > 256 * 1024) {
            file.write(std::string_view(piece).substr(0, piece.size() - 1), streams);
            piece.erase(0, piece.size() - 1);
        }
        return true;
    });
    piece += report::har_end();
    file.write(piece, streams);
    std::string problem = file.finish();
    if (problem.empty() && request.har_file != "-")
        streams.complain("log: " + std::to_string(entries) +
                         (entries == 1 ? " exchange" : " exchanges") + " written to " +
                         request.har_file);
    return problem;
}

std::string in_form(const LogRequest& request, std::string_view record) {
    switch (request.form) {
        case LogForm::curl: {
            const std::string command = report::curl_command(record, request.origin);
            return command.empty() ? command : command + "\n";
        }
        case LogForm::markdown:
            return report::markdown_card(record, request.origin);
        case LogForm::jsonl:
        case LogForm::har:
            return printable(record) + "\n";
    }
    return {};
}

}  // namespace

std::string export_log(const LogRequest& request, LogReading& reading,
                       const std::vector<LogSource>& sources, const LogStreams& streams) {
    if (request.form == LogForm::har) return export_har(request, reading, sources, streams);
    bool first = true;
    reading.read(sources, [&](const Glance& glance) {
        const std::string text = in_form(request, glance.record);
        if (request.form == LogForm::markdown && !text.empty() && !std::exchange(first, false))
            streams.print("\n");
        streams.print(text);
        return true;
    });
    return {};
}

std::size_t show_log(const LogRequest& request, LogReading& reading,
                     const std::vector<LogSource>& sources, const LogStreams& streams) {
    std::size_t found = 0;
    Vocabulary vocabulary;
    reading.read(sources, [&](const Glance& glance) {
        if (request.json) {
            streams.print(printable(glance.record) + "\n");
        } else {
            const auto entry = read_entry(glance.record, vocabulary);
            if (!entry) {
                reading.is_broken();
                return true;
            }
            streams.print((found > 0 ? "\n" : "") + why_card(*entry, request.style));
        }
        ++found;
        return true;
    });
    return found;
}

}  // namespace whogoes::tools
