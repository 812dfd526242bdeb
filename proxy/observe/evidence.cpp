#include "proxy/observe/evidence.hpp"

#include "proxy/http/body_reader.hpp"
#include "proxy/http/coding.hpp"
#include "proxy/http/content_type.hpp"
#include "proxy/http/worth_a_look.hpp"
#include "proxy/observe/observe.hpp"
#include "proxy/observe/sighting.hpp"
#include "proxy/settings/own_host.hpp"

#include <algorithm>
#include <chrono>

namespace whogoes::observe {
namespace {

bool is_success(int status) { return status >= 200 && status < 300; }

// As they were sent last: a replay has another Authorization.
void fill_fields(const Sighting& sighting, rules::Fields& fields) {
    const http::RequestHead& head = sighting.request;
    const std::string_view replayed = sighting.authorization;
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

bool body_may_hide_refusal(const Sighting& sighting) {
    const http::ResponseHead& answer = sighting.answer;
    if (!is_success(answer.status)) return false;
    const std::string_view type = answer.value(http::FieldName::content_type);
    const bool json = type.find("json") != std::string_view::npos;
    if (json && sighting.request.method() == "POST" && http::is_json(sighting.request) &&
        http::asks_for_errors_inside(sighting.request_text))
        return true;
    if (!sighting.settings.dev && !sighting.settings.refuses_in_successes) return false;
    if (json) return true;
    return sighting.settings.dev && type.starts_with("text/html");
}

bool body_is_evidence(const Sighting& sighting) {
    const http::ResponseHead& answer = sighting.answer;
    const int status = answer.status;
    // What is only moved elsewhere has nothing to say; a client's error may tell why.
    const bool of_interest = (status >= 400 && status != 404) ||
                             http::is_call_with_errors_inside(sighting.request, answer) ||
                             body_may_hide_refusal(sighting);
    return of_interest && answer.framing != http::Framing::none && !http::is_event_stream(answer);
}

void fill_request(const Sighting& sighting, rules::Request& request) {
    const http::RequestHead& head = sighting.request;
    request.method = head.method();
    request.target = head.path_and_query();
    request.path = head.path();
    request.query = request.target.substr(std::min(request.target.size(), request.path.size() + 1));
    request.client = sighting.client_address;
    fill_fields(sighting, request.fields);
    if (http::is_form(head))
        request.form_body = sighting.request_text;
    else if (http::is_text(head))
        request.other_body = sighting.request_text;
    if (http::is_json(head)) request.json_body = sighting.request_text;
}

void fill_place(const Sighting& sighting, const settings::Treatment& treatment,
                rules::Exchange& seen) {
    const settings::Settings& settings = sighting.settings;
    seen.place.client_scheme = sighting.client_scheme;
    seen.place.client_origin = dialled_origin(sighting.client_scheme, sighting.client_authority);
    if (treatment.remedies.names_metadata())
        seen.place.own_origin =
            settings::own_origin(settings, seen.place.client_scheme, sighting.client_authority);
    seen.place.upstream_origin = settings.upstream.origin;
    seen.place.host_passed = settings.upstream.host_header == upstream::HostHeader::pass;
    seen.expected = &treatment.expected;
    if (settings.dialects) seen.dialects = *settings.dialects;
    seen.keys = treatment.keys.get();
    if (settings.openapi)
        seen.documented = settings.openapi->find(seen.request.method, seen.request.path);
}

void fill(const Sighting& sighting, OpenEvent& event) {
    rules::Exchange& seen = event.exchange;
    fill_request(sighting, seen.request);
    fill_answer(sighting.answer, event);
    if (event.body_whole) show_body(event);
    fill_place(sighting, *event.treatment, seen);
    seen.read();
}

bool take_body(const Sighting& sighting, OpenEvent& event) {
    const auto reader = [&sighting] {
        http::BodyReader made(sighting.answer);
        if (sighting.answer_whole) made.next_is_last();
        return made;
    };
    event.body.clear();
    // Copied only where all of it is there: a longer one is kept as it passes.
    event.body_whole = reader().take(sighting.answer_octets).done;
    if (!event.body_whole) return false;
    reader().take(sighting.answer_octets, [&event](std::string_view payload) {
        event.body.append(payload.substr(0, body_evidence_octets - event.body.size()));
    });
    return true;
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

std::int64_t OpenEvent::second() const {
    return std::chrono::floor<std::chrono::seconds>(exchange.answered_at)
        .time_since_epoch()
        .count();
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
    exchange.documented = nullptr;
    diagnosis = {};
    remedy = {};
    treatment = nullptr;
    repeat_key.reset();
    repeat.reset();
    noted = {};
    body.clear();
    decoded_body.clear();
    wants_body = body_whole = body_at_head = only_history = simulated = remembered = false;
}

}  // namespace whogoes::observe
