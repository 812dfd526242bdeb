#include "proxy/manual/completions.hpp"
#include "proxy/manual/shell_words.hpp"

#include <algorithm>

namespace whogoes::manual {
namespace {

// What stands before the tables. The words of a line are those that bash made of it: it takes
// --flag=value apart at the sign.
constexpr std::string_view bash_head = R"(
# Sets COMPREPLY to what begins as the first argument does: words of the second, and files where the
# third is "files". Where the fourth is "list", what stands before the last comma stays.
_whogoes_offer() {
    local cur=$1 before=''
    if [[ $4 == list && $cur == *,* ]]; then
        before=${cur%,*},
        cur=${cur##*,}
    fi
    mapfile -t COMPREPLY < <(compgen -P "$before" -W "$2" -- "$cur")
    if [[ $3 == files ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
    fi
}

# The command behind --, whose first word has this number.
_whogoes_command() {
    if declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
    else
        _whogoes_offer "${COMP_WORDS[COMP_CWORD]}" '' files one
    fi
}
)";

constexpr std::string_view body_begin = R"(
_whogoes() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb='' last='' i
    COMPREPLY=()
    if [[ $cur == '=' ]]; then
        cur=''
    elif [[ $prev == '=' ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --)
                _whogoes_command $((i + 1))
                return
                ;;
)";

constexpr std::string_view body_middle =
    R"(                [[ ${COMP_WORDS[i + 1]} != '=' ]] || ((i++))
                ((i++))
                ;;
            -*) ;;
            *) if [[ -z $verb ]]; then _whogoes_is_verb "${COMP_WORDS[i]}" && verb=${COMP_WORDS[i]}; else last=${COMP_WORDS[i]}; fi ;;
        esac
    done
)";

std::string words_expression(const ValueType& type) {
    std::string words = joined(plain_words(type), " ");
    for (const std::string& kind : kinds_to_list(type))
        words.append(words.empty() ? "" : " ").append("$_whogoes_").append(kind);
    return "\"" + words + "\"";
}

std::string offer(const ValueType& type) {
    return "_whogoes_offer \"$cur\" " + words_expression(type) +
           (takes_file(type) ? " files" : " none") + (type.list ? " list" : " one");
}

// Whether nothing could be offered for it: it still is no place for a flag or a verb.
std::string offer_or_nothing(const std::string& type_text) {
    const ValueType type = read_value_type(type_text);
    const bool none = plain_words(type).empty() && kinds_to_list(type).empty() && !takes_file(type);
    return none ? ":" : offer(type);
}

void write_values(std::string& out, const std::vector<Flag>& flags, const std::string& indent) {
    for (const Flag& flag : flags) {
        if (flag.type.empty()) continue;
        out += indent + joined(flag.names, " | ") + ")\n";
        out += indent + "    " + offer_or_nothing(flag.type) + "\n";
        out += indent + "    return\n" + indent + "    ;;\n";
    }
}

std::string names_of(const std::vector<Flag>& flags) {
    std::vector<std::string> names;
    for (const Flag& flag : flags) names.insert(names.end(), flag.names.begin(), flag.names.end());
    return joined(names, " ");
}

void write_bash_word(std::string& out, const Flag& word) {
    const ValueType type = read_value_type(word.type);
    const bool followed = std::any_of(type.alternatives.begin(), type.alternatives.end(),
                                      [](const Alternative& one) { return !one.next.empty(); });
    if (!followed) {
        out += "            " + offer_or_nothing(word.type) + "\n";
        return;
    }
    out += "            case $last in\n";
    for (const Alternative& one : type.alternatives)
        if (!one.next.empty())
            out += "                " + one.word + ") " + offer_or_nothing(one.next) + " ;;\n";
    out += "                *) " + offer(type) + " ;;\n            esac\n";
}

void write_verb(std::string& out, const Program& program, const Verb& verb) {
    const std::vector<Flag> flags = program.flags_of(verb);
    out += "        " + verb.name + ")\n";
    out += "            case $prev in\n";
    write_values(out, flags, "                ");
    out += "                *) ;;\n            esac\n";
    out += "            if [[ $cur == -* ]]; then\n                _whogoes_offer \"$cur\" \"" +
           names_of(flags) + (verb.takes_command ? " --" : "") +
           "\" none one\n                return\n            fi\n";
    if (verb.word) write_bash_word(out, *verb.word);
    out += "            ;;\n";
}

}  // namespace

std::string bash_completion(const Program& program) {
    std::vector<std::string> verbs;
    for (const Verb& verb : program.verbs) verbs.push_back(verb.name);
    std::string out = "# shellcheck shell=bash\n# whogoes " + program.version +
                      " for bash. Made by its build.\n\n";
    for (const std::string_view kind : listed_kinds()) {
        std::vector<std::string> words;
        for (const Choice& choice : words_of(kind)) words.push_back(choice.word);
        out += "_whogoes_" + std::string(kind) + "='" + joined(words, " ") + "'\n";
    }
    out += bash_head;
    out += "\n_whogoes_is_verb() {\n    case $1 in\n        " + joined(verbs, " | ") +
           " | help) ;;\n        *) return 1 ;;\n    esac\n}\n";
    out += body_begin;
    out += "            " + joined(flags_with_values(program), " | ") + ")\n";
    out += body_middle;
    out += "    case $verb in\n        help) _whogoes_offer \"$cur\" \"" + joined(verbs, " ") +
           "\" none one ;;\n";
    for (const Verb& verb : program.verbs) write_verb(out, program, verb);
    Verb none = program.top;
    none.name = "*";
    none.takes_command = true;
    none.word = Flag{{"verb"}, joined(verbs, "|") + "|help", "", ""};
    write_verb(out, program, none);
    out += "    esac\n}\n\ncomplete -F _whogoes whogoes\n";
    return out;
}

}  // namespace whogoes::manual
