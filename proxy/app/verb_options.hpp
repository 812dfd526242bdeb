#pragma once

#include <CLI/App.hpp>

#include <string>
#include <vector>

// How the options of a verb are declared to CLI11: each with the word that help and the manual show
// for its value.
namespace whogoes::app {

class VerbOptions {
public:
    explicit VerbOptions(CLI::App& verb) : verb_(verb) {}

    template <class Value>
    CLI::Option* one(const std::string& names, const std::string& type, Value& value,
                     const std::string& doc) const {
        return verb_.add_option(names, value, doc)->type_name(type);
    }
    // One value each time it is given; what follows is no further value.
    void several(const std::string& names, const std::string& type,
                 std::vector<std::string>& values, const std::string& doc) const {
        one(names, type, values, doc)->allow_extra_args(false);
    }

private:
    CLI::App& verb_;
};

}  // namespace whogoes::app
