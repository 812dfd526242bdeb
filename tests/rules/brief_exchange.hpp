#pragma once

#include "rules/exchange.hpp"

#include <algorithm>
#include <string>
#include <string_view>

// An exchange told in two short texts, for tables of rows:
//   "GET /v1/items\nAuthorization: Bearer abc\n\nform=body"
//   "401\nWWW-Authenticate: Bearer realm=\"api\"\n\n{\"status\":401}"
// Host is added. The client dialled http://localhost:8401, the API is https://api.example.test, and
// it is 2026-09-21T14:13:20Z. The texts must outlive it.
namespace whogoes::rules {

inline constexpr TimePoint noon{std::chrono::seconds(1790000000)};

struct BriefExchange {
    BriefExchange(std::string_view request, std::string_view response) {
        exchange.request.fields.add("Host", "localhost:8401");
        exchange.place.client_origin = "http://localhost:8401";
        exchange.place.upstream_origin = "https://api.example.test";
        exchange.answered_at = noon;
        exchange.expected = &expected;

        const std::string_view request_line = take_line(request);
        const std::size_t space = request_line.find(' ');
        exchange.request.method = request_line.substr(0, space);
        exchange.request.target = request_line.substr(space + 1);
        const std::size_t mark = exchange.request.target.find('?');
        exchange.request.path = exchange.request.target.substr(0, mark);
        if (mark != std::string_view::npos)
            exchange.request.query = exchange.request.target.substr(mark + 1);
        read_fields(request, exchange.request.fields);
        (request.starts_with('{') ? exchange.request.json_body : exchange.request.form_body) =
            request;

        const std::string_view status_line = take_line(response);
        exchange.response.status = std::stoi(std::string(status_line));
        exchange.response.reason = status_line.substr(std::min<std::size_t>(4, status_line.size()));
        read_fields(response, exchange.response.fields);
        exchange.response.body = response;
        exchange.response.body_evidence = BodyEvidence::whole;
    }
    BriefExchange(const BriefExchange&) = delete;
    BriefExchange& operator=(const BriefExchange&) = delete;

    Expectations expected;
    Exchange exchange;  // read() is the caller's, once everything is set

private:
    static std::string_view take_line(std::string_view& text) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        return line;
    }

    static void read_fields(std::string_view& text, Fields& fields) {
        while (!text.empty()) {
            const std::string_view line = take_line(text);
            if (line.empty()) return;
            const std::size_t colon = line.find(':');
            std::string_view value = line.substr(colon + 1);
            while (value.starts_with(' ')) value.remove_prefix(1);
            fields.add(line.substr(0, colon), value);
        }
    }
};

}  // namespace whogoes::rules
