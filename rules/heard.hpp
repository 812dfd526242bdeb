#pragma once

#include "rules/dialect.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What an answer says for itself: the statements found in its challenge, its fields and its body,
// the systems that its marks give away, and which causes those statements tell of by the dialects.
// A hint about a cause, never a proof, and never shown unscrubbed. Not a language model and not a
// search engine: whole words and codes of fixed lists.
namespace whogoes::rules {

// One thing that the answer says, and where. Views into the answer, or into what Heard keeps.
struct Statement {
    std::string_view member{};  // "error.message", "error_description", "X-Error"; empty: the page
    std::string_view text{};
    std::uint64_t letters = 0;  // hash of its letters and digits; 0: longer than a code is
    bool understood = false;    // a saying was found in it, or it says nothing
};

struct Told {
    const Saying* saying = nullptr;
    const Dialect* by = nullptr;
    std::string_view text{};  // around the words, at most 200 octets, as sent
    bool exact = false;       // the reason of an ErrorInfo
    bool by_system() const noexcept { return by && !by->marks.empty(); }
};

class Heard {
public:
    std::vector<Statement> statements{};
    std::vector<const Dialect*> systems{};  // whose marks hold; the one to name first
    std::vector<Told> told{};               // of systems first
    // What the answer says to people, recognised or not: at most 200 bytes, as sent. Empty where it
    // says no more than its status does, and of a page.
    std::string message{};
    std::string error_code{};  // the member "error" of a JSON body where it looks like a code
    std::string_view error_reason{};  // of an ErrorInfo: exact, as nothing else here is
    bool json = false;                // the body is JSON
    // name_mark_of every member or element of the body, and of every other statement
    std::uint64_t members = 0;

    // The first that tells of this cause; null: nobody does.
    const Told* told_of(std::string_view cause) const noexcept {
        for (const Told& one : told)
            if (one.saying->cause == cause) return &one;
        return nullptr;
    }
    bool says(std::string_view cause) const noexcept { return told_of(cause) != nullptr; }
    // Whether a 400 that says this is about a credential, and not about a form's fields.
    bool refuses(bool credential_came) const noexcept;
    // The first text that no dialect understands and that says something; empty: none.
    std::string_view unheard() const noexcept;
    // Whether a recognised system is known for what this cause or rule would call a fault.
    bool is_usual_there(std::string_view cause_or_rule) const noexcept {
        return !systems.empty() && is_quirk(cause_or_rule);
    }
    // The system to name: the first whose marks hold; null: unknown.
    const Dialect* system() const noexcept { return systems.empty() ? nullptr : systems.front(); }

    void add(std::string_view member, std::string_view text);
    std::string_view keep(std::string text);  // as long as this or a copy of it lives

private:
    bool is_quirk(std::string_view cause_or_rule) const noexcept;

    std::shared_ptr<std::deque<std::string>> kept_{};
};

// Reads an exchange whose credentials, carried and challenges are there already.
Heard listen(const Exchange&);

// The first half of listen(): the statements alone.
void collect_statements(const Exchange&, Heard&);

}  // namespace whogoes::rules
