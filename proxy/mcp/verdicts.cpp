#include "proxy/mcp/arguments.hpp"
#include "proxy/mcp/quoted.hpp"
#include "proxy/mcp/tool.hpp"
#include "proxy/net/address.hpp"
#include "proxy/tools/causes.hpp"
#include "proxy/tools/lint.hpp"
#include "rules/text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <optional>
#include <utility>

// `lint`, `causes` and `simulate`: what the verbs of these names do.
namespace whogoes::mcp {
namespace {

constexpr std::chrono::milliseconds patience{5000};  // with one URL
constexpr std::size_t most_exchanges = 10;

std::string host_of(std::string_view origin) {
    std::string_view authority = origin.substr(origin.find("://") + 3);
    if (authority.starts_with('['))
        return std::string(authority.substr(1, authority.find(']') - 1));
    return std::string(authority.substr(0, authority.find(':')));
}

// Names below localhost are left out: the system may ask somebody else for them.
bool is_loopback(std::string_view origin) {
    const std::string host = host_of(origin);
    const auto endpoints = net::literal_endpoints(host, 1);
    const bool literal = rules::iequals(host, "localhost") || !net::is_loopback_name(host);
    return literal && !endpoints.empty() &&
           std::all_of(endpoints.begin(), endpoints.end(),
                       [](const net::Endpoint& endpoint) { return endpoint.loopback(); });
}

// The URL that is asked; empty: it is not for us to ask.
std::string url_to_ask(const std::string& given, const std::string& upstream) {
    const auto own = tools::split_url(upstream);
    if (given.starts_with('/') && !given.starts_with("//")) return own ? own->origin + given : "";
    const auto url = tools::split_url(given);
    if (!url) return {};
    return (own && own->origin == url->origin) || is_loopback(url->origin)
               ? url->origin + url->target
               : std::string();
}

json::value picked(const json::object& from, std::initializer_list<const char*> names) {
    json::object out;
    for (const char* const name : names)
        if (const json::value* const value = from.if_contains(name)) out[name] = *value;
    return out;
}

void take_words(const json::object& finding, const Quoter& quoter, json::array& evidence) {
    const json::value* const words = finding.if_contains("words");
    if (words != nullptr && words->is_string() && !words->get_string().empty())
        evidence.emplace_back(quoter.text(words->get_string()));
}

json::object exchange_row(const json::object& judged) {
    const Quoter quoter;
    json::object row, quoted;
    json::array evidence, rows;
    row["status"] = judged.at("status");
    row["verdict"] = judged.at("verdict");
    row["cause"] = nullptr;
    if (const json::object* const cause = judged.at("cause").if_object()) {
        json::object one =
            picked(*cause, {"id", "summary", "confidence", "who_acts", "docs"}).get_object();
        one["fix"] = cause->at("advice");
        row["cause"] = std::move(one);
        take_words(*cause, quoter, evidence);
    }
    for (const json::value& value : judged.at("violations").get_array()) {
        const json::object& violation = value.get_object();
        json::object one =
            picked(violation, {"id", "severity", "section", "summary", "docs"}).get_object();
        one["fix"] = violation.at("advice");
        rows.push_back(std::move(one));
        take_words(violation, quoter, evidence);
    }
    row["rules"] = std::move(rows);
    if (const json::value* const remark = judged.if_contains("remark")) row["remark"] = *remark;
    quoter.add(quoted, "method", judged.at("method").get_string(), 30);
    quoter.add(quoted, "path", judged.at("path").get_string());
    if (!evidence.empty()) quoted["evidence"] = std::move(evidence);
    quoter.add(quoted, "clients", texts_in(judged, "clients"));
    row["quoted"] = std::move(quoted);
    return row;
}

json::value row_in_full(const json::object& row) {
    json::object out = picked(row, {"kind", "id", "summary", "severity", "level", "who_acts",
                                    "example", "status_due", "certain_when", "section", "docs"})
                           .get_object();
    out["fix"] = row.at("advice");
    if (const json::value* const systems = row.if_contains("systems")) {
        json::array first;
        for (const json::value& system : systems->get_array())
            if (first.size() < 8) first.push_back(system);
        out["told_by"] = std::move(first);
    }
    if (const json::value* const sample = row.if_contains("case"))
        if (sample->is_object()) out["case"] = *sample;
    return out;
}

}  // namespace

Outcome lint_urls(const json::object& arguments, const Sources& sources, Abandoned abandoned) {
    const std::string upstream = sources.upstream ? sources.upstream() : std::string();
    tools::LintRequest request;
    for (const std::string& given : texts_in(arguments, "urls")) {
        std::string url = url_to_ask(given, upstream);
        if (url.empty())
            return failed(
                "lint asks this machine (localhost, 127.0.0.1, [::1]) and the "
                "configured upstream alone: give such a URL, or a path such as /v1/orders" +
                std::string(upstream.empty() ? " once an upstream is configured" : ""));
        request.inputs.push_back(std::move(url));
    }
    if (request.inputs.empty()) return failed("urls is empty");
    if (const std::string method = text_in(arguments, "method"); !method.empty())
        request.method = method;
    request.headers = texts_in(arguments, "headers");
    request.timeout = patience;
    request.form = tools::LintForm::json;
    request.abandoned = abandoned;
    const tools::Linted linted = tools::lint(request, sources.now());
    if (!linted.error.empty()) return failed(linted.error);
    const json::value told = json::parse(linted.text);
    Outcome outcome;
    json::object& content = outcome.content;
    content["note"] = quoted_note;
    for (const char* const name : {"answers", "errors", "warnings", "notes", "failed"})
        content[name] = told.at(name);
    json::array rows;
    for (const json::value& judged : told.at("exchanges").get_array())
        if (rows.size() < most_exchanges) rows.push_back(exchange_row(judged.get_object()));
    content["exchanges"] = std::move(rows);
    return outcome;
}

Outcome tell_causes(const json::object& arguments, const Sources&, Abandoned) {
    const std::string word = text_in(arguments, "word");
    const auto text = tools::causes(word, tools::CauseFormat::json);
    if (!text)
        return failed("that is no cause, no rule and no word of one" + tools::nearest_cause(word));
    const json::value told = json::parse(*text);
    json::array rows;
    const auto take = [&](const json::value& row, bool in_full) {
        rows.push_back(in_full ? row_in_full(row.get_object())
                               : picked(row.get_object(), {"kind", "id", "summary"}));
    };
    if (told.is_array()) {
        const bool few = told.get_array().size() <= 3;
        for (const json::value& row : told.get_array()) take(row, few);
    } else {
        take(told, true);
    }
    Outcome outcome;
    outcome.content["total"] = rows.size();
    outcome.content["rows"] = std::move(rows);
    return outcome;
}

Outcome simulate(const json::object& arguments, const Sources& sources, Abandoned) {
    report::SimulationWish wish;
    wish.cause = text_in(arguments, "cause");
    wish.match = text_in(arguments, "match");
    wish.duration = text_in(arguments, "for");
    const report::SimulationOutcome done = sources.simulate(wish);
    if (done.status != 200) return failed(done.words);
    Outcome outcome;
    outcome.content["message"] = done.words;
    return outcome;
}

}  // namespace whogoes::mcp
