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
    event.exchange.response.reason = answer.reason_in(event.answer_head);
    http::Head copy;
    copy.bytes = event.answer_head;
    for (const http::FieldLine& line : answer.fields)
        event.exchange.response.fields.add(copy.name_of(line), copy.value_of(line));
}

// What was kept of the body, for the rules to see: unpacked, where it was packed.
void show_body(OpenEvent& event) {
    if (event.is_call()) return show_end(event);
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

void show_end(OpenEvent& event) {
    rules::Response& response = event.exchange.response;
    const auto add = [&response](std::string_view name, std::string_view value) {
        response.trailers.add(name, value);
    };
    response.trailers.clear();
    http::each_trailer(event.trailers, add);
    // Frames inside a coding of the whole body show once that is undone.
    if (!event.body.empty() && event.decoded_body.empty()) {
        const auto coding = response.fields.first("content-encoding").value_or("");
        event.decoded_body =
            http::decoded(coding, event.body, body_evidence_octets).value_or(std::string());
        event.rpc_end.take(event.decoded_body);
    }
    if (!event.rpc_end.ended()) return;
    const bool connect = event.rpc_end.framing() == http::RpcFraming::connect;
    event.rpc_text = event.rpc_end.text();
    if (event.rpc_end.compressed()) {
        const auto coding =
            response.fields.first(connect ? "connect-content-encoding" : "grpc-encoding");
        event.rpc_text = http::decoded(coding.value_or(""), event.rpc_text, http::RpcEnd::longest)
                             .value_or(std::string());
    }
    if (!connect) return http::each_trailer(event.rpc_text, add);
    response.body = event.rpc_text;
    response.body_evidence = rules::BodyEvidence::whole;
}

bool ended_well(const OpenEvent& event) {
    if (event.coded || event.rpc_end.compressed()) return false;
    const bool native = event.rpc_end.framing() == http::RpcFraming::trailers;
    bool well = false;
    http::each_trailer(native ? std::string_view(event.trailers) : event.rpc_end.text(),
                       [&well](std::string_view name, std::string_view value) {
                           if (http::same_word(name, "grpc-status")) well = value == "0";
                       });
    return well;
}

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

void fill_messages(const Sighting& sighting, OpenEvent& event) {
    fill_request(sighting, event.exchange.request);
    fill_answer(sighting.answer, event);
    if (event.body_whole) show_body(event);
}

void fill_rest(const Sighting& sighting, OpenEvent& event) {
    fill_place(sighting, *event.treatment, event.exchange);
    event.exchange.read();
}

void expect_end(const Sighting& sighting, OpenEvent& event) {
    event.rpc_end = http::RpcEnd(http::rpc_framing(sighting.request, sighting.answer));
    if (!event.is_call()) return;
    const std::string_view coding = sighting.answer.value(http::FieldName::content_encoding);
    event.coded = !coding.empty() && coding != "identity";
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
    http::BodyReader whole = reader();
    whole.keep_trailers(event.trailers);
    whole.take(sighting.answer_octets, [&event](std::string_view payload) { event.pass(payload); });
    return true;
}

namespace {

// A call whose head was worth a look by itself.
void weigh_end(OpenEvent& event) {
    rules::Exchange& seen = event.exchange;
    if (!event.body_whole || seen.rpc.status) return;
    show_end(event);
    seen.hear();
    if (seen.rpc.refuses()) event.diagnosis = rules::diagnose(seen);
}

}  // namespace

void weigh_body(OpenEvent& event) {
    // Weighed before, when all of it came with the head.
    if (event.exchange.response.body_evidence != rules::BodyEvidence::unseen) return;
    if (event.is_call()) return weigh_end(event);
    if (event.body.empty()) {
        if (event.wants_body && event.body_whole)
            event.exchange.response.body_evidence = rules::BodyEvidence::whole;
        return;
    }
    show_body(event);
    event.exchange.hear();
    event.diagnosis = rules::diagnose(event.exchange);
}

bool OpenEvent::wants_payload() const noexcept {
    if (second_end) return wants_body && second_end->frames.wants_more();
    return wants_body &&
           (is_call() && !coded ? rpc_end.wants_more() : body.size() < body_evidence_octets);
}

void OpenEvent::pass(std::string_view payload) {
    if (second_end) return second_end->frames.take(payload);
    if (is_call() && !coded) return rpc_end.take(payload);
    body.append(payload.substr(0, body_evidence_octets - body.size()));
}

std::int64_t OpenEvent::second() const {
    return std::chrono::floor<std::chrono::seconds>(exchange.answered_at)
        .time_since_epoch()
        .count();
}

void OpenEvent::clear() {
    exchange.request.fields.clear();
    exchange.response.fields.clear();
    exchange.response.trailers.clear();
    exchange.request.form_body = exchange.request.json_body = exchange.request.other_body = {};
    exchange.response.body = {};
    exchange.response.body_evidence = rules::BodyEvidence::unseen;
    exchange.credentials.clear();
    exchange.carried.clear();
    exchange.heard = {};
    exchange.rpc = {};
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
    cors_told = false;
    body.clear();
    decoded_body.clear();
    rpc_end.clear();
    trailers.clear();
    second_end.reset();
    rpc_text.clear();
    awaits_end = coded = false;
    wants_body = body_whole = body_at_head = only_history = simulated = remembered = false;
}

}  // namespace whogoes::observe
