#include "rules/grpc.hpp"

#include "rules/exchange.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <charconv>

namespace whogoes::rules {
namespace {

constexpr std::size_t frame_head = 5;
constexpr unsigned char trailers_flag = 0x80;

std::optional<GrpcStatus> status_of(std::string_view code, std::string_view message) {
    GrpcStatus status;
    const auto read = std::from_chars(code.data(), code.data() + code.size(), status.code);
    if (read.ec != std::errc() || read.ptr != code.data() + code.size()) return std::nullopt;
    status.message = percent_decoded(message).value_or(std::string(message));
    return status;
}

std::string_view line_value(std::string_view trailers, std::string_view name) {
    while (!trailers.empty()) {
        const std::string_view line = trailers.substr(0, trailers.find('\n'));
        const std::size_t colon = line.find(':');
        if (colon != npos && iequals(trim(line.substr(0, colon)), name)) {
            std::string_view value = line.substr(colon + 1);
            if (value.ends_with('\r')) value.remove_suffix(1);
            return trim(value);
        }
        trailers.remove_prefix(std::min(line.size() + 1, trailers.size()));
    }
    return {};
}

// The frames of a body up to the one with the trailers, which is the last.
std::optional<GrpcStatus> in_frames(std::string_view body) {
    while (body.size() >= frame_head) {
        std::size_t size = 0;
        for (std::size_t i = 1; i < frame_head; ++i)
            size = size << 8U | static_cast<unsigned char>(body[i]);
        const bool trailers = (static_cast<unsigned char>(body[0]) & trailers_flag) != 0;
        const std::string_view content = body.substr(frame_head, size);
        if (trailers)
            return status_of(line_value(content, "grpc-status"),
                             line_value(content, "grpc-message"));
        if (content.size() < size) break;
        body.remove_prefix(frame_head + size);
    }
    return std::nullopt;
}

// Each frame may be padded by itself, so that padding stands in the middle.
std::string base64_pieces(std::string_view text) {
    std::string bytes;
    while (!text.empty()) {
        std::size_t end = text.find('=');
        end = end == npos ? text.size() : std::min(text.find_first_not_of('=', end), text.size());
        bytes += decode_base64(text.substr(0, end)).bytes;
        text.remove_prefix(end);
    }
    return bytes;
}

}  // namespace

std::optional<GrpcStatus> grpc_status(const Response& response) {
    if (const auto code = response.fields.first("grpc-status"))
        return status_of(*code, response.fields.first("grpc-message").value_or(""));
    if (response.body.empty()) return std::nullopt;
    const std::string_view type = response.fields.first("Content-Type").value_or("");
    if (!istarts_with(type, "application/grpc-web")) return std::nullopt;
    if (istarts_with(type, "application/grpc-web-text"))
        return in_frames(base64_pieces(response.body));
    return in_frames(response.body);
}

}  // namespace whogoes::rules
