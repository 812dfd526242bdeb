#pragma once

#include "proxy/report/event.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// Events at one glance, for a person at a terminal (interface: section 4). Escapes what came from
// outside; meaning never hangs on colour alone. Writes nothing itself. Not thread-safe.
namespace whogoes::report {

struct ConsoleStyle {
    bool colour = false;
    bool utf8 = true;
    int columns = 100;
    bool verbose = false;     // every exchange, not only failures and refreshes
    bool quiet = false;       // errors of the proxy's own only
    bool ids = false;         // the event's id at the end of its row
    bool local_time = false;  // times of this machine's zone (TZ) in place of UTC
    bool every_rule = false;  // on each event, for who reads a log, and not once a minute
    bool dev = false;         // the front-end profile: four lines of the terminal an event at most
};

struct StartLine {
    std::string version;   // "0.1"
    std::string listen;    // "http://127.0.0.1:8401"
    std::string upstream;  // "http://localhost:3000"
    std::string mode;      // "observing", "adding Bearer", …
    std::string review;    // where the review page is, in words; empty: no admin listener
    std::string zone;      // of the console's times: "UTC+02:00"; empty: not said
    bool dev = false;      // the front-end profile
};
std::string start_line(const StartLine&, const ConsoleStyle&);  // with its newline

// One event, its tree included, whole lines.
std::string console_lines(const AuthEvent&, const ConsoleStyle&);

// Shows an event once and folds its equals for ten seconds; says a rule of a route once a minute.
class Console {
public:
    explicit Console(ConsoleStyle style) : style_(style) {}
    void restyle(ConsoleStyle style) { style_ = style; }

    std::string show(const AuthEvent&);      // the lines to write; may be empty
    std::string tick(rules::TimePoint now);  // folds that are due
    std::string finish();                    // those that are left, at the end

private:
    struct Fold {
        std::string key;
        AuthEvent event;  // the latest
        rules::TimePoint begun{};
        std::uint64_t folded = 0;   // within this window, not shown
        std::uint64_t in_full = 0;  // within this window, shown
    };
    std::string folded_row(const Fold&) const;
    bool shown(const AuthEvent&) const;
    bool is_news(const AuthEvent&, const rules::Rule&);
    std::string news_of(const AuthEvent&);

    ConsoleStyle style_;
    std::vector<Fold> folds_;
    std::unordered_map<std::string, rules::TimePoint> said_;  // a rule on a route, and when
};

}  // namespace whogoes::report
