#include "proxy/app/command_line.hpp"

#include "proxy/app/command_tree.hpp"
#include "proxy/app/help_text.hpp"
#include "proxy/app/log_flags.hpp"
#include "proxy/app/schema.hpp"
#include "proxy/app/stray_word.hpp"
#include "rules/remedy.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <memory>

namespace whogoes::app {
namespace {

class Parser {
public:
    explicit Parser(CommandLine& line) : line_(line), app_("", "") {
        app_.name("whogoes");
        app_.description(
            "A local reverse proxy that makes every 401 standards-compliant and says why it "
            "happened.\n");
        app_.formatter(std::make_shared<HelpText>());
        app_.get_formatter()->column_width(36);
        app_.set_help_flag("-h,--help", "Show this text")->group("General");
        app_.add_flag("-V,--version", version_, "Show the version")->group("General");
        app_.allow_extras();
        app_.require_subcommand(0, 1);
        add_settings();
        add_verbs();
        app_.footer(
            "Each flag has an environment variable (WHOGOES_UPSTREAM, …) and, where it is a "
            "setting, "
            "a key in whogoes.yaml.\nFlags win over the environment, the environment over the "
            "file.\n"
            "`whogoes VERB --help` tells more about one verb.");
    }

    const CLI::App& app() const noexcept { return app_; }

    void parse(std::vector<std::string> words) {
        std::reverse(words.begin(), words.end());  // as CLI11 takes them
        try {
            app_.parse(std::move(words));
        } catch (const CLI::CallForHelp&) {
            return end(0, app_.help());
        } catch (const CLI::ParseError& error) {
            return end(2, "whogoes: " + plainly(error.what()) + "; see `whogoes --help`\n");
        }
        if (version_) {
            line_.verb = "version";
            return;
        }
        for (const CLI::App* verb : app_.get_subcommands()) line_.verb = verb->get_name();
        for (const std::string& word : app_.remaining(true))
            if (!take_upstream(word)) return refuse(word);
        take();
    }

private:
    // "--upstream: 1 required URL missing" is how CLI11 says it.
    static std::string plainly(std::string words) {
        constexpr std::string_view required = ": 1 required ", missing = " missing";
        const std::size_t at = words.find(required);
        if (at == std::string::npos || !words.ends_with(missing)) return words;
        words.resize(words.size() - missing.size());
        return words.replace(at, required.size(), " needs a value, ");
    }

    void end(int exit_code, std::string message) {
        line_.exit_code = exit_code;
        line_.message = std::move(message);
    }

    // `type` says what the value may be, in the words of proxy/manual/value_type.hpp.
    template <typename Value>
    static CLI::Option* option(CLI::App& app, const std::string& names, const std::string& type,
                               Value& into, const std::string& doc) {
        return app.add_option(names, into, doc)->type_name(type);
    }

    static CLI::Option* repeatable(CLI::App& app, const std::string& names, const std::string& type,
                                   std::vector<std::string>& into, const std::string& doc) {
        return option(app, names, type, into, doc)->allow_extra_args(false);
    }

    void add_setting(const Key& key, const std::string& name) {
        std::string doc(key.doc);
        if (!key.fallback.empty() && key.kind != Kind::boolean)
            doc += " [" + std::string(key.fallback) + "]";
        if (!key.comes_later.empty()) doc += " (comes later)";
        const std::string path(key.path);
        if (key.kind == Kind::boolean)
            app_.add_flag(name, switches_[path], doc)->group("Settings");
        else
            repeatable(app_, name, value_type(key), flags_[path], doc)->group("Settings");
    }

    static std::string value_type(const Key& key) {
        if (key.kind == Kind::count) return "N";
        if (key.kind == Kind::choice) return std::string(key.choices);
        if (key.path == "log.output") return "stderr|stdout|PATH";
        if (key.path == "challenge.offer") return rules::challenge_preset_names() + "|CHALLENGE";
        return key.path == "upstream" ? "URL" : "ADDR";
    }

    void add_settings() {
        add_setting(*find_key("upstream"), "-u,--upstream");
        add_setting(*find_key("listen"), "-l,--listen");
        for (const Key& key : keys())
            if (!key.flag.empty() && key.path != "upstream" && key.path != "listen")
                add_setting(key, std::string(key.flag));
        repeatable(app_, "-c,--config", "FILE|-", config_files_,
                   "configuration file; - is standard input")
            ->group("Settings");
        repeatable(app_, "--fail-on", "ID|SEVERITY,...", fail_on_,
                   "with a COMMAND: exit 1 if one of these causes or rules fired")
            ->group("Settings");
        app_.add_flag("--allow-empty", line_.arguments.allow_empty,
                      "with --fail-on: no request at all is fine, too")
            ->group("Settings");
        repeatable(app_, "--color", "auto|always|never", colors_, "whether the console has colours")
            ->group("Output");
        app_.add_flag("-v,--verbose", verbose_, "show every exchange")->group("Output");
        app_.add_flag("-q,--quiet", quiet_,
                      "no refusals on the console, only troubles of whogoes itself")
            ->group("Output");
    }

