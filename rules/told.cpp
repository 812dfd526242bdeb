#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"
#include "rules/heard.hpp"
#include "rules/json_members.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

// What the statements of an answer tell of, by the dialects.
namespace whogoes::rules {

void collect_statements(const Exchange&, Heard&);

namespace {

constexpr std::size_t longest_text = 200;

// At most 200 octets of a text, with the words in it.
std::string_view around(std::string_view text, std::size_t at, std::size_t end) {
    if (text.size() <= longest_text) return text;
    std::size_t first = at - std::min<std::size_t>(at, 60);
    std::size_t last = std::min(text.size(), std::max(first + longest_text, end));
    // Not through the middle of a word: it could be a part of a secret that nobody would know
    // again.
    if (first > 0) first = std::min(text.find(' ', first), at);
    if (last < text.size()) last = std::max(text.rfind(' ', last) + 1, end);
    return text.substr(first, std::min(last - first, longest_text));
}

bool is_member(const Statement& statement, std::string_view name) {
    if (iequals(statement.member, name)) return true;
    // Where a list or a wrapper stands around it: "error.code" is in "0.error.code".
    return statement.member.size() > name.size() && iends_with(statement.member, name) &&
           statement.member[statement.member.size() - name.size() - 1] == '.';
}

bool field_holds(const Fields& fields, const Term& term) {
    for (const Field& line : fields.lines())
        if (line.name.size() == term.name.size() && iequals(line.name, term.name) &&
            (term.words.empty() || find_words(line.value, term.words)))
            return true;
    return false;
}

bool is_host(std::string_view origin, std::string_view host) {
    const std::size_t scheme = origin.find("://");
    if (scheme != npos) origin.remove_prefix(scheme + 3);
    origin = origin.substr(0, origin.find('/'));
    if (!origin.starts_with('[')) origin = origin.substr(0, origin.rfind(':'));
    if (!iends_with(origin, host)) return false;
    return origin.size() == host.size() || origin[origin.size() - host.size() - 1] == '.';
}

bool text_holds(const Term& term, const Heard& heard, std::string_view& text) {
    for (const Statement& statement : heard.statements) {
        const Match found = find_words(statement.text, term.words);
        if (!found) continue;
        text = around(statement.text, found.begin, found.end);
        return true;
    }
    return false;
}

bool code_holds(const Term& term, const Heard& heard, std::string_view& text) {
    for (const Statement& statement : heard.statements) {
        if (statement.letters != term.name_mark || statement.letters == 0) continue;
        text = statement.text;
        return true;
    }
    return false;
}

// Whether the names down to `depth` end with those of "error.data.httpStatus". A list repeats its
// own name at the level within.
bool is_path(const JsonMembers& members, std::size_t depth, std::string_view path) {
    std::string_view below;
    while (!path.empty()) {
        while (depth > 0 &&
               (members.name_at(depth).empty() || members.name_at(depth).data() == below.data()))
            --depth;
        const std::size_t dot = path.rfind('.');
        const std::string_view part = dot == npos ? path : path.substr(dot + 1);
        if (depth == 0 || !iequals(members.name_at(depth), part)) return false;
        below = members.name_at(depth);
        path = path.substr(0, dot == npos ? 0 : dot);
    }
    return true;
}

// A member that says nothing by itself is no statement, and may still be a mark.
bool unsaid_member_holds(const Term& term, std::string_view body) {
    JsonMembers members(body);
    JsonMembers::Value value;
    while (members.next(value)) {
        if (is_path(members, value.depth, term.name)) {
            if (term.words.empty() || find_words(value.raw, term.words)) return true;
        } else if (term.words.empty()) {
            // It may be an object or a list.
            for (std::size_t depth = 1; depth < value.depth; ++depth)
                if (is_path(members, depth, term.name)) return true;
        }
    }
    return false;
}

// <RequestId>4442587FB7D0A2F9</RequestId>
bool element_holds(const Term& term, std::string_view body) {
    for (std::size_t at = ifind(body, term.name); at != npos;) {
        const std::string_view rest = body.substr(at + term.name.size());
        const bool opens = at > 0 && (body[at - 1] == '<' || body[at - 1] == ':') &&
                           (rest.starts_with('>') || rest.starts_with(' '));
        const std::string_view text = rest.substr(0, rest.find("</"));
        if (opens && (term.words.empty() || find_words(text, term.words))) return true;
        const std::size_t next = ifind(rest, term.name);
        at = next == npos ? npos : at + term.name.size() + next;
    }
    return false;
}

bool member_holds(const Term& term, const Exchange& exchange, const Heard& heard,
                  std::string_view& text) {
    for (const Statement& statement : heard.statements) {
        if (!is_member(statement, term.name)) continue;
        if (term.words.empty()) {
            text = around(statement.text, 0, 0);
            return true;
        }
        const Match found = find_words(statement.text, term.words);
        if (!found) continue;
        text = around(statement.text, found.begin, found.end);
        return true;
    }
    if ((heard.members & term.name_mark) == 0) return false;
    return heard.json ? unsaid_member_holds(term, exchange.response.body)
                      : element_holds(term, exchange.response.body);
}

bool term_holds(const Term& term, const Exchange& exchange, const Heard& heard,
                std::string_view& text) {
    switch (term.asks) {
        case Asks::code:
            return code_holds(term, heard, text);
        case Asks::text:
            return text_holds(term, heard, text);
        case Asks::unless: {
            std::string_view ignored;
            return !text_holds(term, heard, ignored);
        }
        case Asks::field:
            return (exchange.answer_names & term.name_mark) != 0 &&
                   field_holds(exchange.response.fields, term);
        case Asks::request_field:
            return (exchange.request_names & term.name_mark) != 0 &&
                   field_holds(exchange.request.fields, term);
        case Asks::member:
            return member_holds(term, exchange, heard, text);
        case Asks::body: {
            const Match found = find_words(exchange.response.body, term.words);
            if (found && text.empty())
                text = around(exchange.response.body, found.begin, found.end);
            return bool(found);
        }
        case Asks::status:
            for (const std::uint16_t status : term.statuses)
                if (status != 0 && status == exchange.response.status) return true;
            return false;
        case Asks::sent:
            return exchange.carries(term.sent);
        case Asks::path:
            return istarts_with(exchange.request.path, term.words);
        case Asks::method:
            return iequals(exchange.request.method, term.words);
        case Asks::host:
            return is_host(exchange.place.upstream_origin, term.words);
    }
    return false;
}

// The sayings of dialects without marks: codes by their hash, words by their first octet, so that
// an answer is gone through once however many there are.
class Common {
public:
    struct Row {
        const Dialect* by;
        const Saying* saying;
        std::size_t order;
    };
    // What holds of a statement, and the words that it stands on; all of it for a code.
    struct Found {
        Row row;
        std::string_view text;   // around the words
        std::string_view words;  // they alone
    };

