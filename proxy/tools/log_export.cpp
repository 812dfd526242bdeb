#include "proxy/net/output_file.hpp"
#include "proxy/report/export.hpp"
#include "proxy/tools/log_reading.hpp"

#include <optional>
#include <utility>

// The why card, and records in the forms that other tools take.
namespace whogoes::tools {
namespace {

std::string export_har(const LogRequest& request, LogReading& reading,
                       const std::vector<LogSource>& sources, const LogStreams& streams) {
    std::optional<net::OutputFile> file;
    if (request.har_file != "-") file.emplace(request.har_file, 0640, true);
    const auto write = [&](std::string_view text) {
        if (file)
            file->write(text);
        else
            streams.print(text);
    };
    std::string piece = report::har_begin(request.version);
    std::size_t entries = 0;
    reading.read(sources, [&](const Glance& glance) {
        if (report::append_har_entry(piece, glance.record, request.origin)) ++entries;
        // What separates entries depends on what stands before them: the last character is kept.
        if (piece.size() > 256 * 1024) {
            write(std::string_view(piece).substr(0, piece.size() - 1));
            piece.erase(0, piece.size() - 1);
        }
        return true;
    });
    piece += report::har_end();
    write(piece);
    if (!file) return {};
    std::string problem = file->finish();
    if (problem.empty())
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
