#pragma once

#include <span>
#include <string_view>

// The review page's files as they lie in proxy/report/page/, put into the program when it is built.
namespace whogoes::report {

struct PageFile {
    std::string_view path;  // "/page.js"
    std::string_view content_type;
    std::string_view text;
};

std::span<const PageFile> page_files() noexcept;
const PageFile* find_page_file(std::string_view path) noexcept;  // null: there is none

}  // namespace whogoes::report
