#include "proxy/app/log_flags.hpp"

#include "proxy/app/verb_options.hpp"

#include <string>
#include <vector>

namespace whogoes::app {

void add_log_flags(CLI::App& verb, LogArguments& into) {
    const VerbOptions options(verb);
    options.one("words", "FILE|URL|-|stats|show|export|purge", into.words,
                "FILE (.gz too), - or URL; or: stats, show ID, export [ID], purge. Without "
                "any: the configured log, else the running instance");
    verb.add_flag("-f,--follow", into.follow, "go on as the log grows");
    options.one("-n,--lines", "N|all", into.lines, "how many events, the latest [50]");
    verb.add_flag("--summary", into.summary, "causes, routes and tokens on one screen");
    options.several("--cause", "CAUSE,...", into.filter.causes, "only these causes");
    options.several("--rule", "RULE,...", into.filter.rules, "only answers that broke these rules");
    options.several("--path", "GLOB", into.filter.paths, "only these paths: '/v1/**'");
    options.several("--route", "ROUTE", into.filter.routes,
                    "only these routes, as --summary shows them");
    options.several("--method", "METHOD,...", into.filter.methods, "only these methods");
    options.several("--status", "STATUS,...", into.filter.statuses,
                    "only these statuses: 401,403 or 4xx");
    options.several("--client", "ADDR", into.filter.clients,
                    "only this address or network: 10.0.0.0/8");
    options.several("--token", "PREFIX", into.filter.tokens,
                    "only tokens whose fingerprint begins so: tk_7f3a");
    options.one("--since", "TIME", into.since, "from then on: 15m (ago), 12:51, 2026-11-23T12:51");
    options.one("--until", "TIME", into.until, "before then");
    options.several("--by", "COLUMN,...", into.by, "stats: columns to count by [cause]");
    options.one("--bucket", "DURATION", into.bucket, "stats: and by time, 5m");
    options.one("--har", "FILE|-", into.har,
                "export: into this HTTP archive; - for standard output");
    verb.add_flag("--curl", into.curl, "export: as curl commands, with $TOKEN");
    verb.add_flag("--md", into.markdown, "export: as Markdown, for an issue");
    verb.add_flag("--jsonl", into.jsonl, "export: as they stand in the log");
    options.several("--fail-on", "ID|SEVERITY,...", into.fail_on,
                    "exit 1 if any of these is there");
    verb.add_flag("--utc", into.utc,
                  "times in UTC, read and shown; without it by this machine's clock");
    verb.add_flag("--yes", into.confirmed, "purge: do it");
}

}  // namespace whogoes::app
