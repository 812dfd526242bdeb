#pragma once

#include "rules/exchange.hpp"

#include <span>
#include <string_view>

// One row or more for every rule, that it is broken (applies) or kept (does not). A row says
// nothing about the other rules.
namespace whogoes::rules {

struct ComplianceRow {
    const char* rule;
    bool applies;
    const char* given;
    std::string_view request;
    std::string_view response;
    void (*set)(Exchange&, Expectations&) = nullptr;
};

std::span<const ComplianceRow> challenge_rows();
std::span<const ComplianceRow> scheme_rows();
std::span<const ComplianceRow> status_rows();
std::span<const ComplianceRow> browser_rows();
std::span<const ComplianceRow> documented_rows();

}  // namespace whogoes::rules
