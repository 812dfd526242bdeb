#include "proxy/app/log_flags.hpp"

#include <string>
#include <vector>

namespace whogoes::app {

void add_log_flags(CLI::App& verb, LogArguments& into) {
    const auto several = [&](const std::string& names, std::vector<std::string>& values,
                             const std::string& doc) {
        verb.add_option(names, values, doc)->allow_extra_args(false);
    };
    verb.add_option("words", into.words,
                    "FILE (.gz too), - or URL; or: stats, show ID, export [ID], purge. Without "
                    "any: the configured log, else the running instance");
    verb.add_flag("-f,--follow", into.follow, "go on as the log grows");
    verb.add_option("-n,--lines", into.lines, "how many events, the latest; or all [50]");
    verb.add_flag("--summary", into.summary, "causes, routes and tokens on one screen");
    several("--cause", into.filter.causes, "only these causes: ID,…");
    several("--rule", into.filter.rules, "only answers that broke these rules: ID,…");
    several("--path", into.filter.paths, "only these paths: a glob, '/v1/**'");
    several("--route", into.filter.routes, "only these routes, as --summary shows them");
    several("--method", into.filter.methods, "only these methods: POST,…");
    several("--status", into.filter.statuses, "only these statuses: 401,403 or 4xx");
    several("--client", into.filter.clients, "only this address or network: 10.0.0.0/8");
    several("--token", into.filter.tokens, "only tokens whose fingerprint begins so: tk_7f3a");
    verb.add_option("--since", into.since,
                    "from then on: 15m (ago), 12:51, 2026-11-23T12:51 (UTC)");
    verb.add_option("--until", into.until, "before then");
    several("--by", into.by, "stats: columns to count by, cause,route [cause]");
    verb.add_option("--bucket", into.bucket, "stats: and by time, 5m");
    verb.add_option("--har", into.har, "export: into this HTTP archive; - for standard output");
    verb.add_flag("--curl", into.curl, "export: as curl commands, with $TOKEN");
    verb.add_flag("--md", into.markdown, "export: as Markdown, for an issue");
    verb.add_flag("--jsonl", into.jsonl, "export: as they stand in the log");
    several("--fail-on", into.fail_on, "exit 1 if any of these is there: ID,… or a severity");
    verb.add_flag("--yes", into.confirmed, "purge: do it");
}

}  // namespace whogoes::app