    Common() {
        std::size_t order = 0;
        for (const Dialect& dialect : builtin_dialects()) {
            if (!dialect.marks.empty()) continue;
            for (const Saying& saying : dialect.sayings) add({&dialect, &saying, order++});
            for (const std::string_view word : dialect.empty_words)
                empty_.push_back(letters_of(word));
        }
        std::sort(codes_.begin(), codes_.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        std::sort(empty_.begin(), empty_.end());
    }

    bool says_nothing(const Statement& statement) const {
        // Made of those words alone that any refusal is made of: "401 Unauthorized", "The access
        // token is missing or invalid".
        std::string_view text = statement.text;
        if (text.size() > longest_text) return false;
        while (!text.empty()) {
            std::size_t end = 0;
            while (end < text.size() && is_alpha(text[end])) ++end;
            if (end > 0 &&
                !std::binary_search(empty_.begin(), empty_.end(), letters_of(text.substr(0, end))))
                return false;
            if (end < text.size() && static_cast<unsigned char>(text[end]) >= 0x80) return false;
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return true;
    }

    // Calls `take` with each row one of whose terms may hold of the statement.
    template <class Take>
    void look(const Statement& statement, Take take) const {
        if (statement.letters != 0) {
            auto row = std::lower_bound(
                codes_.begin(), codes_.end(), statement.letters,
                [](const auto& one, std::uint64_t letters) { return one.first < letters; });
            for (; row != codes_.end() && row->first == statement.letters; ++row)
                take(Found{row->second, statement.text, statement.text});
        }
        const std::string_view text = statement.text;
        for (std::size_t at = 0; at < text.size(); ++at) {
            const auto bucket = static_cast<unsigned char>(lower(text[at]));
            if (texts_[bucket].empty()) continue;
            const bool inside = at > 0 && (is_alpha(text[at - 1]) || is_digit(text[at - 1]));
            if (inside && is_alpha(text[at])) continue;
            for (const Row& row : texts_[bucket]) {
                const std::string_view rest = text.substr(at, 256);
                const Match match = find_words_here(rest, row.saying->when.front().words);
                if (!match) continue;
                take(Found{row, around(text, at, at + match.end), text.substr(at, match.end)});
            }
        }
        for (const Row& row : others_) take(Found{row, {}, {}});
    }

private:
    void add(Row row) {
        const Term& first = row.saying->when.front();
        if (first.asks == Asks::code)
            codes_.emplace_back(first.name_mark, row);
        else if (first.asks == Asks::text)
            texts_[static_cast<unsigned char>(first.words.front())].push_back(row);
        else
            others_.push_back(row);
    }

    std::vector<std::pair<std::uint64_t, Row>> codes_{};
    std::array<std::vector<Row>, 256> texts_{};
    std::vector<Row> others_{};
    std::vector<std::uint64_t> empty_{};
};

const Common& common() {
    static const Common all;
    return all;
}

// "Unauthorized" beside a 401 is no message.
bool repeats_status(std::string_view text) {
    while (text.ends_with('.')) text.remove_suffix(1);
    if (text.starts_with("401 ") || text.starts_with("403 ")) text.remove_prefix(4);
    for (const std::string_view words :
         {"401", "403", "unauthorized", "forbidden", "error", "fail"})
        if (iequals(text, words)) return true;
    return false;
}

// The members that speak to people, the plainest first; npos: it does not.
std::size_t rank_of(const Statement& statement) {
    constexpr std::array speaking{std::string_view("error_description"),
                                  std::string_view("message"),
                                  std::string_view("msg"),
                                  std::string_view("errorMessage"),
                                  std::string_view("detail"),
                                  std::string_view("reason"),
                                  std::string_view("grpc-message"),
                                  std::string_view("description"),
                                  std::string_view("title"),
                                  std::string_view("error"),
                                  std::string_view("errors"),
                                  std::string_view("")};
    const std::string_view name = statement.member.substr(statement.member.rfind('.') + 1);
    for (std::size_t i = 0; i < speaking.size(); ++i)
        if (iequals(name, speaking[i])) return i;
    return npos;
}

std::string message_of(const Heard& heard) {
    const Statement* best = nullptr;
    for (const Statement& statement : heard.statements)
        if (rank_of(statement) != npos && !repeats_status(statement.text) &&
            (!best || rank_of(statement) < rank_of(*best)))
            best = &statement;
    if (!best) return {};
    // Of a plain text the first line.
    const std::string_view text = best->text.substr(0, best->text.find_first_of("\r\n"));
    return std::string(trim(around(text, 0, 0)));
}

class Listener {
public:
    explicit Listener(const Exchange& exchange) : exchange_(exchange) {}

    Heard run() {
        collect_statements(exchange_, heard_);
        for (const Dialect& dialect : exchange_.dialects) recognise(dialect);
        for (const Dialect& dialect : builtin_dialects())
            if (!is_replaced(dialect)) recognise(dialect);
        for (const Dialect* const system : heard_.systems) ask(*system);
        for (const Dialect& dialect : exchange_.dialects)
            if (dialect.marks.empty()) ask(dialect);
        ask_common();
        mark_understood();
        heard_.message = message_of(heard_);
        return std::move(heard_);
    }

private:
    // The operator knows the own API better.
    bool is_replaced(const Dialect& builtin) const {
        return std::any_of(exchange_.dialects.begin(), exchange_.dialects.end(),
                           [&](const Dialect& own) { return own.id == builtin.id; });
    }

    void recognise(const Dialect& dialect) {
        std::string_view ignored;
        for (const Condition& mark : dialect.marks) {
            if (!holds(mark, exchange_, heard_, ignored)) continue;
            heard_.systems.push_back(&dialect);
            return;
        }
    }

    void ask(const Dialect& dialect) {
        for (const Saying& saying : dialect.sayings) {
            std::string_view text;
            if (!holds(saying.when, exchange_, heard_, text)) continue;
            heard_.told.push_back({&saying, &dialect, text});
            return;
        }
    }

    void ask_common() {
        std::vector<Common::Found> all;
        for (std::size_t i = 0; i < heard_.statements.size(); ++i) {
            // What its own system understands, nobody else explains.
            if (is_told(heard_.statements[i])) continue;
            common().look(heard_.statements[i], [&](Common::Found one) {
                std::string_view more;
                const Condition rest = one.row.saying->when.subspan(one.words.empty() ? 0 : 1);
                if (!holds(rest, exchange_, heard_, more)) return;
                if (one.words.empty()) one.text = more;
                all.push_back(one);
            });
        }
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return a.row.order < b.row.order; });
        for (const Common::Found& one : all) {
            if (is_part_of_another(one, all) || heard_.told_of(one.row.saying->cause)) continue;
            heard_.told.push_back({one.row.saying, one.row.by, one.text});
        }
    }

