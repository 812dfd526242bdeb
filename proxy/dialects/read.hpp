#pragma once

#include "rules/dialect.hpp"

#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Reads the files of rules/dialects/README.md into plain tables: the built-in ones while the
// program is built, a user's own when it starts. Not a judge of whether a dialect is true; its
// cases are (proxy/dialects/cases).
namespace whogoes::dialects {

struct Case {
    std::string title{}, source{}, upstream{}, request{}, response{};
    std::string cause{};  // empty: nothing is to be said
    std::vector<std::string> accept{}, never{};
    struct Earlier {
        std::string request{}, response{};
    };
    std::vector<Earlier> earlier{};
    int line = 0;
};

// A dialect with all that its views look at. It does not move in memory once it is made.
class DialectFile {
public:
    rules::Dialect dialect{};
    std::vector<Case> cases{};
    std::string about{};  // where the system's behaviour is documented; may be empty
    struct Source {
        int line = 0;
        std::string seen{};  // the text that the saying was met in
    };
    std::vector<Source> sources{};  // of each saying, in their order

    DialectFile() = default;
    DialectFile(const DialectFile&) = delete;
    DialectFile& operator=(const DialectFile&) = delete;

private:
    friend class Reader;
    std::deque<std::string> texts_{};
    std::deque<std::vector<rules::Term>> conditions_{};
    std::vector<rules::Condition> marks_{};
    std::vector<rules::Saying> sayings_{};
    std::vector<rules::CredentialPlace> places_{};
    std::vector<std::string_view> quirks_{}, empty_words_{};
};

// "our-api.yaml:12: 'cuase' is no member of a saying; …": place and cure.
class DialectError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// "nothing", "bearer": as files write it.
std::string_view word_of(rules::Sent) noexcept;
std::string_view word_of(rules::Where) noexcept;
std::string_view word_of(rules::Holds) noexcept;
std::string_view word_of(rules::Layer) noexcept;  // of Layer::own empty: files leave it out

// Throws DialectError at the first mistake. `name` is the file's, for messages; `id` the dialect's.
std::unique_ptr<DialectFile> read_dialect(const std::string& yaml, const std::string& name,
                                          const std::string& id);

}  // namespace whogoes::dialects