    CLI::App& verb(const std::string& name, const std::string& doc, bool takes_settings) {
        CLI::App* verb = app_.add_subcommand(name, doc);
        verb->allow_extras();
        verb->fallthrough(takes_settings);
        return *verb;
    }

    void add_verbs() {
        const std::string all_flags =
            "It takes the settings and flags that `whogoes --help` lists.";
        verb("run", "Run the proxy (also without this word)", true).footer(all_flags);
        verb("check", "Check the configuration: exit 0 or 1", true).footer(all_flags);
        CLI::App& config =
            verb("config", "Print the effective configuration and where each value is from", true);
        config.footer(all_flags);
        add_output(config, "text|json");
        CLI::App& explain = verb("explain", "Decode and judge a credential, offline", false);
        option(explain, "credential", "TOKEN|-", credential_,
               "A token, a header's value or a line of curl; - reads a pipe. "
               "Without it, you are asked");
        option(explain, "--header", "LINE", header_,
               "A whole header line: 'Authorization: Bearer …'");
        option(explain, "--issuer", "TEXT", line_.explain.issuer, "the right iss");
        repeatable(explain, "--audience", "TEXT", line_.explain.audiences, "the right aud");
        option(explain, "--leeway", "DURATION", line_.explain.leeway, "clock skew allowed [60s]");
        option(explain, "--keys", "FILE", line_.explain.keys_file,
               "JWK set: check the signature too");
        add_output(explain, "text|json");
        add_color(explain);
        CLI::App& lint = verb("lint", "Check a URL, a HAR file or `curl -si` output once", false);
        add_lint_flags(lint, line_.lint);
        add_output(lint, "text|json|sarif|junit|github");
        add_color(lint);
        repeatable(lint, "-c,--config", "FILE|-", config_files_,
                   "configuration file with what is right here, and a lint: block");
        CLI::App& log = verb("log", "Review the log: list, follow, summary, stats, export", true);
        add_log_flags(log, line_.log);
        add_output(log, "text|json");
        CLI::App& review = verb("review", "Say where the review page is, with its key", true);
        review.add_flag("--open", line_.open, "open it in the browser, too");
        review.footer("--admin and --config say which proxy, as they do for `run`.");
        CLI::App& mcp = verb("mcp", "Tell a coding agent why requests are refused (MCP)", true);
        option(mcp, "inputs", "FILE|URL", line_.mcp_inputs,
               "a log (.gz too), or the URL of a running proxy. Without any: the running proxy, "
               "else the configured log");
        mcp.footer(
            "An agent starts it: see examples/agents. --admin and --config say which proxy.");
        CLI::App& causes = verb("causes", "List causes and rules, or tell all about one", false);
        option(causes, "id", "ID", line_.cause, "an id, its beginning, or a word");
        add_output(causes, "text|json|markdown");
        add_color(causes);
        add_dialects();
        CLI::App& simulate =
            verb("simulate", "Have a running --dev proxy refuse, in front of the API", true);
        option(simulate, "cause", "CAUSE|off", line_.simulate.cause,
               "a cause's ID, or off to end it all");
        option(simulate, "--match", "GLOB", line_.simulate.match,
               "which requests: '/v1/**' or 'POST /login' [/**]");
        option(simulate, "--for", "DURATION", line_.simulate.duration, "for how long [5m]");
        simulate.footer("--admin and --config say which proxy, as they do for `run`.");
        CLI::App& health = verb("health", "Ask the admin port: exit 0 when ready", true);
        option(health, "--wait", "DURATION", line_.wait, "ask again for so long; then run COMMAND");
        health.footer("--admin and --config say where to ask, as they do for `run`.");
        verb("version", "Show the version", false);
    }

    void add_dialects() {
        CLI::App& dialects =
            verb("dialects",
                 "List the systems that are known, show one, or test a file of your own", false);
        option(dialects, "words", "show DIALECT|test FILE", line_.dialects,
               "show ID, or test FILE");
    }

    // Verbs that take no settings take this one behind themselves, too.
    void add_color(CLI::App& verb) {
        repeatable(verb, "--color", "auto|always|never", colors_, "whether it has colours");
    }

    void add_output(CLI::App& verb, const std::string& forms) {
        verb.add_flag("--json", json_, "the same as -o json");
        option(verb, "-o,--output", forms, line_.output, "the form of what is printed [text]");
    }