    // "invalid or expired token" says something else than "expired token", which stands in it.
    static bool is_part_of_another(const Common::Found& one,
                                   const std::vector<Common::Found>& all) {
        return std::any_of(all.begin(), all.end(), [&](const Common::Found& other) {
            const char* const begin = one.words.data();
            return length_of(other) > length_of(one) && begin >= other.words.data() &&
                   begin + one.words.size() <= other.words.data() + other.words.size();
        });
    }

    // Of its words, without the gaps; a code is all that the statement says.
    static std::size_t length_of(const Common::Found& one) {
        const Term& first = one.row.saying->when.front();
        if (first.asks != Asks::text) return one.words.size();
        return first.words.size() -
               static_cast<std::size_t>(std::count(first.words.begin(), first.words.end(), '*'));
    }

    // Whether a saying that is no guess stands in the statement.
    bool is_told(const Statement& statement) const {
        return std::any_of(heard_.told.begin(), heard_.told.end(), [&](const Told& told) {
            if (told.text.empty() || told.saying->weak) return false;
            const char* const begin = statement.text.data();
            return (told.text.data() >= begin &&
                    told.text.data() < begin + statement.text.size()) ||
                   told.text == statement.text;
        });
    }

    void mark_understood() {
        for (Statement& statement : heard_.statements)
            statement.understood = common().says_nothing(statement) || is_understood(statement);
    }

