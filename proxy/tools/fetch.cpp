#include "proxy/tools/fetch.hpp"

#include "proxy/http/coding.hpp"
#include "proxy/http/rpc_end.hpp"
#include "proxy/upstream/fetch.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::tools {
namespace {

using Outcome = rules::Result<Recorded, std::string>;

constexpr std::size_t most_sent_octets = 4 * 1024;  // that are judged

std::string_view usual_type(std::string_view body) {
    return body.starts_with('{') || body.starts_with('[') ? "application/json"
                                                          : "application/x-www-form-urlencoded";
}

upstream::FetchRequest wanted(const FetchRequest& request, upstream::FetchUrl url) {
    upstream::FetchRequest wanted;
    wanted.url = std::move(url);
    wanted.method = request.method;
    wanted.user_agent = "whogoes-lint";
    wanted.accept = "*/*";
    wanted.fields = request.fields;
    wanted.body = net::Secret(request.body);
    if (!request.body.empty()) wanted.content_type = usual_type(request.body);
    wanted.most_octets = request.most_body;
    wanted.cut = true;
    wanted.timeout = request.timeout;
    wanted.verify = request.verify;
    wanted.protocol = upstream::Protocol::auto_;
    wanted.abandoned = request.abandoned;
    return wanted;
}

std::string failure(const upstream::Fetched& fetched, const std::string& origin) {
    using Stage = upstream::Fetched::Stage;
    const std::string& why = fetched.reason.empty() ? fetched.error : fetched.reason;
    switch (fetched.stage) {
        case Stage::resolving:
        case Stage::connecting:
            return "cannot reach " + origin + ": " + why;
        case Stage::trusting:
            return "cannot trust " + origin + ": " + why;
        case Stage::shaking_hands:
            if (fetched.distrusted)
                return "the certificate of " + origin + " is not trusted: " + why;
            return "the TLS handshake with " + origin + " failed: " + why;
        case Stage::answering:
            break;
    }
    return "no readable answer from " + origin + ": " + why;
}

std::string_view first_of(const std::vector<NameValue>& fields, std::string_view name) {
    for (const auto& [field, value] : fields)
        if (rules::iequals(field, name)) return value;
    return {};
}

Recorded record(const FetchRequest& request, const SplitUrl& url, upstream::Fetched fetched) {
    Recorded recorded;
    recorded.method = request.method;
    recorded.target = url.target;
    recorded.origin = url.origin;
    recorded.request_known = recorded.fetched = true;
    recorded.request_fields = std::move(fetched.sent);
    const bool form = rules::istarts_with(first_of(recorded.request_fields, "Content-Type"),
                                          "application/x-www-form-urlencoded");
    (form ? recorded.form_body : recorded.other_body) = request.body.substr(0, most_sent_octets);
    recorded.status = fetched.status;
    recorded.response_fields = std::move(fetched.fields);
    http::each_trailer(fetched.trailers, [&](std::string_view name, std::string_view value) {
        recorded.trailers.emplace_back(name, value);
    });
    const std::string_view coding = first_of(recorded.response_fields, "Content-Encoding");
    const auto decoded = http::decoded(coding, fetched.body, request.most_body);
    recorded.keep_body(decoded ? *decoded : fetched.body, request.most_body);
    if (!fetched.whole) recorded.body_evidence = rules::BodyEvidence::partial;
    return recorded;
}

}  // namespace

rules::Result<Recorded, std::string> fetch(const FetchRequest& request) {
    const auto url = split_url(request.url);
    // Whoever wrote a name and a password into it wrote them for a browser.
    auto to = url ? upstream::parse_fetch_url(url->origin) : std::nullopt;
    if (!to || url->target.find(' ') != std::string::npos)
        return Outcome(boost::system::in_place_error,
                       "that URL cannot be asked: write http:// or https://, a host without a "
                       "user name, and a port of 1 to 65535 where it is not the usual one");
    to->target = url->target;
    upstream::Fetched fetched = upstream::fetch_now(wanted(request, std::move(*to)));
    if (fetched.status == 0)
        return Outcome(boost::system::in_place_error, failure(fetched, url->origin));
    return record(request, *url, std::move(fetched));
}

}  // namespace whogoes::tools
