#include "proxy/manual/man_page.hpp"

#include "proxy/app/environment.hpp"
#include "proxy/app/exit_status.hpp"
#include "proxy/app/schema.hpp"
#include "proxy/manual/roff.hpp"

#include <algorithm>

namespace whogoes::manual {
namespace {

struct Row {
    std::string_view name, doc;
};

constexpr Row files[] = {
    {"whogoes.yaml",
     "The configuration, in the working directory. Only the first is read that is "
     "found of this and the two below, where --config and WHOGOES_CONFIG name none."},
    {"$XDG_CONFIG_HOME/whogoes/config.yaml", "The configuration of a user."},
    {"/etc/whogoes/config.yaml", "The configuration of the machine."},
    {"$XDG_STATE_HOME/whogoes/admin.key",
     "The key of the review page, unless WHOGOES_ADMIN_TOKEN "
     "chooses one. Mode 0600, like all in this folder."},
    {"$XDG_STATE_HOME/whogoes/admin-PORT.token",
     "How the other verbs find the proxy that runs with its admin listener on PORT."},
    {"$XDG_STATE_HOME/whogoes/fingerprint.key",
     "What makes the fingerprints of tokens the same from run to run."},
};

constexpr Row signals[] = {
    {"SIGTERM, SIGINT", "Drain and end: see drain.delay and drain.timeout."},
    {"SIGHUP", "Read the configuration again; a wrong one is refused and the old one stays."},
    {"SIGUSR1", "Open the log file again."},
};

constexpr Row examples[] = {
    {"whogoes -u http://localhost:3000", "Observe an API: send requests to port 8401 instead."},
    {"whogoes -u :3000 --challenge bearer", "Give a bare 401 its challenge, too."},
    {"whogoes -u :3000 --fail-on error -- npm test",
     "Fail a test run on answers that break a rule."},
    {"whogoes log --since 15m --cause token-expired", "Review what was refused."},
};

class Page {
public:
    void section(std::string_view title) { line(".SH \"" + std::string(title) + "\""); }
    void text(std::string_view words) { line(roff(words)); }
    void paragraph(std::string_view words) {
        line(".PP");
        text(words);
    }
    void item(const std::string& head, std::string_view words) {
        line(".TP");
        line(head);
        text(words);
    }
    template <typename Rows>
    void rows(const Rows& all) {
        for (const auto& row : all) item(bold(row.name), row.doc);
    }
    void line(std::string_view text) { out_.append(text).append("\n"); }
    std::string take() { return std::move(out_); }

    static std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }

private:
    std::string out_;
};

std::string sentence(std::string_view text) {
    std::string whole(text);
    if (!whole.empty() && whole[0] >= 'a' && whole[0] <= 'z')
        whole[0] = static_cast<char>(whole[0] - 'a' + 'A');
    if (!whole.ends_with('.')) whole += '.';
    return whole;
}

std::string head_of(const Flag& flag) {
    std::string head;
    for (const std::string& name : flag.names)
        head += (head.empty() ? "" : ", ") + Page::bold(name);
    return flag.type.empty() ? head : head + " \\fI" + roff(flag.type) + "\\fR";
}

// The variable of a setting's flag stands beside it.
std::string doc_of(const Flag& flag) {
    for (const app::Key& key : app::keys())
        if (key.flag == flag.names.back() && !key.environment.empty())
            return flag.doc + " (" + std::string(key.environment) + ")";
    return flag.doc;
}

void write_flags(Page& page, const std::vector<Flag>& flags) {
    for (const Flag& flag : flags) page.item(head_of(flag), doc_of(flag));
}

void write_usage(Page& page, std::string_view usage) {
    while (!usage.empty()) {
        const auto end = std::min(usage.find('\n'), usage.size());
        std::string_view line = usage.substr(0, end);
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (!line.empty()) {
            const auto blank = std::min(line.find(' '), line.size());
            page.line(Page::bold(line.substr(0, blank)) + roff(line.substr(blank)));
            page.line(".br");
        }
        usage.remove_prefix(std::min(end + 1, usage.size()));
    }
}

void write_verb(Page& page, const Verb& verb) {
    page.line(".SS " + roff(verb.name));
    write_usage(page, verb.usage);
    page.text(sentence(verb.doc));
    if (!verb.footer.empty()) page.text(sentence(verb.footer));
    std::vector<Flag> own = verb.flags;
    std::erase_if(own, [](const Flag& flag) { return flag.names.back() == "--help"; });
    if (verb.takes_settings) page.text("Takes the options above, too.");
    if (verb.word) page.item("\\fI" + roff(verb.word->type) + "\\fR", verb.word->doc);
    write_flags(page, own);
}

std::string setting_head(const app::Key& key) {
    std::string head = Page::bold(key.path);
    if (!key.choices.empty()) head += " \\fI" + roff(key.choices) + "\\fR";
    if (!key.fallback.empty()) head += " [" + roff(key.fallback) + "]";
    return head;
}

void write_settings(Page& page) {
    page.section("CONFIGURATION");
    page.text(
        "A file in YAML; a dot in a name below is a level of it. Flags win over the environment, "
        "the environment over the file. What stands in brackets is the default. `whogoes check` "
        "says what is wrong with a file, `whogoes config` what is in effect.");
    for (const app::Key& key : app::keys()) page.item(setting_head(key), key.doc);
    std::string names = app::names_in("", true);
    std::replace(names.begin(), names.end(), '|', ' ');
    page.item(Page::bold("routes"),
              "A list of maps, each with match: \"/public/**\" or \"POST /login\" and its own "
              "settings; the first that matches wins. What may stand in one: " +
                  names + ".");
}

void write_environment(Page& page) {
    page.section("ENVIRONMENT");
    for (const app::Key& key : app::keys())
        if (!key.environment.empty())
            page.item(Page::bold(key.environment), "As " + std::string(key.flag) + ".");
    for (const app::Variable& variable : app::other_variables())
        page.item(Page::bold(variable.name), variable.doc);
}

}  // namespace

std::string man_page(const Program& program) {
    Page page;
    page.line(".\\\" Made by the build of whogoes.");
    page.line(".TH WHOGOES 1 \"" + program.date + "\" \"whogoes " + program.version +
              "\" \"User Commands\"");
    page.section("NAME");
    page.line("whogoes \\- a reverse proxy that explains every 401 and 403");
    page.section("SYNOPSIS");
    write_usage(page, program.top.usage);
    page.line("\\fBwhogoes\\fR \\fIVERB\\fR ...");
    page.section("DESCRIPTION");
    page.text(program.top.doc);
    page.text(
        "It stands in front of an API and changes no decision: what the API accepts passes, what "
        "it refuses stays refused. Each refusal is told of with its cause, the evidence, the "
        "standard that the answer broke, and what to do.");
    page.paragraph(program.top.footer);
    page.section("OPTIONS");
    write_flags(page, program.top.flags);
    page.section("VERBS");
    page.text("Without a verb it is run.");
    for (const Verb& verb : program.verbs) write_verb(page, verb);
    write_settings(page);
    page.section("EXIT STATUS");
    for (const app::ExitStatus& row : app::exit_statuses) page.item(Page::bold(row.code), row.doc);
    write_environment(page);
    page.section("FILES");
    page.rows(files);
    page.section("SIGNALS");
    page.rows(signals);
    page.section("EXAMPLES");
    page.rows(examples);
    page.section("SEE ALSO");
    page.line("\\fBcurl\\fR(1), \\fBjq\\fR(1), RFC 9110 section 15.5.2, RFC 6750");
    return page.take();
}

}  // namespace whogoes::manual
