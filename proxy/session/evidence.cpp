#include "proxy/session/evidence.hpp"

#include "proxy/http/chunks.hpp"
#include "proxy/http/coding.hpp"
#include "proxy/http/worth_a_look.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/own_host.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::session {
namespace {

bool is_success(int status) { return status >= 200 && status < 300; }

// As they were sent last: a replay has another Authorization.
void fill_fields(const Exchange& exchange, rules::Fields& fields) {
    const http::RequestHead& head = exchange.request();
    const std::string_view replayed =
        exchange.replay ? exchange.replay->authorization.reveal() : std::string_view();
    for (const http::FieldLine& line : head.fields) {
        const bool other = line.name == http::FieldName::authorization && !replayed.empty();
        fields.add(head.name_of(line), other ? replayed : head.value_of(line));
    }
}

void fill_answer(const http::ResponseHead& answer, OpenEvent& event) {
    event.exchange.response.status = answer.status;
    http::Head copy;
    copy.bytes = event.answer_head;
    for (const http::FieldLine& line : answer.fields)
        event.exchange.response.fields.add(copy.name_of(line), copy.value_of(line));
}

// What was kept of the body, for the rules to see: unpacked, where it was packed.
void show_body(OpenEvent& event) {
    rules::Response& response = event.exchange.response;
    response.body = event.body;
    response.body_evidence =
        event.body_whole ? rules::BodyEvidence::whole : rules::BodyEvidence::partial;
    const auto coding = response.fields.first("content-encoding");
    if (event.body.empty() || !coding || coding->empty() || *coding == "identity") return;
    std::optional<std::string> text = http::decoded(*coding, event.body, body_evidence_octets);
    event.decoded_body = text ? std::move(*text) : "";
    response.body = event.decoded_body;
    if (!text) response.body_evidence = rules::BodyEvidence::undecodable;
}

}  // namespace

bool is_form(const http::RequestHead& head) {
    return rules::istarts_with(head.value(http::FieldName::content_type),
                               "application/x-www-form-urlencoded");
}

bool is_text(const http::RequestHead& head) {
    constexpr std::string_view binary[] = {"application/octet-stream", "application/grpc",
                                           "application/zip", "application/pdf"};
    constexpr std::string_view kinds[] = {"image/", "audio/", "video/", "font/"};
    const std::string_view type = head.value(http::FieldName::content_type);
    const auto begins = [&](std::string_view name) { return rules::istarts_with(type, name); };
    return std::none_of(std::begin(binary), std::end(binary), begins) &&
           std::none_of(std::begin(kinds), std::end(kinds), begins);
}

bool is_json(const http::RequestHead& head) {
    const std::string_view type = head.value(http::FieldName::content_type);
    return rules::icontains(type.substr(0, type.find(';')), "json");
}

std::string_view text_of(const RequestBody& body) {
    return body.first_octets.empty() ? body.in_buffer.substr(0, text_evidence_octets)
                                     : std::string_view(body.first_octets);
}

std::string_view path_of(const http::RequestHead& head) {
    const std::string_view target =
        head.bytes.substr(head.path_begin, head.target_end - head.path_begin);
    return target.substr(0, target.find('?'));
}

std::string client_origin(const Exchange& exchange) {
    std::string origin(client_scheme(exchange));
    const std::string_view host = client_authority(exchange);
    origin.append("://").append(host.empty() ? std::string_view("localhost") : host);
    return origin;
}

bool body_may_hide_refusal(const Exchange& exchange) {
    const http::ResponseHead& answer = exchange.answer();
    if (!is_success(answer.status)) return false;
    const std::string_view type = answer.value(http::FieldName::content_type);
    const bool json = type.find("json") != std::string_view::npos;
    if (json && exchange.request().method() == "POST" && is_json(exchange.request()) &&
        http::asks_for_errors_inside(text_of(exchange.body)))
        return true;
    if (!exchange.settings->dev && !exchange.settings->refuses_in_successes) return false;
    if (json) return true;
    return exchange.settings->dev && type.starts_with("text/html");
}

bool body_is_evidence(const Exchange& exchange) {
    const http::ResponseHead& answer = exchange.answer();
    const int status = answer.status;
    // What is only moved elsewhere has nothing to say; a client's error may tell why.
    const bool of_interest = (status >= 400 && status != 404) ||
                             http::is_call_with_errors_inside(exchange.request(), answer) ||
                             body_may_hide_refusal(exchange);
    return of_interest && answer.framing != http::Framing::none && !is_event_stream(answer);
}

