#include "proxy/h2/field_block.hpp"

#include "proxy/http/octets.hpp"

#include <algorithm>
#include <charconv>

namespace whogoes::h2 {
namespace {

constexpr std::size_t field_overhead = 32;  // RFC 9113, 6.5.2
constexpr std::size_t usual_lines = 1024;

// What ends a line; other controls are refused where the head is parsed.
bool may_stand_in_a_line(std::string_view text) noexcept {
    return text.find('\n') == text.npos && text.find('\r') == text.npos &&
           text.find('\0') == text.npos;
}

bool is_pseudo_value(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return http::is_control(c) || http::is_blank(c); });
}

bool carries_content(std::string_view method) noexcept {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

void append_line(std::string& lines, std::string_view name, std::string_view value) {
    lines.append(name).append(": ").append(value).append("\r\n");
}

bool is_of_the_connection(std::string_view name) noexcept {
    return name == "connection" || name == "keep-alive" || name == "proxy-connection" ||
           name == "upgrade" || name == "http2-settings";
}

// Takes the next line off, without its CRLF.
std::string_view next_line(std::string_view& text) noexcept {
    const std::size_t end = std::min(text.find("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    return line;
}

Field field_of(std::string_view line, std::string& head) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::size_t begin = static_cast<std::size_t>(line.data() - head.data());
    for (std::size_t i = begin; i < begin + colon; ++i) head[i] = http::lower(head[i]);
    return {line.substr(0, colon), http::trimmed(line.substr(std::min(colon + 1, line.size())))};
}

void take_fields(SplitHead& split, std::string_view rest, std::string& head) {
    while (!rest.empty()) {
        const std::string_view line = next_line(rest);
        if (line.empty()) break;
        const Field field = field_of(line, head);
        if (field.name == "transfer-encoding") split.chunked = true;
        if (field.name == "content-length") split.length = field.value;
        if (field.name == "host") split.host = field.value;
        if (field.name == "transfer-encoding" || field.name == "host" ||
            is_of_the_connection(field.name) ||
            (field.name == "te" && !http::same_word(field.value, "trailers")))
            continue;
        split.fields.push_back(field);
    }
}

}  // namespace

void FieldBlock::add(std::string_view name, std::string_view value) {
    size_ += name.size() + value.size() + field_overhead;
    if (too_large() || malformed_) return;
    if (!name.empty() && name.front() == ':') return add_pseudo(name, value);
    if (!http::is_token(name) || !may_stand_in_a_line(value)) {
        malformed_ = true;
        return;
    }
    if (name == "cookie") {  // RFC 9113, 8.2.3: crumbs are one cookie
        if (!cookies_.empty()) cookies_ += "; ";
        cookies_ += value;
        return;
    }
    if (name == "host") {
        if (!host_.empty() && host_ != value) malformed_ = true;
        host_ = value;
        return;
    }
    if (name == "transfer-encoding" || is_of_the_connection(name)) {
        malformed_ = true;
        return;
    }
    if (name == "content-length") {
        malformed_ = malformed_ || (!length_.empty() && length_ != value) || value.empty();
        length_ = value;
        return;
    }
    announces_trailers_ = announces_trailers_ || name == "trailer";
    if (lines_.empty()) lines_.reserve(usual_lines);
    append_line(lines_, name, value);
}

void FieldBlock::add_pseudo(std::string_view name, std::string_view value) {
    malformed_ = malformed_ || !is_pseudo_value(value);
    if (name == ":method")
        method_ = value;
    else if (name == ":authority")
        authority_ = value;
    else if (name == ":path")
        path_ = value;
    else if (name == ":status")
        status_ = value;
    else if (name != ":scheme")
        malformed_ = true;  // among them :protocol, which was not announced (RFC 8441, 3)
}

int FieldBlock::status() const noexcept {
    int status = 0;
    std::from_chars(status_.data(), status_.data() + status_.size(), status);
    return status;
}

std::string FieldBlock::request(bool ends) const {
    const std::string& authority = authority_.empty() ? host_ : authority_;
    if (!host_.empty() && !http::same_word(host_, authority)) return {};
    const bool connect = method_ == "CONNECT";
    std::string head;
    head.reserve(method_.size() + path_.size() + authority.size() + lines_.size() +
                 cookies_.size() + 96);
    head.append(method_).append(" ").append(connect ? authority : path_).append(" HTTP/1.1\r\n");
    if (!authority.empty()) append_line(head, "Host", authority);
    head += lines_;
    if (!cookies_.empty()) append_line(head, "cookie", cookies_);
    if (chunked(ends) && !connect)
        head += "transfer-encoding: chunked\r\n";
    else if (!length_.empty())
        append_line(head, "content-length", length_);
    else if (ends && carries_content(method_))
        head += "content-length: 0\r\n";
    return head += "\r\n";
}

std::string FieldBlock::answer(bool ends, bool to_head) const {
    const int code = status();
    const bool bodiless = to_head || code < 200 || code == 204 || code == 304;
    std::string head = "HTTP/1.1 ";
    head.append(status_).append(" \r\n").append(lines_);
    if (!cookies_.empty()) append_line(head, "cookie", cookies_);
    if (!bodiless && chunked(ends))
        head += "transfer-encoding: chunked\r\n";
    else if (!length_.empty())
        append_line(head, "content-length", length_);
    else if (!bodiless)
        head += "content-length: 0\r\n";
    return head += "\r\n";
}

SplitHead split_request(std::string& head) {
    SplitHead split;
    std::string_view rest = head;
    const std::string_view line = next_line(rest);
    split.method = line.substr(0, line.find(' '));
    const std::size_t begin = std::min(split.method.size() + 1, line.size());
    split.target = line.substr(begin, line.rfind(' ') - begin);
    take_fields(split, rest, head);
    return split;
}

SplitHead split_answer(std::string& head) {
    SplitHead split;
    std::string_view rest = head;
    const std::string_view line = next_line(rest);
    const std::string_view code = line.substr(std::min(line.find(' ') + 1, line.size()), 3);
    std::from_chars(code.data(), code.data() + code.size(), split.status);
    take_fields(split, rest, head);
    return split;
}

std::vector<Field> split_trailers(std::string& lines) {
    SplitHead split;
    take_fields(split, lines, lines);
    return std::move(split.fields);
}

}  // namespace whogoes::h2
