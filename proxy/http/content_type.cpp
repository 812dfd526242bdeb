#include "proxy/http/content_type.hpp"

#include "proxy/http/octets.hpp"

#include <algorithm>

namespace whogoes::http {
namespace {

bool holds(std::string_view text, std::string_view word) noexcept {
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at)
        if (same_word(text.substr(at, word.size()), word)) return true;
    return false;
}

}  // namespace

bool is_form(const RequestHead& head) noexcept {
    return begins_with_word(head.value(FieldName::content_type),
                            "application/x-www-form-urlencoded");
}

bool is_json(const RequestHead& head) noexcept {
    const std::string_view type = head.value(FieldName::content_type);
    return holds(type.substr(0, type.find(';')), "json");
}

bool is_grpc(const RequestHead& head) noexcept {
    constexpr std::string_view grpc = "application/grpc";
    const std::string_view type = head.value(FieldName::content_type);
    if (!begins_with_word(type, grpc)) return false;
    const std::string_view rest = type.substr(grpc.size());
    return rest.empty() || rest.front() == '+' || rest.front() == ';' || is_blank(rest.front());
}

bool is_text(const RequestHead& head) noexcept {
    constexpr std::string_view others[] = {"application/octet-stream",
                                           "application/grpc",
                                           "application/zip",
                                           "application/pdf",
                                           "image/",
                                           "audio/",
                                           "video/",
                                           "font/"};
    const std::string_view type = head.value(FieldName::content_type);
    return std::none_of(std::begin(others), std::end(others),
                        [&](std::string_view name) { return begins_with_word(type, name); });
}

bool is_event_stream(const ResponseHead& answer) noexcept {
    return begins_with_word(answer.value(FieldName::content_type), "text/event-stream");
}

}  // namespace whogoes::http
