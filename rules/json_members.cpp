#include "rules/json_members.hpp"

#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules {

bool JsonMembers::next(Value& value) {
    while (at_ < text_.size())
        if (step(value)) return true;
    return false;
}

bool JsonMembers::step(Value& value) {
    const char c = text_[at_];
    switch (c) {
        case '"':
            return string_here(value);
        case ':':
            value_next_ = true;
            break;
        case ',':
            value_next_ = false;
            break;
        case '{':
        case '[':
            open(c == '{');
            break;
        case '}':
        case ']':
            if (depth_ > 0) --depth_;
            value_next_ = false;
            break;
        default:
            if (is_alpha(c) || is_digit(c) || c == '-') return word_here(value);
            break;
    }
    ++at_;
    return false;
}

void JsonMembers::open(bool object) {
    const std::string_view above = name();
    ++depth_;
    if (depth_ <= deepest_json) levels_[depth_ - 1] = {object, object ? std::string_view() : above};
    value_next_ = false;
}

bool JsonMembers::string_here(Value& value) {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    const std::size_t end = std::min(at_, text_.size());
    at_ = std::min(end + 1, text_.size());
    const std::string_view raw = text_.substr(begin, end - begin);
    if (depth_ == 0 || depth_ > deepest_json) return false;
    Level& level = levels_[depth_ - 1];
    if (level.object && !value_next_) {
        level.name = raw;
        return false;
    }
    value = {raw, true, depth_};
    return true;
}

bool JsonMembers::word_here(Value& value) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_alpha(text_[at_]) || is_digit(text_[at_]) ||
                                  std::string_view("+-.").find(text_[at_]) != npos))
        ++at_;
    if (depth_ == 0 || depth_ > deepest_json) return false;
    value = {text_.substr(begin, at_ - begin), false, depth_};
    return true;
}

}  // namespace whogoes::rules
