#pragma once

#include "rules/diagnosis.hpp"

#include <string>
#include <string_view>
#include <vector>

// Rows of both tables as `whogoes causes` shows them.
namespace whogoes::tools {

struct CatalogueRows {
    std::vector<const rules::Cause*> causes{};
    std::vector<const rules::Rule*> rules{};

    std::size_t size() const noexcept { return causes.size() + rules.size(); }
};

CatalogueRows all_rows();

// "401", "403", or nothing: the answer's own.
std::string_view status_due(const rules::Cause&) noexcept;

// rules/CATALOGUE.md, or the sections of some rows alone.
std::string catalogue_page();
std::string catalogue_sections(const CatalogueRows&);

}  // namespace whogoes::tools
