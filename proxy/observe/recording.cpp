#include "proxy/observe/recording.hpp"

#include "proxy/observe/evidence.hpp"
#include "proxy/observe/observe.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/observe/sighting.hpp"
#include "proxy/report/redact.hpp"

#include <chrono>
#include <utility>

namespace whogoes::observe {
namespace {

double milliseconds(net::Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

// Without a word on authentication.
report::AuthEvent plain_record(const Observer& observer, const Sighting& sighting) {
    report::AuthEvent record;
    record.time = observer.clock();
    const std::string_view target = sighting.request.target();
    const std::size_t mark = target.find('?');
    record.method = report::logged_method(sighting.request.method());
    record.path = report::redacted_path(target.substr(0, mark));
    report::mask_shapes(record.path, {});  // the target of a broken request may be no path
    if (mark != std::string_view::npos)
        record.query = report::redacted_query(target.substr(mark + 1));
    mask_users(sighting, record.path);
    mask_users(sighting, record.query);
    fill_common(sighting, record);
    return record;
}

// What is called, and how that ended, where it was looked at.
void tell_call(const Sighting& sighting, report::AuthEvent& record) {
    if (sighting.event) {
        const rules::Rpc& rpc = sighting.event->exchange.rpc;
        record.rpc = report::summary_of(rpc.system, rpc.status, record.path);
        return;
    }
    rules::Request request;
    fill_request(sighting, request);
    record.rpc = report::summary_of(rules::rpc_system_of(request, {}), {}, record.path);
}

void record_error(Observer& observer, const Sighting& sighting, std::string_view level,
                  const std::string& message) {
    report::AuthEvent record = plain_record(observer, sighting);
    record.kind = report::EventKind::proxy_error;
    record.level = level;
    record.message = message;
    observer.recorder.record(std::move(record));
}

}  // namespace

double duration_ms(const Sighting& sighting) {
    return milliseconds(net::Clock::now() - sighting.began);
}

double upstream_ms(const Sighting& sighting) {
    return milliseconds(sighting.answered - sighting.began);
}

void mask_users(const Sighting& sighting, std::string& text) {
    if (sighting.settings.log.identity != settings::Identity::plain)
        report::mask_mail_addresses(text, {});
}

void fill_common(const Sighting& sighting, report::AuthEvent& event) {
    event.status = sighting.status;
    event.client = sighting.client_address;
    event.tls = sighting.client_scheme == "https";
    event.duration_ms = duration_ms(sighting);
    if (sighting.answered != net::Clock::time_point{}) {
        event.upstream_status = sighting.answer.status;
        event.upstream_ms = upstream_ms(sighting);
    }
    if (event.upstream.empty()) event.upstream = sighting.upstream_origin;
    if (event.trace_id.empty()) event.trace_id = sighting.trace_id;
}

void tell_changes(const Sighting& sighting, report::AuthEvent& record) {
    if (sighting.changes.empty()) return;
    record.level = "warn";
    for (std::string& words : sighting.changes) {
        report::mask_urls(words);
        report::mask_shapes(words, {});
        mask_users(sighting, words);
    }
    record.changes = std::move(sighting.changes);
}

void record_access(Observer& observer, const Sighting& sighting) {
    const settings::AccessLog access = sighting.settings.log.access;
    const bool changed = !sighting.changes.empty() && access != settings::AccessLog::none;
    if ((access != settings::AccessLog::all && !changed) || sighting.status == 0) return;
    report::AuthEvent record = plain_record(observer, sighting);
    tell_call(sighting, record);
    tell_changes(sighting, record);
    observer.recorder.record(std::move(record));
}

void record_failure(Observer& observer, const Sighting& sighting, const std::string& message) {
    record_error(observer, sighting, sighting.status >= 500 ? "error" : "warn", message);
}

void record_broken_answer(Observer& observer, const Sighting& sighting, std::string_view flaw,
                          const std::string& trouble) {
    const std::string origin(sighting.upstream_origin);
    record_error(
        observer, sighting, "error",
        flaw.empty()
            ? origin + " broke off in the middle of an answer's body (" + trouble + ")"
            : origin + " sent an answer's body that is not valid HTTP/1.1: " + std::string(flaw));
}

void record_note(Observer& observer, std::string_view level, std::string message) {
    report::AuthEvent record;
    record.kind = report::EventKind::lifecycle;
    record.level = level;
    record.time = observer.clock();
    record.message = std::move(message);
    observer.recorder.record(std::move(record));
}

void record_trouble(Observer& observer, std::string message) {
    report::AuthEvent record;
    record.kind = report::EventKind::proxy_error;
    record.level = "error";
    record.time = observer.clock();
    record.message = std::move(message);
    observer.recorder.record(std::move(record));
}

void record_bug(Observer& observer, const std::exception_ptr& bug) {
    std::string words = "an exchange ended by a fault of whogoes";
    try {
        std::rethrow_exception(bug);
    } catch (const std::exception& error) {
        words.append(": ").append(error.what());
    } catch (...) {
    }
    record_trouble(observer, std::move(words));
}

}  // namespace whogoes::observe
