#include "rules/common_sayings.hpp"
#include "rules/condition.hpp"
#include "rules/diagnosis.hpp"
#include "rules/exchange.hpp"
#include "rules/heard.hpp"
#include "rules/marks.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

// What the statements of an answer tell of, by the dialects.
namespace whogoes::rules {

namespace {

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
                                  std::string_view("grpc-message"),
                                  std::string_view("message"),
                                  std::string_view("msg"),
                                  std::string_view("errorMessage"),
                                  std::string_view("error_message"),
                                  std::string_view("detail"),
                                  std::string_view("reason"),
                                  std::string_view("description"),
                                  std::string_view("title"),
                                  std::string_view("error"),
                                  std::string_view("errors"),
                                  std::string_view("err"),
                                  std::string_view("details"),
                                  std::string_view("hint"),
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

// Whether a system has words for the answer, and not a guess alone.
bool has_spoken(const Heard& heard, const Dialect& system) {
    return std::any_of(heard.told.begin(), heard.told.end(),
                       [&](const Told& told) { return told.by == &system && !told.saying->weak; });
}

class Listener {
public:
    explicit Listener(const Exchange& exchange) : exchange_(exchange) {}

    Heard run() {
        collect_statements(exchange_, heard_);
        for (const Dialect& dialect : exchange_.dialects) recognise(dialect);
        for (const Dialect* const system : marked_systems(exchange_, heard_))
            if (!is_replaced(*system)) heard_.systems.push_back(system);
        std::stable_sort(
            heard_.systems.begin(), heard_.systems.end(),
            [](const Dialect* one, const Dialect* other) { return one->layer < other->layer; });
        for (const Dialect* const system : heard_.systems) ask(*system);
        for (const Dialect& dialect : exchange_.dialects)
            if (dialect.marks.empty()) ask(dialect);
        order_systems();
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

    // Within a layer those come first that have words for the answer. What stands before an API has
    // none for the API's own: where it alone has, the answer is its own.
    void order_systems() {
        std::vector<const Dialect*>& systems = heard_.systems;
        std::stable_sort(systems.begin(), systems.end(), [&](auto* one, auto* other) {
            return std::pair(one->layer, !has_spoken(heard_, *one)) <
                   std::pair(other->layer, !has_spoken(heard_, *other));
        });
        const auto first = std::find_if(systems.begin(), systems.end(),
                                        [&](auto* system) { return has_spoken(heard_, *system); });
        if (first != systems.end() && (*first)->layer == Layer::edge)
            std::rotate(systems.begin(), first, first + 1);
    }

    void ask(const Dialect& dialect) {
        for (const Saying& saying : dialect.sayings) {
            std::string_view text;
            if (!holds(saying.when, exchange_, heard_, text)) continue;
            heard_.told.push_back({&saying, &dialect, text, is_exact(text)});
            return;
        }
    }

    void ask_common() {
        std::vector<CommonSayings::Found> all;
        for (std::size_t i = 0; i < heard_.statements.size(); ++i) {
            // What its own system understands, nobody else explains.
            if (is_told(heard_.statements[i])) continue;
            CommonSayings::all().look(heard_.statements[i], [&](CommonSayings::Found one) {
                if (is_replaced(*one.row.by)) return;
                if (is_an_alternative(one, heard_.statements[i])) return;
                std::string_view more;
                const Condition rest = one.row.saying->when.subspan(one.words.empty() ? 0 : 1);
                if (!holds(rest, exchange_, heard_, more)) return;
                if (one.words.empty()) one.text = more;
                all.push_back(one);
            });
        }
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return a.row.order < b.row.order; });
        for (const CommonSayings::Found& one : all) {
            if (is_part_of_another(one, all) || heard_.told_of(one.row.saying->cause)) continue;
            heard_.told.push_back({one.row.saying, one.row.by, one.text, is_exact(one.text)});
        }
    }

    // "Invalid or expired access token": of the two that may be wrong with it neither is told. Nor
    // does "token is missing, invalid or expired" say that the one which came is missing.
    bool is_an_alternative(const CommonSayings::Found& one, const Statement& statement) const {
        const CauseRow* const row = one.words.empty() ? nullptr : find_row(one.row.saying->cause);
        if (!row) return false;
        const auto begin = static_cast<std::size_t>(one.words.data() - statement.text.data());
        if (row->step == Step::absent) {
            const std::string_view after = statement.text.substr(begin + one.words.size());
            if (!exchange_.carries(Sent::credential)) return false;
            for (const std::string_view other : {", invalid", ", malformed", ", expired",
                                                 " or invalid", " or malformed", " or expired"})
                if (istarts_with(after, other)) return true;
            return false;
        }
        if (row->step < Step::structure || row->step > Step::checks) return false;
        return iends_with(statement.text.substr(0, begin), " or ");
    }

    bool is_exact(std::string_view text) const {
        return !text.empty() && text == heard_.error_reason;
    }

    // "invalid or expired token" says something else than "expired token", which stands in it. Of
    // two that share a word, "invalid or expired" and "expired token", the longer one is meant.
    static bool is_part_of_another(const CommonSayings::Found& one,
                                   const std::vector<CommonSayings::Found>& all) {
        return std::any_of(all.begin(), all.end(), [&](const CommonSayings::Found& other) {
            const char* const begin = one.words.data();
            return length_of(other) > length_of(one) && begin >= other.words.data() &&
                   begin < other.words.data() + other.words.size();
        });
    }

    // Of its words, without the gaps; a code is all that the statement says.
    static std::size_t length_of(const CommonSayings::Found& one) {
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
            statement.understood =
                CommonSayings::all().says_nothing(statement) || is_understood(statement);
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

bool Heard::is_quirk(std::string_view cause_or_rule) const noexcept {
    for (const Dialect* const system : systems) {
        // What an edge takes says nothing of an application behind it.
        if (system->layer == Layer::edge && !has_spoken(*this, *system)) continue;
        for (const std::string_view quirk : system->quirks)
            if (quirk == cause_or_rule) return true;
    }
    return false;
}

bool Heard::refuses(bool credential_came) const noexcept {
    for (const Told& one : told) {
        const CauseRow* const row = find_row(one.saying->cause);
        if (!row || one.saying->weak) continue;
        if (row->step == Step::edge || row->step == Step::absent ||
            row->cause.has(Trait::ends_session) || row->cause.has(Trait::refuses_client))
            return true;
        // A redirect URI is a matter of other calls as well.
        if (row->step == Step::token_endpoint) continue;
        if (!credential_came) continue;
        if (row->step < Step::rest || row->cause.due == Due::unauthorized) return true;
    }
    return false;
}

std::string_view Heard::unheard() const noexcept {
    for (const Statement& statement : statements) {
        if (statement.understood || statement.member == "page") continue;
        const bool numeric = statement.text.find_first_not_of("0123456789") == npos;
        if (rank_of(statement) != npos && !numeric && statement.text.size() > 1)
            return around(statement.text, 0, 0);
    }
    return {};
}

Heard listen(const Exchange& exchange) { return Listener(exchange).run(); }

}  // namespace whogoes::rules
