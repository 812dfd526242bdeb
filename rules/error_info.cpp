#include "rules/error_info.hpp"

#include "rules/text.hpp"

#include <algorithm>
#include <cstdint>

namespace whogoes::rules {
namespace {

constexpr std::size_t longest_reason = 63;  // google/rpc/error_details.proto
constexpr std::size_t longest_domain = 253;
constexpr int most_fields = 64;  // of one message

enum class Wire : std::uint8_t { varint = 0, eight_bytes = 1, length = 2, four_bytes = 5 };

// The fields of a message, one after the other (protobuf.dev, Encoding). Groups are obsolete and
// end it, like everything that is broken.
class ProtoFields {
public:
    explicit ProtoFields(std::string_view message) : rest_(message) {}

    // The next field with a length; others are passed over. False: no more.
    bool next() {
        while (!rest_.empty() && ++read_ <= most_fields) {
            std::uint64_t tag = 0;
            if (!take_varint(tag) || tag > 0xffffffffU) return end();
            number_ = static_cast<std::uint32_t>(tag >> 3U);
            switch (static_cast<Wire>(tag & 7U)) {
                case Wire::varint:
                    if (!take_varint(tag)) return end();
                    break;
                case Wire::eight_bytes:
                    if (!take(8)) return end();
                    break;
                case Wire::four_bytes:
                    if (!take(4)) return end();
                    break;
                case Wire::length:
                    return (take_varint(tag) && take(tag)) || end();
                default:
                    return end();
            }
        }
        return false;
    }

    std::uint32_t number() const { return number_; }
    std::string_view bytes() const { return bytes_; }

private:
    bool end() {
        rest_ = {};
        return false;
    }

    bool take(std::uint64_t size) {
        if (size > rest_.size()) return false;
        bytes_ = rest_.substr(0, static_cast<std::size_t>(size));
        rest_.remove_prefix(bytes_.size());
        return true;
    }

    bool take_varint(std::uint64_t& value) {
        value = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto octet = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= std::uint64_t{octet & 0x7fU} << shift;
            if ((octet & 0x80U) == 0) return true;
        }
        return false;
    }

    std::string_view rest_;
    std::string_view bytes_;
    std::uint32_t number_ = 0;
    int read_ = 0;
};

bool is_reason(std::string_view text) {
    return !text.empty() && text.size() <= longest_reason &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; });
}

bool is_domain(std::string_view text) {
    return text.size() <= longest_domain && std::all_of(text.begin(), text.end(), [](char c) {
               return is_alpha(c) || is_digit(c) || c == '.' || c == '-';
           });
}

// google.protobuf.Any: a type's URL, and the message.
std::optional<ErrorInfo> in_any(std::string_view any) {
    std::string_view type, value;
    for (ProtoFields fields(any); fields.next();) {
        if (fields.number() == 1) type = fields.bytes();
        if (fields.number() == 2) value = fields.bytes();
    }
    if (type.substr(type.rfind('/') + 1) != error_info_type) return std::nullopt;
    return error_info(value);
}

}  // namespace

std::optional<ErrorInfo> error_info(std::string_view message) {
    ErrorInfo info;
    for (ProtoFields fields(message); fields.next();) {
        if (fields.number() == 1 && is_reason(fields.bytes())) info.reason = fields.bytes();
        if (fields.number() == 2 && is_domain(fields.bytes())) info.domain = fields.bytes();
    }
    if (info.reason.empty()) return std::nullopt;
    return info;
}

std::optional<ErrorInfo> error_info_of_status(std::string_view message) {
    constexpr std::uint32_t details = 3;
    for (ProtoFields fields(message); fields.next();)
        if (fields.number() == details)
            if (std::optional<ErrorInfo> info = in_any(fields.bytes())) return info;
    return std::nullopt;
}

}  // namespace whogoes::rules
