#include "proxy/manual/completions.hpp"
#include "proxy/manual/shell_words.hpp"

namespace whogoes::manual {
namespace {

// Brackets and colons end the parts of a specification of _arguments.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

// What _arguments does for a value of this type: ":NAME:ACTION".
std::string action(const std::string& type_text) {
    const ValueType type = read_value_type(type_text);
    std::vector<std::string> parts;
    if (const auto words = plain_words(type); !words.empty())
        parts.push_back("words:(" + joined(words, " ") + ")");
    for (const std::string& kind : kinds_to_list(type)) parts.push_back("words:_whogoes_" + kind);
    if (takes_file(type)) parts.push_back("files:_files");
    const std::string name = ":" + escaped(type_text) + ":";
    if (parts.empty()) return name + " ";
    if (parts.size() == 1 && !type.list) return name + parts[0].substr(parts[0].find(':') + 1);
    std::string call = type.list ? "_whogoes_list" : "_alternative";
    for (const std::string& part : parts)
        call += " \"" + std::string(part.substr(0, part.find(':'))) + "\\:" + escaped(type_text) +
                "\\:" + part.substr(part.find(':') + 1) + "\"";
    return name + "{" + call + "}";
}

void write_flags(std::string& out, const std::vector<Flag>& flags, const std::string& indent) {
    for (const Flag& flag : flags) {
        const std::string value = flag.type.empty() ? "" : action(flag.type);
        for (const std::string& name : flag.names) {
            // The value may stand in the same word: --color=always, -u:3000.
            const char* const joint = value.empty() ? "" : name.starts_with("--") ? "=" : "+";
            out += indent +
                   single_quoted("*" + name + joint + "[" + escaped(flag.doc) + "]" + value) + "\n";
        }
    }
}

void write_kind(std::string& out, std::string_view kind) {
    out += "_whogoes_" + std::string(kind) + "() {\n    local -a words=(\n";
    for (const Choice& choice : words_of(kind)) {
        std::string word = choice.word;
        if (!choice.doc.empty()) word += ":" + choice.doc;
        out += "        " + single_quoted(word) + "\n";
    }
    out += "    )\n    _describe -t words " + std::string(kind) + " words \"$@\"\n}\n\n";
}

// "show DIALECT|test FILE": the second word goes by the first.
void write_zsh_word(std::string& out, const Flag& word) {
    const ValueType type = read_value_type(word.type);
    std::string nexts;
    for (const Alternative& one : type.alternatives)
        if (!one.next.empty())
            nexts += one.word + ") " + (names_file(one.next) ? "_files" : "_whogoes_" + one.next) +
                     " ;; ";
    if (nexts.empty()) {
        out += "                " + single_quoted("*" + action(word.type)) + "\n";
        return;
    }
    out += "                " + single_quoted("1:word:(" + joined(plain_words(type), " ") + ")") +
           "\n                " + single_quoted("2:word:_whogoes_next") + "\n";
}

void write_next(std::string& out, const Program& program) {
    out += "_whogoes_next() {\n    case $line[1] in\n";
    for (const Verb& verb : program.verbs) {
        if (!verb.word) continue;
        for (const Alternative& one : read_value_type(verb.word->type).alternatives)
            if (!one.next.empty())
                out += "        " + one.word + ") " +
                       (names_file(one.next) ? "_files" : "_whogoes_" + one.next) + " ;;\n";
    }
    out += "    esac\n}\n\n";
}

constexpr std::string_view list_function =
    R"(# Several between commas: what stands before the last one stays.
_whogoes_list() {
    compset -P '*,'
    _alternative "$@"
}

)";

constexpr std::string_view main_begin = R"(_whogoes() {
    local context state state_descr line
    typeset -A opt_args
    # Behind -- stands a command of its own.
    local -i dashes=${words[(i)--]}
    if (( dashes < CURRENT )); then
        shift $dashes words
        (( CURRENT -= dashes ))
        _normal
        return
    fi
    local -a settings=(
)";

}  // namespace

std::string zsh_completion(const Program& program) {
    std::string out =
        "#compdef whogoes\n# whogoes " + program.version + " for zsh. Made by its build.\n\n";
    for (const std::string_view kind : listed_kinds()) write_kind(out, kind);
    out += list_function;
    write_next(out, program);
    out += "_whogoes_verbs() {\n    local -a words=(\n";
    for (const Verb& verb : program.verbs)
        out += "        " + single_quoted(verb.name + ":" + verb.doc) + "\n";
    out += "        'help:Show what a verb takes'\n    )\n    _describe -t verbs verb words\n}\n\n";
    out += main_begin;
    write_flags(out, program.top.flags, "        ");
    out +=
        "    )\n    _arguments -C -A '-*' $settings '1: :_whogoes_verbs' '*:: :->behind' && "
        "return\n"
        "    [[ $state == behind ]] || return 1\n    case $line[1] in\n"
        "        help) _whogoes_verbs ;;\n";
    for (const Verb& verb : program.verbs) {
        out += "        " + verb.name + ")\n            _arguments -C \\\n                " +
               (verb.takes_settings ? "$settings " : "") + "\\\n";
        std::string specs;
        write_flags(specs, verb.flags, "                ");
        if (verb.word) write_zsh_word(specs, *verb.word);
        std::string lines;
        for (const char c : specs) lines += c == '\n' ? std::string(" \\\n") : std::string(1, c);
        out +=
            lines.substr(0, lines.size() - std::string_view(" \\\n").size()) + "\n            ;;\n";
    }
    out += "    esac\n}\n\n_whogoes \"$@\"\n";
    return out;
}

}  // namespace whogoes::manual
