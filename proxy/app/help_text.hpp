#pragma once

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>

#include <string>

// How `whogoes --help` looks: usage lines of our own, and no brackets around the type of a value.
namespace whogoes::app {

class HelpText : public CLI::Formatter {
public:
    std::string make_usage(const CLI::App* app, std::string name) const override;
    std::string make_option_opts(const CLI::Option* option) const override;
};

}  // namespace whogoes::app
