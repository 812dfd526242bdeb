#include "rules/sample.hpp"

namespace whogoes::rules {

const Sample* find_sample(std::string_view cause) noexcept {
    for (const Sample& one : builtin_samples())
        if (one.cause == cause) return &one;
    return nullptr;
}

}  // namespace whogoes::rules
