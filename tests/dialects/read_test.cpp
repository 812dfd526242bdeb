#include "proxy/dialects/read.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace whogoes::dialects {
namespace {

std::string mistake_in(const std::string& yaml) {
    try {
        read_dialect(yaml, "our-api.yaml", "our-api");
    } catch (const DialectError& error) {
        return error.what();
    }
    return "none";
}

const std::string start = "name: Our API\nmarks: [{field: X-Our}]\n";

// A saying of `members`, on line 4.
std::string saying(const std::string& members) {
    return start + "sayings:\n  - {" + members + ", cause: token-expired, seen: x}\n";
}

TEST_CASE("a dialect's mistake is told with file, line and cure") {
    struct {
        std::string yaml;
        std::string_view told;
    } const rows[] = {
        {"", "our-api.yaml: is empty: a dialect is a map with name, marks, sayings …"},
        {"# nothing\n", "our-api.yaml: is empty: a dialect is a map with name, marks, sayings …"},
        {"- a\n", "our-api.yaml:1: a dialect is a map with name, marks, sayings …"},
        {"name: [a\n", "our-api.yaml:2: is not valid YAML: "},
        {start + "cuases: []\n", "our-api.yaml:3: 'cuases' is no member of a dialect; there are "},
        {start + "name: Other\n", "our-api.yaml:3: 'name' stands here twice"},
        {start + "in_successes: maybe\n", "our-api.yaml:3: 'in_successes' wants true or false"},
        {start + "empty: [[a]]\n", "our-api.yaml:3: 'empty' wants a text or a list of texts"},
        {start + "cases: [{earlier: [1]}]\n", "our-api.yaml:3: 'title' is missing"},
        {start +
             "cases:\n- {title: t, request: r, response: s, cause: nothing,\n   earlier: [1]}\n",
         "our-api.yaml:5: an earlier exchange is a map"},
        {start +
             "cases:\n- {title: t, request: r, response: s, cause: nothing, accept: [no-cause]}\n",
         "our-api.yaml:4: 'no-cause' is no cause"},
        {start + "cases:\n- {title: t, request: r, response: s, cause: nothing, not: [[a]]}\n",
         "our-api.yaml:4: 'not' wants a text or a list of texts"},
        {start + "places: [{field: A, holds: [token]}]\n", "our-api.yaml:3: '' is unknown here"},
        {start + "places: [{field: [A], holds: token}]\n", "our-api.yaml:3: 'field' wants a text"},
        {start + "quirks: [{not: token-expired, why: [a]}]\n",
         "our-api.yaml:3: 'why' wants a text"},
        {saying("status: []"), "our-api.yaml:4: 'status' wants a number like 401, or a list"},
        {saying("status: [[401]]"), "our-api.yaml:4: a status is a number like 401"},
        {saying("status: {a: 1}"), "our-api.yaml:4: a status is a number like 401"},
        {saying("code: '***'"), "our-api.yaml:4: 'code' holds no letter or digit"},
        {saying("text: ' _ '"), "our-api.yaml:4: 'text' holds no word"},
        {saying("body: '-'"), "our-api.yaml:4: 'body' holds no word"},
        {saying("field: '--'"), "our-api.yaml:4: 'field' holds no letter or digit"},
        {saying("field: A, has: ' '"), "our-api.yaml:4: 'has' holds no word"},
        {saying("field: A, has: [b]"), "our-api.yaml:4: 'has' wants a text"},
        {saying("code: a, has: b"), "our-api.yaml:4: 'has' wants a field or member before it"},
        {saying("code: a, unless: ' '"), "our-api.yaml:4: 'unless' holds no word"},
        {saying("code: a, unless: [[b]]"),
         "our-api.yaml:4: 'unless' wants a text or a list of texts"},
        {saying("code: a, weak: surely"), "our-api.yaml:4: 'weak' wants true or false"},
        {saying("code: a, code: b"), "our-api.yaml:4: 'code' stands here twice"},
        {saying("unless: b"), "our-api.yaml:4: says nothing to look for"},
        {"name: a\nmarks: [{unless: b}]\n", "our-api.yaml:2: says nothing to look for"},
        {"name: a\nmarks: [{[a]: b}]\n", "our-api.yaml:2: a member's name is a text"},
        {start + "\"a\\e[2Jb\": 1\n", "our-api.yaml:3: 'a?[2Jb' is no member of a dialect"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.yaml);
        const std::string told = mistake_in(row.yaml);
        CHECK_MESSAGE(told.substr(0, row.told.size()) == row.told, told);
    }
}

TEST_CASE("what a dialect may say is read") {
    CHECK(mistake_in(saying("code: a, unless: [b, c d], weak: true, status: [401, 403]")) ==
          "none");
    CHECK(mistake_in("name: a\nin_successes: true\nempty: [N/A]\nquirks:\nmarks:\n") == "none");
}

}  // namespace
}  // namespace whogoes::dialects
