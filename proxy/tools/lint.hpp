#pragma once

#include "proxy/openapi/document.hpp"
#include "proxy/tools/recorded.hpp"
#include "rules/keys.hpp"
#include "rules/time.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

// `whogoes lint`: holds an answer, or a recording of many, against the whole rulebook and against
// what real clients do with its challenges. Of a request that nobody saw, nothing is said. Shows
// nothing secret.
namespace whogoes::tools {

enum class LintForm : std::uint8_t { text, json, sarif, junit, github };

struct LintRequest {
    std::vector<std::string> inputs;   // URLs, files, or "-"
    std::vector<std::string> headers;  // "Name: value": sent, or known of an answer's request
    std::string method;                // empty: GET, or POST where there is a body
    std::string body;                  // to send
    bool insecure = false;
    std::chrono::milliseconds timeout{10000};

    std::vector<std::string> fail_on;  // as fail_on_ids() takes them; empty: error; "none"
    std::vector<std::string> select;   // likewise: what is reported; empty: all
    std::vector<std::string> ignore;   // … and what is not
    std::string severity;              // of the rules reported, at least; empty: info
    std::string confidence;            // of the causes reported, at least; empty: possible
    std::string baseline;              // a HAR file, or what `lint -o json` printed; empty: none

    rules::Expectations expected;
    std::shared_ptr<const rules::KeySet> keys;                    // null: no signature is verified
    std::shared_ptr<const std::vector<rules::Dialect>> dialects;  // the operator's own; may be null

    std::shared_ptr<const openapi::Document> openapi;  // the API's own description; may be null
    // Of each URL, ask every operation of the description, without a credential but for `headers`:
    // those of GET, HEAD and OPTIONS, or all.
    bool ask_operations = false, all_methods = false;

    LintForm form = LintForm::text;
    bool utf8 = true;
    bool colour = false;
    std::string version;                           // of this program
    const std::atomic<bool>* abandoned = nullptr;  // as FetchRequest has it
    // Told now and then how many of how many answers are judged; may be empty.
    std::function<void(std::uint64_t done, std::uint64_t of)> progress;
};

struct Linted {
    std::string text;   // in the form that was asked for
    std::string error;  // not empty: nothing could be judged, or not all of it
    int exit_code = 0;  // 0 fine, 1 found something, 2 usage or unreadable input, 3 unreachable
};

// Judges what was recorded. `known`: what stands in a baseline, as finding_keys() gives it.
Linted lint_recorded(const std::vector<Recorded>&, const LintRequest&, rules::TimePoint now,
                     const std::set<std::string>& known = {});

// Reads or fetches the input first.
Linted lint(const LintRequest&, rules::TimePoint now);

// All that is found in a recording, each as a key by which it is known again: what, on which route,
// with which method and status.
std::set<std::string> finding_keys(const std::vector<Recorded>&, const LintRequest&,
                                   rules::TimePoint now);
// The same of what `lint -o json` printed; the error is the end of a sentence.
rules::Result<std::set<std::string>, std::string> finding_keys(std::string_view json);

}  // namespace whogoes::tools
