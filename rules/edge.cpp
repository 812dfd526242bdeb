#include "rules/edge.hpp"

#include "rules/exchange.hpp"
#include "rules/text.hpp"

namespace whogoes::rules {
namespace {

bool has_field_beginning_with(const Fields& fields, std::string_view prefix) {
    for (const Field& line : fields.lines())
        if (istarts_with(line.name, prefix)) return true;
    return false;
}

bool is_html(const Exchange& exchange) {
    return icontains(exchange.response.fields.first("Content-Type").value_or(""), "html") ||
           exchange.response.body.find('<') != npos;
}

}  // namespace

std::string_view firewall_mark(const Exchange& exchange) {
    const Fields& fields = exchange.response.fields;
    const Heard& heard = exchange.heard;
    if (iequals(fields.first("cf-mitigated").value_or(""), "challenge"))
        return "cf-mitigated: challenge";
    if (has_field_beginning_with(fields, "x-amzn-waf-")) return "an x-amzn-waf- field";
    // A phrase comes from a page, so the cheaper question first.
    if (!heard.anything() || heard.json) return {};
    if (heard.says(Wording::firewall)) return "the words of a block page";
    const std::string_view server = fields.first("Server").value_or("");
    if (heard.says(Wording::cloudflare_block) && icontains(server, "cloudflare"))
        return "an error number of Cloudflare's own";
    if (heard.says(Wording::akamai_block) && iequals(server, "AkamaiGHost"))
        return "AkamaiGHost with \"Access Denied\"";
    const bool through_cloudfront = icontains(server, "CloudFront") ||
                                    icontains(fields.first("Via").value_or(""), "cloudfront") ||
                                    icontains(fields.first("X-Cache").value_or(""), "cloudfront");
    if (heard.says(Wording::cloudfront_block) && (through_cloudfront || is_html(exchange)))
        return "CloudFront's page \"The request could not be satisfied\"";
    if (heard.says(Wording::azure_block) && fields.has("X-Azure-Ref"))
        return "the block page of Azure Front Door";
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
