#pragma once

#include "proxy/report/escape.hpp"
#include "proxy/report/record.hpp"
#include "rules/diagnosis.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Appends one JSON object to a string, member by member. Checks nothing: whoever calls closes what
// it opens and writes each key once. Keys are ours and are not escaped, but for foreign_text()'s.
namespace whogoes::report {

inline constexpr std::size_t all_octets = std::string_view::npos;

inline void append_integer(std::string& out, std::int64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, static_cast<std::size_t>(end - digits));
}

// At most three digits behind the point, none of them an idle zero.
inline void append_decimal(std::string& out, double value) {
    const bool sane = value > 0 && value < 1e12;
    const std::int64_t thousandths = sane ? std::llround(value * 1000) : 0;
    append_integer(out, thousandths / 1000);
    auto rest = static_cast<int>(thousandths % 1000);
    if (rest == 0) return;
    out += '.';
    for (int unit = 100; rest > 0; unit /= 10) {
        out += static_cast<char>('0' + rest / unit);
        rest %= unit;
    }
}

class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void open() { out_ += '{'; }
    void open(std::string_view key) {
        this->key(key);
        out_ += '{';
    }
    void close() { out_ += '}'; }
    void open_list(std::string_view key) {
        this->key(key);
        out_ += '[';
    }
    void close_list() { out_ += ']'; }

    void text(std::string_view key, std::string_view value, std::size_t octets) {
        this->key(key);
        string(value, octets);
    }
    void foreign_text(std::string_view key, std::string_view value, std::size_t octets) {
        separate();
        append_json(out_, key);
        out_ += ':';
        string(value, octets);
    }
    void item(std::string_view value, std::size_t octets) {
        separate();
        string(value, octets);
    }
    void number(std::string_view key, std::int64_t value) {
        this->key(key);
        integer(value);
    }
    void boolean(std::string_view key, bool value) {
        this->key(key);
        out_ += value ? "true" : "false";
    }
    void raw(std::string_view key, std::string_view json) {  // a value that is JSON by itself
        this->key(key);
        out_ += json;
    }
    void decimal(std::string_view key, double value) {
        this->key(key);
        append_decimal(out_, value);
    }
    void time(std::string_view key, rules::TimePoint value, TimeText& times) {
        this->key(key);
        out_ += '"';
        times.append(out_, value);
        out_ += '"';
    }
    // A list is cut behind `items`, and says so.
    void list(std::string_view key, const std::vector<std::string>& values, std::size_t items,
              std::size_t octets) {
        open_list(key);
        for (std::size_t i = 0; i < std::min(values.size(), items); ++i) item(values[i], octets);
        if (values.size() > items) item("…", all_octets);
        close_list();
    }
    void fact(const rules::Fact& fact, std::size_t items, std::size_t octets) {
        if (const auto* value = std::get_if<std::int64_t>(&fact.value)) {
            number(fact.name, *value);
        } else if (const auto* flag = std::get_if<bool>(&fact.value)) {
            boolean(fact.name, *flag);
        } else if (const auto* words = std::get_if<std::string>(&fact.value)) {
            text(fact.name, *words, octets);
        } else if (const auto* values = std::get_if<std::vector<std::string>>(&fact.value)) {
            list(fact.name, *values, items, octets);
        }
    }

private:
    void separate() {
        const char last = out_.back();
        if (last != '{' && last != '[') out_ += ',';
    }
    void key(std::string_view name) {
        const char last = out_.back();
        out_.append(last != '{' && last != '[' ? ",\"" : "\"").append(name).append("\":");
    }
    void string(std::string_view value, std::size_t octets) {
        if (value.size() <= octets) return append_json(out_, value);
        append_json(out_, cut_end(value, octets));
    }
    void integer(std::int64_t value) { append_integer(out_, value); }

    std::string& out_;
};

}  // namespace whogoes::report
