#include "tests/support/rig_message.hpp"

#include <cstdio>
#include <cstdlib>
#include <strings.h>

namespace whogoes::support {
namespace {

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return std::string(text);
}

std::string word(const std::string& line, int index) {
    std::size_t begin = 0;
    while (index-- > 0) begin = line.find(' ', begin) + 1;
    return line.substr(begin, line.find(' ', begin) - begin);
}

void read_chunks(Wire& wire, Message& message) {
    for (;;) {
        const std::string line = wire.read_through("\r\n");
        message.raw_body += line;
        const std::size_t octets = std::strtoul(line.c_str(), nullptr, 16);
        if (octets == 0) break;
        const std::string data = wire.read_exactly(octets);
        message.body += data;
        message.raw_body += data + wire.read_exactly(2);
    }
    for (;;) {
        const std::string line = wire.read_through("\r\n");
        message.raw_body += line;
        if (line == "\r\n") return;
        message.trailers += line;
    }
}

bool read_framed_body(Wire& wire, Message& message) {
    if (same(message.field("Transfer-Encoding"), "chunked")) {
        read_chunks(wire, message);
        return true;
    }
    if (!message.has("Content-Length")) return false;
    message.body =
        wire.read_exactly(std::strtoul(message.field("Content-Length").c_str(), nullptr, 10));
    message.raw_body = message.body;
    return true;
}

}  // namespace

std::string Message::start_line() const { return head.substr(0, head.find("\r\n")); }
int Message::status() const { return std::atoi(word(start_line(), 1).c_str()); }
std::string Message::method() const { return word(start_line(), 0); }
std::string Message::target() const { return word(start_line(), 1); }

std::vector<std::string> Message::fields(std::string_view name) const {
    std::vector<std::string> values;
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos && at + 2 < head.size()) {
        const std::size_t end = head.find("\r\n", at + 2);
        const std::string line = head.substr(at + 2, end - at - 2);
        const std::size_t colon = line.find(':');
        if (colon != std::string::npos && same(line.substr(0, colon), name))
            values.push_back(trimmed(std::string_view(line).substr(colon + 1)));
        at = end;
    }
    return values;
}

std::string Message::field(std::string_view name) const {
    const std::vector<std::string> values = fields(name);
    return values.empty() ? "" : values.front();
}

Message read_head(Wire& wire) {
    Message message;
    message.head = wire.read_through("\r\n\r\n");
    return message;
}

void read_request_body(Wire& wire, Message& message) { read_framed_body(wire, message); }

void read_reply_body(Wire& wire, Message& message, std::string_view method) {
    const int status = message.status();
    if (method == "HEAD" || status < 200 || status == 204 || status == 304) return;
    if (!read_framed_body(wire, message)) message.raw_body = message.body = wire.read_to_end();
}

std::string answer(int status, std::string_view fields, std::string_view body) {
    std::string text = "HTTP/1.1 " + std::to_string(status) + " Status\r\n";
    text.append(fields);
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    return text.append(body);
}

std::string ok(std::string_view body, std::string_view fields) { return answer(200, fields, body); }

std::string get(std::string_view target, std::string_view fields) {
    std::string text = "GET ";
    text.append(target).append(" HTTP/1.1\r\nHost: client.example\r\n").append(fields);
    return text.append("\r\n");
}

std::string post(std::string_view target, std::string_view body, std::string_view fields) {
    std::string text = "POST ";
    text.append(target).append(" HTTP/1.1\r\nHost: client.example\r\n").append(fields);
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    return text.append(body);
}

std::string chunk(std::string_view data) {
    if (data.empty()) return "0\r\n\r\n";
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", data.size());
    return size + std::string(data) + "\r\n";
}

}  // namespace whogoes::support
