#include "proxy/session/recording.hpp"

#include "proxy/report/redact.hpp"
#include "proxy/session/exchange.hpp"

#include <chrono>
#include <utility>

namespace whogoes::session {
namespace {

double milliseconds(net::Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

// Without a word on authentication.
report::AuthEvent plain_record(const Exchange& exchange) {
    report::AuthEvent record;
    record.time = exchange.worker.clock();
    const std::string_view target = exchange.request().target();
    const std::size_t mark = target.find('?');
    record.method = report::logged_method(exchange.request().method());
    record.path = report::redacted_path(target.substr(0, mark));
    report::mask_shapes(record.path, {});  // the target of a broken request may be no path
    if (mark != std::string_view::npos)
        record.query = report::redacted_query(target.substr(mark + 1));
    mask_users(exchange, record.path);
    mask_users(exchange, record.query);
    fill_common(exchange, record);
    return record;
}

void record_error(Exchange& exchange, std::string_view level, const std::string& message) {
    report::AuthEvent record = plain_record(exchange);
    record.kind = report::EventKind::proxy_error;
    record.level = level;
    record.message = message;
    exchange.worker.recorder.record(std::move(record));
}

}  // namespace

double duration_ms(const Exchange& exchange) {
    return milliseconds(net::Clock::now() - exchange.began);
}

double upstream_ms(const Exchange& exchange) {
    return milliseconds(exchange.answered - exchange.began);
}

void mask_users(const Exchange& exchange, std::string& text) {
    if (exchange.settings->log.identity != Identity::plain) report::mask_mail_addresses(text, {});
}

void fill_common(const Exchange& exchange, report::AuthEvent& event) {
    event.status = exchange.status;
    event.client = client_address(exchange);
    event.tls = client_scheme(exchange) == "https";
    event.duration_ms = duration_ms(exchange);
    if (exchange.answered != net::Clock::time_point{}) {
        event.upstream_status = exchange.answer().status;
        event.upstream_ms = upstream_ms(exchange);
    }
    if (event.upstream.empty()) event.upstream = exchange.pool->settings().target.origin;
    if (exchange.trace && event.trace_id.empty()) event.trace_id = exchange.trace->id;
}

void tell_changes(Exchange& exchange, report::AuthEvent& record) {
    if (exchange.changes.empty()) return;
    record.level = "warn";
    for (std::string& words : exchange.changes) {
        report::mask_urls(words);
        report::mask_shapes(words, {});
        mask_users(exchange, words);
    }
    record.changes = std::move(exchange.changes);
}

void record_access(Exchange& exchange) {
    const AccessLog access = exchange.settings->log.access;
    const bool changed = !exchange.changes.empty() && access != AccessLog::none;
    if ((access != AccessLog::all && !changed) || exchange.status == 0) return;
    report::AuthEvent record = plain_record(exchange);
    tell_changes(exchange, record);
    exchange.worker.recorder.record(std::move(record));
}

void record_own_answer(Exchange& exchange, int status, const std::string& message) {
    exchange.status = status;
    record_error(exchange, status >= 500 ? "error" : "warn", message);
}

void record_broken_answer(Exchange& exchange, std::string_view flaw) {
    const std::string& origin = exchange.pool->settings().target.origin;
    record_error(
        exchange, "error",
        flaw.empty()
            ? origin + " broke off in the middle of an answer's body (" +
                  exchange.lease->stream.failure() + ")"
            : origin + " sent an answer's body that is not valid HTTP/1.1: " + std::string(flaw));
}

void record_note(Worker& worker, std::string_view level, std::string message) {
    report::AuthEvent record;
    record.kind = report::EventKind::lifecycle;
    record.level = level;
    record.time = worker.clock();
    record.message = std::move(message);
    worker.recorder.record(std::move(record));
}

void record_trouble(Worker& worker, std::string message) {
    report::AuthEvent record;
    record.kind = report::EventKind::proxy_error;
    record.level = "error";
    record.time = worker.clock();
    record.message = std::move(message);
    worker.recorder.record(std::move(record));
}

void record_bug(Worker& worker, const std::exception_ptr& bug) {
    std::string words = "an exchange ended by a fault of whogoes";
    try {
        std::rethrow_exception(bug);
    } catch (const std::exception& error) {
        words.append(": ").append(error.what());
    } catch (...) {
    }
    record_trouble(worker, std::move(words));
}

}  // namespace whogoes::session
