#include "proxy/mcp/arguments.hpp"
#include "proxy/mcp/quoted.hpp"
#include "proxy/mcp/record_row.hpp"
#include "proxy/tools/explain.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

// `explain_token`: what `whogoes explain` tells, or what the log tells of a fingerprint. Best is a
// credential that never passes through whoever asks: by the name of its variable or file.
namespace whogoes::mcp {
namespace {

std::string member(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

// What the log knows of a token that was seen there.
Outcome from_log(const std::string& fingerprint, const Sources& sources) {
    tools::LogFilterWords words;
    words.tokens = {fingerprint};
    auto filter = tools::LogFilter::from(words);
    if (!filter.has_value() || as_fingerprint(fingerprint).empty())
        return failed("fingerprint is one such as tk_7f3a91c2d04e, as `failures` shows it");
    std::uint64_t times = 0;
    std::map<std::string, std::uint64_t> causes;
    std::string first, latest;
    const std::string flaw = visit(*filter, sources, [&](const tools::Glance& glance) {
        if (glance.record.size() > 64 * 1024) return;
        if (times++ == 0) first = glance.record;
        latest = glance.record;
        if (rules::find_cause(glance.cause) != nullptr) ++causes[std::string(glance.cause)];
    });
    if (!flaw.empty()) return failed(flaw);
    tools::Vocabulary vocabulary;
    const auto begin = tools::read_entry(first, vocabulary);
    const auto end = tools::read_entry(latest, vocabulary);
    if (!begin || !end) return failed("no event with that token is in the log");
    Outcome outcome;
    json::object& content = outcome.content;
    content["note"] = quoted_note;
    content["token"] = fingerprint;
    content["events"] = times;
    content["first"] = tools::record_time(begin->event.time);
    content["last"] = tools::record_time(end->event.time);
    json::array counted;
    for (const auto& [cause, count] : causes)
        if (counted.size() < 10)
            counted.push_back(json::object{{"cause", cause}, {"count", count}});
    content["causes"] = std::move(counted);
    content["findings"] = json::array();
    json::object card = card_of(*end);
    json::object quoted;
    if (const json::object* const said = card["quoted"].if_object())
        for (const char* const name : {"scheme", "source", "jwt"})
            if (const json::value* const value = said->if_contains(name)) quoted[name] = *value;
    content["quoted"] = std::move(quoted);
    return outcome;
}

// A kid, an issuer and an audience may look like secrets and are none.
std::vector<std::string> identifiers_in(const json::object& explained) {
    const json::value* const jwt = explained.if_contains("jwt");
    if (jwt == nullptr || !jwt->is_object()) return {};
    std::vector<std::string> kept;
    for (const char* const name : {"kid", "iss", "azp"})
        kept.push_back(member(jwt->get_object(), name));
    for (std::string& audience : texts_in(jwt->get_object(), "aud"))
        kept.push_back(std::move(audience));
    return kept;
}

// `whogoes explain -o json`, its words sorted by whose they are.
Outcome rearranged(const std::string& text) {
    boost::system::error_code error;
    const json::value told = json::parse(text, error);
    if (error || !told.is_object()) return failed("the credential could not be read");
    const json::object& explained = told.get_object();
    const Quoter quoter(identifiers_in(explained));
    Outcome outcome;
    json::object& content = outcome.content;
    json::object quoted;
    content["note"] = quoted_note;
    if (const std::string token = member(explained, "token"); !as_fingerprint(token).empty())
        content["token"] = token;
    for (const char* const name : {"kind", "bytes"})
        if (const json::value* const value = explained.if_contains(name)) content[name] = *value;
    quoter.add(quoted, "scheme", member(explained, "scheme"), 60);
    quoter.add(quoted, "field", member(explained, "field"), 60);
    if (const json::value* const jwt = explained.if_contains("jwt"))
        quoted["jwt"] = quoter.all_of(*jwt);
    json::array findings, evidence;
    if (const json::value* const list = explained.if_contains("findings"))
        for (const json::value& one : list->get_array()) {
            const json::object& finding = one.get_object();
            json::object row;
            row["cause"] = member(finding, "id");
            for (const char* const name : {"summary", "confidence", "docs"})
                row[name] = member(finding, name);
            row["fix"] = member(finding, "advice");
            findings.push_back(std::move(row));
            evidence.emplace_back(quoter.text(member(finding, "words")));
        }
    content["findings"] = std::move(findings);
    if (!evidence.empty()) quoted["evidence"] = std::move(evidence);
    content["quoted"] = std::move(quoted);
    return outcome;
}

// The credential that was meant; the flaw says why there is none.
std::string credential_of(const json::object& arguments, const Sources& sources,
                          std::string& flaw) {
    if (const std::string name = text_in(arguments, "variable"); !name.empty()) {
        if (!sources.variable) {
            flaw = "variable is for `whogoes mcp` on this machine: over HTTP give a fingerprint";
            return {};
        }
        std::string value = sources.variable(name);
        if (value.empty())
            flaw = "there is no such variable in the environment that whogoes mcp was started in";
        return value;
    }
    if (const std::string path = text_in(arguments, "file"); !path.empty()) {
        if (!sources.file) {
            flaw = "file is for `whogoes mcp` on this machine: over HTTP give a fingerprint";
            return {};
        }
        const auto value = sources.file(path);
        if (!value || value->empty()) flaw = "the file is not there, empty, or larger than 64 KiB";
        return value.value_or(std::string());
    }
    return text_in(arguments, "credential");
}

}  // namespace

Outcome explain_token(const json::object& arguments, const Sources& sources, Abandoned) {
    std::size_t given = 0;
    for (const char* const name : {"fingerprint", "variable", "file", "credential"})
        given += text_in(arguments, name).empty() ? 0 : 1;
    if (given != 1)
        return failed(
            "give one of fingerprint, variable, file and credential; a fingerprint or "
            "the name of a variable keeps the credential out of this conversation");
    if (const std::string fingerprint = text_in(arguments, "fingerprint"); !fingerprint.empty())
        return from_log(fingerprint, sources);
    std::string flaw;
    tools::ExplainRequest request;
    request.credential = credential_of(arguments, sources, flaw);
    if (!flaw.empty()) return failed(flaw);
    request.expected = sources.expected;
    if (const std::string issuer = text_in(arguments, "issuer"); !issuer.empty())
        request.expected.issuer = issuer;
    if (const std::string audience = text_in(arguments, "audience"); !audience.empty())
        request.expected.audiences = {audience};
    if (sources.fingerprint_key) request.fingerprint_key = sources.fingerprint_key();
    request.json = true;
    const tools::Explained explained = tools::explain(request, sources.now());
    if (explained.exit_code == 2)
        return failed(
            "no credential is in what was given: a token, a header's value, a whole "
            "header line or a curl command is one");
    return rearranged(explained.text);
}

}  // namespace whogoes::mcp
