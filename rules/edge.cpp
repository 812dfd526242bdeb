#include "rules/edge.hpp"

#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"
#include "rules/text.hpp"

namespace whogoes::rules {
namespace {

bool has_field_beginning_with(const Fields& fields, std::string_view prefix) {
    for (const Field& line : fields.lines())
        if (istarts_with(line.name, prefix)) return true;
    return false;
}

}  // namespace

std::string_view firewall_mark(const Exchange& exchange) {
    const Fields& fields = exchange.response.fields;
    if (iequals(fields.first("cf-mitigated").value_or(""), "challenge"))
        return "cf-mitigated: challenge";
    if (has_field_beginning_with(fields, "x-amzn-waf-")) return "an x-amzn-waf- field";
    // A block page of what its marks gave away, which stands before the API.
    const Told* const told = exchange.heard.told_of(cause_with(Trait::by_firewall).id);
    if (told && told->by_system() && told->by->layer == Layer::edge && !exchange.heard.json &&
        !told->saying->weak)
        return told->by->name;
    return {};
}

std::string_view throttle_mark(const Exchange& exchange) {
    for (const Field& line : exchange.response.fields.lines()) {
        if (iequals(line.name, "Retry-After")) return "Retry-After";
        if (iends_with(line.name, "-Remaining") && line.value == "0" &&
            icontains(line.name, "RateLimit"))
            return line.name;
        if (iequals(line.name, "X-Rate-Limit-Remaining") && line.value == "0") return line.name;
        // The list and the structured form of the same draft.
        if (iequals(line.name, "RateLimit") &&
            (icontains(line.value, "remaining=0") || icontains(line.value, ";r=0")))
            return line.name;
    }
    return {};
}

std::string_view aws_error_type(const Exchange& exchange) {
    const std::string_view type = exchange.response.fields.first("x-amzn-ErrorType").value_or("");
    return type.substr(0, type.find(':'));
}

}  // namespace whogoes::rules
