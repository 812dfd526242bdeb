#pragma once

#include <array>
#include <cstddef>
#include <string_view>

// A pass over JSON text that tells of every value that is a string, a number or a word, with its
// name and where it stands. Not a parser: it never fails, builds nothing, and reads what there is
// of a text that was cut. At most eight levels deep.
namespace whogoes::rules {

inline constexpr std::size_t deepest_json = 8;

class JsonMembers {
public:
    struct Value {
        std::string_view raw{};  // between the quotes, escapes as they came; or the number or word
        bool is_string = false;
        std::size_t depth = 0;  // 1: a member of the outermost object
    };

    explicit JsonMembers(std::string_view text) : text_(text) {}

    // The next value; false: no more.
    bool next(Value&);
    // The name of the value, an array's for what stands in it; empty: none.
    std::string_view name() const noexcept { return name_at(depth_); }
    // The name at a level, from 1.
    std::string_view name_at(std::size_t depth) const noexcept {
        return depth >= 1 && depth <= deepest_json ? levels_[depth - 1].name : std::string_view();
    }

private:
    struct Level {
        bool object = false;
        std::string_view name{};
    };
    bool step(Value&);
    bool string_here(Value&);
    bool word_here(Value&);
    void open(bool object);

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    bool value_next_ = false;
    std::array<Level, deepest_json> levels_{};
};

}  // namespace whogoes::rules
