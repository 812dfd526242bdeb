#include "proxy/report/exposition.hpp"

#include "proxy/report/escape.hpp"

#include <charconv>
#include <cstddef>

namespace whogoes::report {
namespace {

void append_label_value(std::string& out, std::string_view value) {
    for (const char c : visible(value, true)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
}

}  // namespace

std::string shortest(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return std::string(text, static_cast<std::size_t>(end - text));
}

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_.append("# HELP ").append(name).append(" ").append(help);
    out_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void Exposition::sample(std::initializer_list<Label> labels, std::uint64_t value) {
    part("", labels, value);
}

void Exposition::sample(std::initializer_list<Label> labels, double value) {
    part("", labels, value);
}

void Exposition::part(std::string_view suffix, std::initializer_list<Label> labels,
                      std::uint64_t value) {
    open(suffix, labels);
    out_.append(std::to_string(value)).append("\n");
}

void Exposition::part(std::string_view suffix, std::initializer_list<Label> labels, double value) {
    open(suffix, labels);
    out_.append(shortest(value)).append("\n");
}

void Exposition::open(std::string_view suffix, std::initializer_list<Label> labels) {
    out_.append(name_).append(suffix);
    char separator = '{';
    for (const Label& label : labels) {
        out_ += separator;
        out_.append(label.name).append("=\"");
        append_label_value(out_, label.value);
        out_ += '"';
        separator = ',';
    }
    if (separator == ',') out_ += '}';
    out_ += ' ';
}

}  // namespace whogoes::report
