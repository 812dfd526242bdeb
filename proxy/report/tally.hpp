#pragma once

#include "proxy/report/event.hpp"
#include "rules/credentials.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

// What the authentication metrics count, by their labels. One a worker, so that its lock is free
// but for the moment of a scrape; the log adds them up.
namespace whogoes::report {

struct Counts {
    // A label's value is a static string: an id of the tables, or one of a few words.
    std::map<std::tuple<std::string_view, rules::Scheme, int>, std::uint64_t> failures;
    std::map<std::tuple<std::string_view, rules::Severity>, std::uint64_t> violations;
    std::map<rules::Scheme, std::uint64_t> injected;
    std::map<rules::Scheme, std::uint64_t> handshakes;
    std::map<std::string_view, std::uint64_t> refreshes;
    std::map<std::string_view, std::uint64_t> replays;
    std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> calls;
    std::optional<std::int64_t> skew_s;
    rules::TimePoint skew_at{};

    void add(const Counts&);
};

class Tally {
public:
    // Cells: where to count the same event once more, valid for as long as the tally lives.
    using Cells = std::vector<std::uint64_t*>;
    void count(const AuthEvent&, Cells* cells = nullptr);
    void count_again(const AuthEvent&, const Cells&);
    void add_to(Counts&) const;

private:
    void note_skew(const AuthEvent&);

    mutable std::mutex mutex_;
    Counts counts_;
};

void append_auth_metrics(std::string& out, const Counts&, std::uint64_t dropped);

}  // namespace whogoes::report
