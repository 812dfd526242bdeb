#include "proxy/report/console_text.hpp"
#include "proxy/tools/log_reading.hpp"

#include <deque>
#include <utility>

// The list, at rest and as it grows: the console's own renderer.
namespace whogoes::tools {
namespace {

class Printer {
public:
    Printer(const LogRequest& request, LogReading& reading, const LogStreams& streams)
        : request_(request), reading_(reading), streams_(streams), console_(style(request)) {}

    void print(std::string_view record) {
        if (request_.json) return streams_.print(printable(record) + "\n");
        const auto entry = read_entry(record, vocabulary_);
        if (!entry) return reading_.is_broken();
        const bool local = request_.style.local_time;
        const std::string zone = local ? report::zone_text(entry->event.time) : "UTC";
        const std::string day =
            report::record_time_text(record_time(entry->event.time), local).substr(0, 10) + " " +
            zone;
        if (day != day_) {
            streams_.print(console_.finish());
            const report::ConsoleText text(request_.style);
            streams_.print(text.dim(day) + "\n");
            day_ = day;
        }
        streams_.print(console_.show(entry->event));
    }
    void finish() { streams_.print(console_.finish()); }
    void tick(rules::TimePoint now) { streams_.print(console_.tick(now)); }

private:
    static report::ConsoleStyle style(const LogRequest& request) {
        report::ConsoleStyle style = request.style;
        style.verbose = true;  // the filter has decided what is shown
        style.quiet = false;
        style.ids = true;
        style.every_rule = true;
        return style;
    }

    const LogRequest& request_;
    LogReading& reading_;
    const LogStreams& streams_;
    report::Console console_;
    Vocabulary vocabulary_;
    std::string day_;
};

// The last few of many records, their memory used again.
class Last {
public:
    explicit Last(std::size_t most) : most_(most) {}

    void keep(std::string_view record) {
        if (most_ == 0) return;
        std::string slot;
        if (records_.size() == most_) {
            slot = std::move(records_.front());
            records_.pop_front();
        }
        slot.assign(record);
        records_.push_back(std::move(slot));
    }
    template <class Take>
    void release(Take take) {
        for (const std::string& record : records_) take(record);
        records_.clear();
    }

private:
    std::size_t most_;
    std::deque<std::string> records_;
};

}  // namespace

void list_log(const LogRequest& request, LogReading& reading, const std::vector<LogSource>& sources,
              const LogStreams& streams) {
    Printer printer(request, reading, streams);
    Last last(request.lines == all_lines ? 0 : request.lines);
    reading.read(sources, [&](const Glance& glance) {
        if (request.lines == all_lines)
            printer.print(glance.record);
        else
            last.keep(glance.record);
        return true;
    });
    last.release([&](const std::string& record) { printer.print(record); });
    printer.finish();
}

void follow_log(const LogRequest& request, LogReading& reading,
                const std::vector<LogSource>& sources, const LogStreams& streams) {
    Printer printer(request, reading, streams);
    Last last(request.lines);
    bool live = request.lines == all_lines;
    const auto take = [&](const Glance& glance) {
        if (live)
            printer.print(glance.record);
        else
            last.keep(glance.record);
        return true;
    };
    const auto go_live = [&] {
        if (std::exchange(live, true)) return;
        last.release([&](const std::string& record) { printer.print(record); });
    };
    const LogSource& followed = sources.back();
    if (followed.kind == LogSource::Kind::standard_input) {
        live = true;  // it ends by itself
        reading.read(sources, take);
        return printer.finish();
    }
    reading.read({sources.begin(), sources.end() - 1}, take);
    const auto pause = [&] {
        go_live();
        // What folds is said once its ten seconds are over, whether more comes or not.
        printer.tick(
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
        return streams.pause();
    };
    const std::string problem =
        followed.kind == LogSource::Kind::url
            ? follow_url(
                  followed, [&](std::string_view line) { return reading.take(line, take); }, pause)
            : follow_lines(
                  {followed.place, 0},
                  [&](std::string_view line) { return reading.take(line, take); }, pause);
    go_live();
    printer.finish();
    if (!problem.empty()) streams.complain("log: " + problem);
}

}  // namespace whogoes::tools
