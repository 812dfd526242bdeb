#pragma once

#include <span>
#include <string_view>

// The variables of the environment that are no setting's: those of the settings stand in
// schema.hpp. For people; who reads one names it itself.
namespace whogoes::app {

struct Variable {
    std::string_view name, doc;
};

std::span<const Variable> other_variables() noexcept;

}  // namespace whogoes::app
