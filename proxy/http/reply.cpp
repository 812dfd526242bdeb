#include "proxy/http/reply.hpp"

#include "proxy/http/escape.hpp"
#include "proxy/http/field_line.hpp"

#include <algorithm>

namespace whogoes::http {
namespace {

struct Phrase {
    int status;
    std::string_view words;
};

constexpr Phrase phrases[] = {
    {200, "OK"},
    {204, "No Content"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {417, "Expectation Failed"},
    {419, "Authentication Timeout"},
    {421, "Misdirected Request"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {508, "Loop Detected"},
};

std::string json_body(const OwnReply& reply) {
    std::string body = "{\"error\":\"";
    body += reason_phrase(reply.status);
    body += "\",\"message\":\"";
    append_json(body, reply.message);
    body += "\",\"status\":";
    body += std::to_string(reply.status);
    body += ",\"source\":\"whogoes\"}";
    return body;
}

std::string html_body(const OwnReply& reply) {
    const std::string title =
        std::to_string(reply.status) + " " + std::string(reason_phrase(reply.status));
    std::string body = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>";
    body += title;
    body += "</title>\n<h1>";
    body += title;
    body += "</h1>\n<p>";
    append_html(body, reply.message);
    body += "</p>\n<p>This answer is from whogoes, the proxy, and not from the API.</p>\n</html>\n";
    return body;
}

// The q parameter of an element of Accept (RFC 9110, 12.4.2); 1000: none, or unreadable.
int weight_in_thousandths(std::string_view element) {
    constexpr int whole = 1000;
    std::size_t semicolon = element.find(';');
    while (semicolon != std::string_view::npos) {
        const std::size_t next = element.find(';', semicolon + 1);
        const std::string_view parameter = trimmed(element.substr(
            semicolon + 1, next == std::string_view::npos ? next : next - semicolon - 1));
        semicolon = next;
        if (parameter.size() < 3 || !same_word(parameter.substr(0, 2), "q=")) continue;
        if (parameter[2] != '0') return whole;
        int weight = 0;
        int place = 100;
        for (const char c : parameter.substr(std::min<std::size_t>(parameter.size(), 4))) {
            if (!is_digit(c) || place == 0) break;
            weight += (c - '0') * place;
            place /= 10;
        }
        return weight;
    }
    return whole;
}

// The q of the most specific range that matches type/subtype; 0: not acceptable.
int quality(std::string_view accept, std::string_view type, std::string_view subtype) {
    int best = 0;
    int best_precision = -1;
    each_element(accept, [&](std::string_view element) {
        const std::string_view range = trimmed(element.substr(0, element.find(';')));
        const std::size_t slash = range.find('/');
        if (slash == std::string_view::npos) return;
        const std::string_view left = range.substr(0, slash);
        const std::string_view right = range.substr(slash + 1);
        int precision = -1;
        if (left == "*" && right == "*") precision = 0;
        if (same_word(left, type) && right == "*") precision = 1;
        if (same_word(left, type) && same_word(right, subtype)) precision = 2;
        if (precision <= best_precision) return;
        best_precision = precision;
        best = weight_in_thousandths(element);
    });
    return best;
}

}  // namespace

std::string_view reason_phrase(int status) noexcept {
    for (const Phrase& phrase : phrases) {
        if (phrase.status == status) return phrase.words;
    }
    return status >= 500 ? "Server Error" : "Error";
}

bool prefers_html(std::string_view accept) noexcept {
    return quality(accept, "text", "html") > quality(accept, "application", "json");
}

std::string render(const OwnReply& reply, std::string_view http_date) {
    const bool html = prefers_html(reply.accept);
    const std::string body = html ? html_body(reply) : json_body(reply);
    std::string text = "HTTP/1.1 ";
    text.append(std::to_string(reply.status)).append(" ").append(reason_phrase(reply.status));
    text += "\r\n";
    if (!http_date.empty()) append_field(text, "Date", http_date);
    text +=
        html ? "Content-Type: text/html; charset=utf-8\r\n" : "Content-Type: application/json\r\n";
    append_field(text, "Content-Length", std::to_string(body.size()));
    text += "Cache-Control: no-store\r\n";
    if (html) text += "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
    if (!reply.allow.empty()) append_field(text, "Allow", reply.allow);
    if (reply.close) text += "Connection: close\r\n";
    text += reply.lines;
    text += "\r\n";
    if (!reply.head_only) text += body;
    return text;
}

}  // namespace whogoes::http