    bool is_understood(const Statement& statement) const {
        return std::any_of(heard_.told.begin(), heard_.told.end(), [&](const Told& told) {
            const char* const begin = statement.text.data();
            return (told.text.data() >= begin &&
                    told.text.data() < begin + statement.text.size()) ||
                   (!told.text.empty() && told.text == statement.text);
        });
    }

    const Exchange& exchange_;
    Heard heard_;
};

}  // namespace

bool holds(Condition condition, const Exchange& exchange, const Heard& heard,
           std::string_view& text) {
    for (const Term& term : condition)
        if (!term_holds(term, exchange, heard, text)) return false;
    return true;
}

bool refuses_in_successes(std::string_view origin) {
    for (const Dialect& dialect : builtin_dialects()) {
        if (!dialect.in_successes) continue;
        for (const Condition& mark : dialect.marks)
            for (const Term& term : mark)
                if (term.asks == Asks::host && is_host(origin, term.words)) return true;
    }
    return false;
}

const Told* Heard::told_of(std::string_view cause) const noexcept {
    for (const Told& one : told)
        if (one.saying->cause == cause) return &one;
    return nullptr;
}

bool Heard::is_usual_there(std::string_view cause_or_rule) const noexcept {
    for (const Dialect* const system : systems)
        for (const std::string_view quirk : system->quirks)
            if (quirk == cause_or_rule) return true;
    return false;
}

bool Heard::refuses(bool credential_came) const noexcept {
    for (const Told& one : told) {
        const CauseRow* const row = find_row(one.saying->cause);
        if (!row || one.saying->weak) continue;
        if (row->step == Step::token_endpoint || row->step == Step::edge ||
            row->step == Step::absent)
            return true;
        if (credential_came && row->step < Step::rest) return true;
    }
    return false;
}

std::string_view Heard::unheard() const noexcept {
    for (const Statement& statement : statements) {
        if (statement.understood || statement.member == "page") continue;
        const std::string_view last = statement.member.substr(statement.member.rfind('.') + 1);
        bool words = statement.member.empty();
        for (const std::string_view name :
             {"message", "msg", "detail", "error", "title", "description", "reason", "hint",
              "errors", "details", "error_description", "errorMessage", "error_message", "err"})
            words = words || iequals(last, name);
        const bool numeric = statement.text.find_first_not_of("0123456789") == npos;
        if (words && !numeric && statement.text.size() > 1) return around(statement.text, 0, 0);
    }
    return {};
}

Heard listen(const Exchange& exchange) { return Listener(exchange).run(); }

}  // namespace whogoes::rules
