#include "proxy/app/command_line.hpp"
#include "proxy/manual/program.hpp"
#include "proxy/manual/shell_words.hpp"
#include "rules/diagnosis.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace whogoes::manual {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("a type is alternatives, kinds in capitals, perhaps a list") {
    const ValueType fail_on = read_value_type("ID|SEVERITY|none,...");
    CHECK(fail_on.list);
    CHECK(plain_words(fail_on) == Words{"none"});
    CHECK(kinds_to_list(fail_on) == Words{"ID", "SEVERITY"});
    CHECK_FALSE(takes_file(fail_on));

    const ValueType dialects = read_value_type("show DIALECT|test FILE");
    REQUIRE(dialects.alternatives.size() == 2);
    CHECK(dialects.alternatives[0].word == "show");
    CHECK(dialects.alternatives[0].next == "DIALECT");
    CHECK(dialects.alternatives[1].next == "FILE");
    CHECK(takes_file(read_value_type("FILE|-")));
}

TEST_CASE("a kind that nobody has told of is refused") {
    for (const char* text : {"COLOUR", "auto|WORD", "show THING", "", ",..."}) {
        CAPTURE(std::string(text));
        CHECK_THROWS_AS(read_value_type(text), std::invalid_argument);
    }
}

TEST_CASE("the words of a kind are the tables' own") {
    CHECK(words_of("CAUSE").size() == rules::catalogue().size());
    CHECK(words_of("RULE").size() == rules::rulebook().size());
    CHECK(words_of("SEVERITY").size() == 3);
    CHECK(words_of("FILE").empty());
    const std::vector<Choice> ids = words_of("ID");
    for (std::size_t i = 1; i < ids.size(); ++i) CHECK(ids[i - 1].word < ids[i].word);
}

TEST_CASE("the parser takes what the types of its flags say") {
    const Program program = read_program();
    const auto accepted = [](const Words& words) {
        return !app::parse_command_line(words).exit_code.has_value();
    };
    for (const Verb& verb : program.verbs)
        for (const Flag& flag : program.flags_of(verb)) {
            if (flag.type.empty()) continue;
            for (const std::string& word : plain_words(read_value_type(flag.type))) {
                Words line{verb.name, flag.names.back(), word};
                if (verb.name == "lint") line.emplace_back("-");
                if (verb.name == "simulate") line.emplace_back("off");
                CAPTURE(line);
                CHECK(accepted(line));
            }
        }
    CHECK_FALSE(accepted({"--color", "red"}));
    CHECK_FALSE(accepted({"causes", "-o", "yaml"}));
}

TEST_CASE("a verb has the settings where it takes them") {
    const Program program = read_program();
    for (const Verb& verb : program.verbs) {
        CAPTURE(verb.name);
        bool listen = false;
        for (const Flag& flag : program.flags_of(verb))
            listen = listen || flag.names.back() == "--listen";
        CHECK(listen == verb.takes_settings);
        CHECK_FALSE(verb.usage.empty());
    }
    CHECK(program.verbs.size() >= 12);
}

}  // namespace
}  // namespace whogoes::manual