void fill_request(const Exchange& exchange, rules::Request& request) {
    const http::RequestHead& head = exchange.request();
    request.method = head.method();
    request.target = head.bytes.substr(head.path_begin, head.target_end - head.path_begin);
    request.path = path_of(head);
    request.query = request.target.substr(std::min(request.target.size(), request.path.size() + 1));
    request.client = client_address(exchange);
    fill_fields(exchange, request.fields);
    const std::string_view text = text_of(exchange.body);
    if (is_form(head))
        request.form_body = text;
    else if (is_text(head))
        request.other_body = text;
    if (is_json(head)) request.json_body = text;
}

void fill_place(const Exchange& exchange, const Treatment& treatment, rules::Exchange& seen) {
    seen.place.client_scheme = client_scheme(exchange);
    seen.place.client_origin = client_origin(exchange);
    if (treatment.remedies.names_metadata())
        seen.place.own_origin =
            own_origin(*exchange.settings, seen.place.client_scheme, client_authority(exchange));
    seen.place.upstream_origin = exchange.settings->upstream.origin;
    seen.place.host_passed = exchange.settings->upstream.host_header == upstream::HostHeader::pass;
    seen.expected = &treatment.expected;
    if (exchange.settings->dialects) seen.dialects = *exchange.settings->dialects;
    seen.keys = treatment.keys.get();
}

void fill(Exchange& exchange, OpenEvent& event) {
    rules::Exchange& seen = event.exchange;
    fill_request(exchange, seen.request);
    fill_answer(exchange.answer(), event);
    if (event.body_whole) show_body(event);
    fill_place(exchange, *event.treatment, seen);
    seen.read();
}

bool take_body(const Exchange& exchange, OpenEvent& event) {
    std::string_view bytes = exchange.answer_buffer.view().substr(exchange.answer_head_octets);
    const http::ResponseHead& answer = exchange.answer();
    bool whole = true;
    event.body.clear();
    if (answer.framing == http::Framing::chunked) {
        http::ChunkTracker chunks;
        http::ChunkTracker::Step step;
        while (!bytes.empty() && step.state == http::ChunkTracker::State::more) {
            step = chunks.next_data(bytes);
            event.body.append(step.data.substr(0, body_evidence_octets - event.body.size()));
            bytes.remove_prefix(step.consumed);
        }
        whole = step.state == http::ChunkTracker::State::done;
    } else if (answer.framing == http::Framing::length) {
        whole = bytes.size() >= answer.content_length;
        bytes = bytes.substr(0, static_cast<std::size_t>(answer.content_length));
        event.body.assign(bytes.substr(0, body_evidence_octets));
    } else if (answer.framing == http::Framing::until_close) {
        whole = exchange.answer_whole;
        event.body.assign(bytes.substr(0, body_evidence_octets));
    }
    event.body_whole = whole;
    if (!whole) event.body.clear();  // the relay keeps it as it passes
    return whole;
}

void weigh_body(OpenEvent& event) {
    // Weighed before, when all of it came with the head.
    if (event.exchange.response.body_evidence != rules::BodyEvidence::unseen) return;
    if (event.body.empty()) {
        if (event.wants_body && event.body_whole)
            event.exchange.response.body_evidence = rules::BodyEvidence::whole;
        return;
    }
    show_body(event);
    event.exchange.hear();
    event.diagnosis = rules::diagnose(event.exchange);
}

void OpenEvent::clear() {
    exchange.request.fields.clear();
    exchange.response.fields.clear();
    exchange.request.form_body = exchange.request.json_body = exchange.request.other_body = {};
    exchange.response.body = {};
    exchange.response.body_evidence = rules::BodyEvidence::unseen;
    exchange.credentials.clear();
    exchange.carried.clear();
    exchange.heard = {};
    exchange.grpc.reset();
    exchange.challenges = {};
    exchange.proxy_challenges = {};
    exchange.jwt.reset();
    exchange.fingerprint.clear();
    exchange.upstream_date.reset();
    exchange.skew.reset();
    exchange.replay_of.reset();
    exchange.recollection = {};
    exchange.place = {};
    exchange.dialects = {};
    diagnosis = {};
    remedy = {};
    treatment = nullptr;
    repeat_key.reset();
    repeat.reset();
    noted = {};
    body.clear();
    decoded_body.clear();
    wants_body = body_whole = only_history = simulated = remembered = false;
}

}  // namespace whogoes::session
