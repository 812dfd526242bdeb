#include "proxy/app/lint_flags.hpp"

#include "proxy/app/units.hpp"
#include "proxy/app/verb_options.hpp"

#include <optional>
#include <vector>

namespace whogoes::app {
namespace {

std::optional<tools::LintForm> form_named(const std::string& word) {
    using tools::LintForm;
    if (word == "text") return LintForm::text;
    if (word == "json") return LintForm::json;
    if (word == "sarif") return LintForm::sarif;
    if (word == "junit") return LintForm::junit;
    if (word == "github") return LintForm::github;
    return std::nullopt;
}

}  // namespace

void add_lint_flags(CLI::App& verb, LintArguments& into) {
    tools::LintRequest& request = into.request;
    const VerbOptions options(verb);
    options.one("input", "URL|FILE|-", request.inputs,
                "URLs, HAR files, what `curl -si` printed; - for standard input");
    options.several("-H,--header", "LINE", request.headers, "header to send, 'Name: value'");
    options.one("-X,--method", "METHOD", request.method, "method to send [GET; POST with -d]");
    options.one("-d,--data", "TEXT", into.data,
                "body to send; @FILE for a file's, @- for standard input's");
    verb.add_flag("-k,--insecure", request.insecure, "do not verify the certificate");
    options.one("--timeout", "DURATION", into.timeout, "for the whole exchange [10s]");
    options.several("--select", "ID|SEVERITY,...", request.select,
                    "report these alone; cors-* is all that begin so [all]");
    options.several("--ignore", "ID|SEVERITY,...", request.ignore, "do not report these");
    options.one("--severity", "info|warning|error", request.severity,
                "the least of a rule that is reported [info]");
    options.one("--confidence", "possible|likely|certain", request.confidence,
                "the least of a cause that is reported [possible]");
    options.one("--baseline", "FILE", request.baseline,
                "a HAR file, or what -o json printed: only what is new is reported");
    options.one("--openapi", "FILE", into.openapi,
                "the API's description: ask every GET, HEAD and OPTIONS of it at the URL, with no "
                "credential");
    verb.add_flag("--all-methods", request.all_methods,
                  "with --openapi: POST, PUT, PATCH and DELETE, too");
    options.several("--fail-on", "ID|SEVERITY|none,...", request.fail_on,
                    "exit 1 on these [error]");
}

std::string take_lint(LintArguments& arguments, const std::string& output) {
    if (arguments.request.inputs.empty() && !arguments.openapi.empty())
        return "lint --openapi needs the URL where the API runs";
    if (arguments.request.inputs.empty())
        return "lint needs a URL, a .har file, or - for standard input";
    const auto timeout = parse_duration(arguments.timeout);
    if (!timeout || timeout->count() == 0) return "--timeout is no duration: write 10s";
    arguments.request.timeout = *timeout;
    if (arguments.request.all_methods && arguments.openapi.empty())
        return "--all-methods belongs to --openapi";
    const auto form = form_named(output);
    if (!form) return "-o is text, json, sarif, junit or github";
    arguments.request.form = *form;
    return {};
}

}  // namespace whogoes::app
