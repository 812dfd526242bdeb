#include "proxy/manual/completions.hpp"
#include "proxy/manual/shell_words.hpp"

namespace whogoes::manual {
namespace {

std::string in_fish_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

constexpr std::string_view fish_head = R"(
# The first of the verbs on the line, or nothing. What a flag takes is none.
function __whogoes_verb
    set -l words (commandline -opc)
    set -l skip no
    for word in $words[2..-1]
        if test $skip = yes
            set skip no
        else if contains -- $word $__whogoes_valued
            set skip yes
        else if contains -- $word $__whogoes_verbs
            echo $word
            return
        end
    end
end

function __whogoes_is
    not __whogoes_behind; and contains -- (__whogoes_verb; echo none)[1] $argv
end

# Whether -- stands on the line: a command of its own follows.
function __whogoes_behind
    contains -- -- (commandline -opc)
end

function __whogoes_command
    set -l words (commandline -opc)
    set -l dashes (contains -i -- -- $words)
    set -l behind $words[(math $dashes + 1)..-1]
    test (count $words) -eq $dashes; and set behind
    complete -C (string join ' ' -- (string escape -- $behind) (commandline -ct))
end

function __whogoes_last
    set -l words (commandline -opc)
    contains -- $words[-1] $argv
end

complete -c whogoes -f
complete -c whogoes -n __whogoes_behind -xa '(__whogoes_command)'
)";

// What stands behind -a: words, functions that print them, files.
std::string offered(const ValueType& type) {
    std::vector<std::string> parts;
    for (const std::string& word : plain_words(type)) parts.push_back("echo " + word);
    for (const std::string& kind : kinds_to_list(type)) parts.push_back("__whogoes_" + kind);
    if (takes_file(type)) parts.push_back("__fish_complete_path (commandline -ct)");
    const std::string command = joined(parts, "; ");
    if (parts.empty()) return "";
    return type.list ? "(__fish_complete_list , \"" + command + "\")" : "(" + command + ")";
}

void write_flag(std::string& out, const std::string& condition, const Flag& flag) {
    out += "complete -c whogoes -n " + in_fish_quotes(condition);
    for (const std::string& name : flag.names)
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (!flag.type.empty()) {
        out += " -x";
        const std::string words = offered(read_value_type(flag.type));
        if (!words.empty()) out += " -a " + in_fish_quotes(words);
    }
    out += " -d " + in_fish_quotes(flag.doc) + "\n";
}

void write_fish_word(std::string& out, const Verb& verb) {
    const ValueType type = read_value_type(verb.word->type);
    std::vector<std::string> followed;
    for (const Alternative& one : type.alternatives)
        if (!one.next.empty()) followed.push_back(one.word);
    std::string condition = "__whogoes_is " + verb.name;
    for (const Alternative& one : type.alternatives)
        if (!one.next.empty()) {
            const std::string behind = condition + "; and __whogoes_last " + one.word;
            const std::string words = offered(read_value_type(one.next));
            out += "complete -c whogoes -n " + in_fish_quotes(behind) + " -a " +
                   in_fish_quotes(words) + "\n";
        }
    if (!followed.empty()) condition += "; and not __whogoes_last " + joined(followed, " ");
    const std::string words = offered(type);
    if (!words.empty())
        out += "complete -c whogoes -n " + in_fish_quotes(condition) + " -a " +
               in_fish_quotes(words) + "\n";
}

}  // namespace

std::string fish_completion(const Program& program) {
    std::string out = "# whogoes " + program.version + " for fish. Made by its build.\n\n";
    std::vector<std::string> verbs, with_settings{"none"};
    for (const Verb& verb : program.verbs) {
        verbs.push_back(verb.name);
        if (verb.takes_settings) with_settings.push_back(verb.name);
    }
    out += "set -g __whogoes_verbs " + joined(verbs, " ") + " help\n";
    out += "set -g __whogoes_valued " + joined(flags_with_values(program), " ") + "\n";
    for (const std::string_view kind : listed_kinds()) {
        out += "\nfunction __whogoes_" + std::string(kind) + "\n    printf '%s\\t%s\\n'";
        for (const Choice& choice : words_of(kind))
            out += " \\\n        " + choice.word + " " + in_fish_quotes(choice.doc);
        out += "\nend\n";
    }
    out += fish_head;
    out += "\n# The verbs\n";
    for (const Verb& verb : program.verbs)
        out += "complete -c whogoes -n '__whogoes_is none' -a " + verb.name + " -d " +
               in_fish_quotes(verb.doc) + "\n";
    out +=
        "complete -c whogoes -n '__whogoes_is none' -a help -d 'Show what a verb takes'\n"
        "complete -c whogoes -n '__whogoes_is help' -a \"$__whogoes_verbs\"\n";
    out += "\n# The settings\n";
    for (const Flag& flag : program.top.flags) {
        const bool everywhere = flag.names.back() == "--help";
        write_flag(
            out, everywhere ? "not __whogoes_behind" : "__whogoes_is " + joined(with_settings, " "),
            flag);
    }
    for (const Verb& verb : program.verbs) {
        out += "\n# " + verb.name + "\n";
        for (const Flag& flag : verb.flags)
            if (flag.names.back() != "--help") write_flag(out, "__whogoes_is " + verb.name, flag);
        if (verb.word) write_fish_word(out, verb);
    }
    return out;
}

}  // namespace whogoes::manual