    std::string known_flags() const {
        std::string flags;
        auto all = app_.get_options();
        for (const CLI::App* verb : app_.get_subcommands())
            for (const CLI::Option* option : verb->get_options()) all.push_back(option);
        for (const CLI::Option* option : all)
            for (const std::string& name : option->get_lnames()) flags += "|--" + name;
        return flags;
    }

    std::string known_verbs() const {
        std::string verbs;
        for (const CLI::App* verb : app_.get_subcommands([](const CLI::App*) { return true; }))
            verbs += (verbs.empty() ? "" : "|") + verb->get_name();
        return verbs;
    }

    // `whogoes http://localhost:3000` is what people try.
    bool take_upstream(const std::string& word) {
        const bool has_one = line_.verb == "run" || line_.verb == "check" || line_.verb == "config";
        std::vector<std::string>& given = flags_["upstream"];
        if (!has_one || !given.empty() || !names_upstream(word)) return false;
        given.push_back(word);
        return true;
    }

    void refuse(const std::string& word) {
        const std::string flags = known_flags();
        const std::string verbs = known_verbs();
        const Stray stray{line_.verb, flags, verbs, !flags_["upstream"].empty()};
        const std::string help = app_.get_subcommands().empty() ? "" : line_.verb + " ";
        end(2,
            "whogoes: " + complaint_about(word, stray) + " (see `whogoes " + help + "--help`)\n");
    }

    // A value that may stand once only.
    void single(const std::vector<std::string>& values, const char* name,
                std::optional<std::string>& into) {
        if (values.size() > 1)
            end(2, std::string("whogoes: ") + name + " is given twice: keep one\n");
        else if (values.size() == 1)
            into = values.front();
    }

    void take() {
        for (const auto& [path, values] : flags_)
            if (!values.empty()) line_.arguments.flags[path] = values;
        for (const auto& [path, on] : switches_)
            if (on) line_.arguments.flags[path] = {"true"};
        single(config_files_, "--config", line_.arguments.config_file);
        single(colors_, "--color", line_.arguments.color);
        if (line_.arguments.color &&
            std::string_view("|auto|always|never|").find("|" + *line_.arguments.color + "|") ==
                std::string_view::npos)
            end(2, "whogoes: --color is auto, always or never\n");
        line_.arguments.fail_on = fail_on_;
        line_.arguments.verbosity = verbose_ > 0 ? 1 : quiet_ > 0 ? -1 : 0;
        take_explain();
        if (line_.verb == "simulate" && line_.simulate.cause.empty())
            end(2,
                "whogoes: simulate needs a cause, as in `whogoes simulate token-expired`, or "
                "off; `whogoes causes` lists them\n");
        if (json_) line_.output = "json";
        if (line_.verb == "lint") {
            if (const std::string flaw = take_lint(line_.lint, line_.output); !flaw.empty())
                end(2, "whogoes: " + flaw + "\n");
            return;
        }
        if (line_.verb == "log") return;  // log_request() judges its words
        const bool markdown = line_.output == "markdown" && line_.verb == "causes";
        if (line_.output != "text" && line_.output != "json" && !markdown)
            end(2, std::string("whogoes: -o is text") +
                       (line_.verb == "causes" ? ", json or markdown\n" : " or json\n"));
    }

    void take_explain() {
        for (const std::string& word : credential_)
            line_.explain.credential += (line_.explain.credential.empty() ? "" : " ") + word;
        if (!header_.empty()) line_.explain.credential = header_;
    }

    CommandLine& line_;
    CLI::App app_;
    bool version_ = false;
    int verbose_ = 0, quiet_ = 0;
    std::map<std::string, std::vector<std::string>> flags_;
    std::map<std::string, bool> switches_;
    std::vector<std::string> config_files_, colors_, fail_on_, credential_;
    std::string header_;
    bool json_ = false;
};

}  // namespace

void look_at_command_line(const std::function<void(const CLI::App&)>& look) {
    CommandLine line;
    const Parser parser(line);
    look(parser.app());
}

CommandLine parse_command_line(std::vector<std::string> words) {
    CommandLine line;
    const auto dashes = std::find(words.begin(), words.end(), "--");
    if (dashes != words.end()) {
        line.arguments.command.assign(dashes + 1, words.end());
        words.erase(dashes, words.end());
        if (line.arguments.command.empty()) {
            line.exit_code = 2;
            line.message = "whogoes: no command stands behind `--`\n";
            return line;
        }
    }
    // `whogoes help lint` is what people try.
    if (!words.empty() && words.front() == "help") {
        words.erase(words.begin());
        words.emplace_back("--help");
    }
    Parser(line).parse(std::move(words));
    return line;
}

}  // namespace whogoes::app
