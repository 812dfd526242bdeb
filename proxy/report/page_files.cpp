#include "proxy/report/page_files.hpp"

#include <algorithm>
#include <iterator>

namespace whogoes::report {
namespace {

// Made by page/embed.cmake.
constexpr char index_html[] =
#include "page/index.html.inc"
    ;
constexpr char page_js[] =
#include "page/page.js.inc"
    ;
constexpr char page_css[] =
#include "page/page.css.inc"
    ;

constexpr PageFile files[] = {
    {"/", "text/html; charset=utf-8", index_html},
    {"/page.js", "text/javascript; charset=utf-8", page_js},
    {"/page.css", "text/css; charset=utf-8", page_css},
};

}  // namespace

const PageFile* find_page_file(std::string_view path) noexcept {
    const auto file = std::find_if(std::begin(files), std::end(files),
                                   [&](const PageFile& one) { return one.path == path; });
    return file != std::end(files) ? file : nullptr;
}

}  // namespace whogoes::report
