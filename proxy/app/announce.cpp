#include "proxy/app/announce.hpp"

#include "proxy/app/summing_up.hpp"
#include "proxy/report/auth_log_impl.hpp"
#include "proxy/report/console_text.hpp"

#include <chrono>
#include <iostream>
#include <unistd.h>

namespace whogoes::app {
namespace {

bool is_terminal(int descriptor) { return ::isatty(descriptor) != 0; }

std::string review_on(int descriptor, const ReviewPage& page) {
    if (page.address.empty()) return "";
    return review_in_words(page.address, is_terminal(descriptor) ? page.key : "");
}

}  // namespace

void announce(report::StartLine line, const ReviewPage& page, const RunOptions& options,
              report::AuthLog& log, const std::function<void(std::string words)>& record) {
    const bool to_stdout = options.log.output == "stdout";
    const bool to_stderr = options.log.output == "stderr";
    const bool on_console =
        options.log.format == report::LogFormat::pretty && (to_stdout || to_stderr);
    const int console = to_stdout ? STDOUT_FILENO : STDERR_FILENO;
    if (on_console) {
        report::StartLine shown = line;
        shown.review = review_on(console, page);
        if (options.log.local_time)
            shown.zone = report::zone_text(
                std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
        log.impl().submit(report::start_line(shown, report::console_style(options.log, console)));
    } else {
        const std::string review = page.address.empty() ? "" : review_in_words(page.address, "");
        record(start_in_words(line, review, options.config_file));
    }
    // Records stay alone where they are piped: a program reads them.
    const bool missed = to_stderr ? !on_console && is_terminal(STDERR_FILENO)
                                  : !(on_console && is_terminal(STDOUT_FILENO));
    if (!missed) return;
    line.review = review_on(STDERR_FILENO, page);
    std::cerr << report::start_line(line, report::console_style(options.log, STDERR_FILENO));
}

}  // namespace whogoes::app
