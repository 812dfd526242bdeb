#include "proxy/app/log_flags.hpp"

#include <string>
#include <vector>

namespace whogoes::app {

void add_log_flags(CLI::App& verb, LogArguments& into) {
    const auto one = [&](const std::string& names, const std::string& type, auto& value,
                         const std::string& doc) {
        return verb.add_option(names, value, doc)->type_name(type);
    };
    const auto several = [&](const std::string& names, const std::string& type,
                             std::vector<std::string>& values, const std::string& doc) {
        one(names, type, values, doc)->allow_extra_args(false);
    };
    one("words", "FILE|URL|-|stats|show|export|purge", into.words,
        "FILE (.gz too), - or URL; or: stats, show ID, export [ID], purge. Without "
        "any: the configured log, else the running instance");
    verb.add_flag("-f,--follow", into.follow, "go on as the log grows");
    one("-n,--lines", "N|all", into.lines, "how many events, the latest [50]");
    verb.add_flag("--summary", into.summary, "causes, routes and tokens on one screen");
    several("--cause", "CAUSE,...", into.filter.causes, "only these causes");
    several("--rule", "RULE,...", into.filter.rules, "only answers that broke these rules");
    several("--path", "GLOB", into.filter.paths, "only these paths: '/v1/**'");
    several("--route", "ROUTE", into.filter.routes, "only these routes, as --summary shows them");
    several("--method", "METHOD,...", into.filter.methods, "only these methods");
    several("--status", "STATUS,...", into.filter.statuses, "only these statuses: 401,403 or 4xx");
    several("--client", "ADDR", into.filter.clients, "only this address or network: 10.0.0.0/8");
    several("--token", "PREFIX", into.filter.tokens,
            "only tokens whose fingerprint begins so: tk_7f3a");
    one("--since", "TIME", into.since, "from then on: 15m (ago), 12:51, 2026-11-23T12:51");
    one("--until", "TIME", into.until, "before then");
    several("--by", "COLUMN,...", into.by, "stats: columns to count by [cause]");
    one("--bucket", "DURATION", into.bucket, "stats: and by time, 5m");
    one("--har", "FILE|-", into.har, "export: into this HTTP archive; - for standard output");
    verb.add_flag("--curl", into.curl, "export: as curl commands, with $TOKEN");
    verb.add_flag("--md", into.markdown, "export: as Markdown, for an issue");
    verb.add_flag("--jsonl", into.jsonl, "export: as they stand in the log");
    several("--fail-on", "ID|SEVERITY,...", into.fail_on, "exit 1 if any of these is there");
    verb.add_flag("--utc", into.utc,
                  "times in UTC, read and shown; without it by this machine's clock");
    verb.add_flag("--yes", into.confirmed, "purge: do it");
}

}  // namespace whogoes::app
