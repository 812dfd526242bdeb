#include "proxy/dialects/staged.hpp"

#include "rules/text.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <optional>
#include <utility>

namespace whogoes::dialects {

using namespace rules;

namespace {

constexpr std::size_t longest_body = 64 * 1024;
constexpr std::size_t longest_form = 4 * 1024;

std::int64_t now() {
    return std::chrono::floor<std::chrono::seconds>(case_time).time_since_epoch().count();
}

// Signed by nobody: 256 octets, as RS256 has them.
std::string made_up_signature() {
    std::string octets;
    for (unsigned i = 0; i < 256; ++i) octets += static_cast<char>((i * 167U + 13U) & 0xffU);
    return base64url_of(octets);
}

std::string token(std::string_view type, std::string_view more, std::int64_t issued) {
    const std::string header = R"({"alg":"RS256","typ":")" + std::string(type) + R"(","kid":"k1"})";
    const std::string claims = R"({"iss":"https://issuer.example.test","sub":"user-17",)" +
                               std::string(more) + R"(,"iat":)" + std::to_string(issued) +
                               R"(,"exp":)" + std::to_string(issued + 3600) + "}";
    return base64url_of(header) + "." + base64url_of(claims) + "." + made_up_signature();
}

std::string access_token(std::int64_t issued) {
    return token("JWT", R"("aud":"https://api.example.test","scope":"read","jti":"t-1")", issued);
}

std::string http_date() {
    const std::time_t seconds = now();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

// Empty: nothing stands for this name.
std::string value_of(std::string_view name) {
    if (name == "JWT") return access_token(now() - 600);
    if (name == "EXPIRED_JWT") return access_token(now() - 4 * 3600);
    if (name == "OPAQUE") return "q7Lm2vX9sT4cR8wK1nB5dF3gH6jM0pZy";
    if (name == "ID_TOKEN")
        return token("JWT",
                     R"("aud":"web-client","nonce":"n-1","at_hash":"q7Lm2vX9sT4cR8wK1nB5dA",)"
                     R"("auth_time":1789999000,"email":"user@example.test")",
                     now() - 600);
    if (name == "NOW") return std::to_string(now());
    if (name == "DATE") return http_date();
    if (!name.starts_with("EARLIER:")) return {};
    std::int64_t ago = 0;
    const std::string_view number = name.substr(8);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), ago);
    const bool whole = error == std::errc() && end == number.data() + number.size();
    return whole ? std::to_string(now() - ago) : std::string();
}

// With CRLF at the end of each line of the head, and the octets of the body counted.
std::string as_message(std::string_view raw, std::string_view what) {
    const std::string text = filled_in(raw);
    std::string head;
    std::string_view rest = text;
    bool counted = false;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == npos ? rest.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) break;
        counted = counted || istarts_with(line, "content-length:") ||
                  istarts_with(line, "transfer-encoding:");
        head.append(line).append("\r\n");
    }
    if (head.empty()) throw MessageError("the " + std::string(what) + " has no start line");
    // YAML's own, behind the last line.
    if (rest.ends_with('\n')) rest.remove_suffix(1);
    if (!counted && (!rest.empty() || what == "response"))
        head += "Content-Length: " + std::to_string(rest.size()) + "\r\n";
    return head + "\r\n" + std::string(rest);
}

struct Parts {
    std::string_view start_line{};
    Fields fields{};
    std::string_view body{};
};

Parts parts_of_message(std::string_view text, std::string_view what) {
    Parts parts;
    parts.start_line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(parts.start_line.size() + 2);
    while (!text.starts_with("\r\n")) {
        const std::string_view line = text.substr(0, text.find("\r\n"));
        const std::size_t colon = line.find(':');
        if (colon == npos)
            throw MessageError("the " + std::string(what) + " has a line without a colon: '" +
                               std::string(line.substr(0, 40)) + "'");
        parts.fields.add(line.substr(0, colon), trim(line.substr(colon + 1)));
        text.remove_prefix(line.size() + 2);
    }
    parts.body = text.substr(2);
    return parts;
}

}  // namespace

std::string filled_in(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find("${");
        const std::size_t close = open == npos ? npos : text.find('}', open);
        if (close == npos) break;
        const std::string value = value_of(text.substr(open + 2, close - open - 2));
        out += text.substr(0, open);
        out += value.empty() ? std::string(text.substr(open, close + 1 - open)) : value;
        text.remove_prefix(close + 1);
    }
    return out.append(text);
}

Staged::Staged(std::string_view request, std::string_view response, std::string_view upstream,
               TimePoint answered_at)
    : request_(as_message(request, "request")), response_(as_message(response, "response")) {
    read_request();
    read_response();
    const std::string_view host = exchange.request.fields.first("Host").value_or("localhost:8401");
    exchange.place.client_origin = "http://" + std::string(host);
    exchange.place.upstream_origin = upstream;
    exchange.answered_at = answered_at;
}

void Staged::read_request() {
    const Parts parts = parts_of_message(request_, "request");
    Request& request = exchange.request;
    const std::size_t first = parts.start_line.find(' ');
    const std::size_t last = parts.start_line.rfind(' ');
    if (first == npos || last == first)
        throw MessageError("the request's first line is not like 'GET /path HTTP/1.1'");
    request.method = parts.start_line.substr(0, first);
    request.target = parts.start_line.substr(first + 1, last - first - 1);
    const std::size_t mark = request.target.find('?');
    request.path = request.target.substr(0, mark);
    request.query = mark == npos ? "" : request.target.substr(mark + 1);
    request.fields = parts.fields;
    request.client = "127.0.0.1";
    const std::string_view type = parts.fields.first("Content-Type").value_or("");
    if (istarts_with(type, "application/x-www-form-urlencoded"))
        request.form_body = parts.body.substr(0, longest_form);
    if (icontains(type.substr(0, type.find(';')), "json"))
        request.json_body = parts.body.substr(0, longest_form);
}

void Staged::read_response() {
    const Parts parts = parts_of_message(response_, "response");
    Response& response = exchange.response;
    const std::size_t space = parts.start_line.find(' ');
    const std::string_view status =
        space == npos ? std::string_view() : parts.start_line.substr(space + 1, 3);
    std::from_chars(status.data(), status.data() + status.size(), response.status);
    if (response.status < 100)
        throw MessageError("the response's first line is not like 'HTTP/1.1 401 Unauthorized'");
    response.fields = parts.fields;
    response.body = parts.body.substr(0, longest_body);
    response.body_evidence =
        parts.body.size() > longest_body ? BodyEvidence::partial : BodyEvidence::whole;
}

}  // namespace whogoes::dialects
