#include "proxy/report/page_files.hpp"

#include <algorithm>
#include <iterator>

namespace whogoes::report {
namespace {

// Made by page/embed.cmake.
constexpr char index_html[] =
#include "page/index.html.inc"
    ;
constexpr char page_css[] =
#include "page/page.css.inc"
    ;
constexpr char page_js[] =
#include "page/page.js.inc"
    ;
constexpr char card_js[] =
#include "page/card.js.inc"
    ;
constexpr char dom_js[] =
#include "page/dom.js.inc"
    ;
constexpr char events_js[] =
#include "page/events.js.inc"
    ;
constexpr char filter_js[] =
#include "page/filter.js.inc"
    ;
constexpr char list_js[] =
#include "page/list.js.inc"
    ;
constexpr char stream_js[] =
#include "page/stream.js.inc"
    ;
constexpr char take_js[] =
#include "page/take.js.inc"
    ;
constexpr char view_js[] =
#include "page/view.js.inc"
    ;

constexpr std::string_view javascript = "text/javascript; charset=utf-8";
constexpr PageFile files[] = {
    {"/", "text/html; charset=utf-8", index_html},
    {"/page.css", "text/css; charset=utf-8", page_css},
    {"/page.js", javascript, page_js},
    {"/card.js", javascript, card_js},
    {"/dom.js", javascript, dom_js},
    {"/events.js", javascript, events_js},
    {"/filter.js", javascript, filter_js},
    {"/list.js", javascript, list_js},
    {"/stream.js", javascript, stream_js},
    {"/take.js", javascript, take_js},
    {"/view.js", javascript, view_js},
};

}  // namespace

const PageFile* find_page_file(std::string_view path) noexcept {
    const auto file = std::find_if(std::begin(files), std::end(files),
                                   [&](const PageFile& one) { return one.path == path; });
    return file != std::end(files) ? file : nullptr;
}

std::span<const PageFile> page_files() noexcept { return files; }

}  // namespace whogoes::report
