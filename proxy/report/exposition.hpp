#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

// Writes the Prometheus text format 0.0.4. Names and help are ours; label values are escaped.
namespace whogoes::report {

struct Label {
    std::string_view name;
    std::string value;

    Label(std::string_view label_name, std::string_view label_value)
        : name(label_name), value(label_value) {}
};

class Exposition {
public:
    explicit Exposition(std::string& out) : out_(out) {}

    // HELP and TYPE; the samples of this family follow.
    void family(std::string_view name, std::string_view type, std::string_view help);
    void sample(std::initializer_list<Label>, std::uint64_t value);
    void sample(std::initializer_list<Label>, double value);
    // A histogram's "_bucket", "_sum" or "_count".
    void part(std::string_view suffix, std::initializer_list<Label>, std::uint64_t value);
    void part(std::string_view suffix, std::initializer_list<Label>, double value);

private:
    void open(std::string_view suffix, std::initializer_list<Label>);

    std::string& out_;
    std::string_view name_;
};

std::string shortest(double value);  // "0.005", "1e+15"

}  // namespace whogoes::report
