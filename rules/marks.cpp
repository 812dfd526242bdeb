#include "rules/marks.hpp"

#include "rules/causes/reading.hpp"
#include "rules/condition.hpp"
#include "rules/exchange.hpp"
#include "rules/heard.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace whogoes::rules {
namespace {

// What a mark is found by, the rarest first.
constexpr std::array found_by{Asks::host, Asks::field, Asks::request_field, Asks::member,
                              Asks::body};

bool is_word_octet(char c) {
    return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

bool is_within_word(std::string_view text, std::size_t at) {
    return at > 0 && is_word_octet(text[at]) && is_word_octet(text[at - 1]);
}

class Index {
public:
    struct Row {
        const Dialect* system;
        Condition mark;
    };

    Index() {
        for (const Dialect& dialect : builtin_dialects())
            for (const Condition& mark : dialect.marks) add({&dialect, mark});
        std::sort(hosts_.begin(), hosts_.end(),
                  [](const auto& one, const auto& other) { return one.first < other.first; });
    }

    // Calls `take` with each row that may hold.
    template <class Take>
    void look(const Exchange& exchange, const Heard& heard, Take take) const {
        look_for_hosts(causes::host_of(exchange.place.upstream_origin), take);
        look_for_names(answer_fields_, exchange.answer_names, take);
        look_for_names(request_fields_, exchange.request_names, take);
        look_for_names(members_, heard.members, take);
        look_for_words(exchange.response.body, take);
        for (const Row& row : others_) take(row);
    }

private:
    struct Named {
        std::uint64_t name_mark;
        Row row;
    };
    struct Worded {
        std::string_view words;
        Row row;
    };
    using ByBit = std::array<std::vector<Named>, 64>;

    void add(const Row& row) {
        for (const Asks asks : found_by) {
            const auto term = std::find_if(row.mark.begin(), row.mark.end(),
                                           [&](const Term& one) { return one.asks == asks; });
            if (term != row.mark.end()) return add(row, *term);
        }
        others_.push_back(row);
    }

    void add(const Row& row, const Term& term) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(term.name_mark));
        switch (term.asks) {
            case Asks::host:
                return hosts_.emplace_back(term.words, row), void();
            case Asks::field:
                return answer_fields_[bit].push_back({term.name_mark, row});
            case Asks::request_field:
                return request_fields_[bit].push_back({term.name_mark, row});
            case Asks::member:
                return members_[bit].push_back({term.name_mark, row});
            default:
                words_[start_of(term.words)].push_back({term.words, row});
        }
    }

    // "api.example.com", "example.com", "com".
    template <class Take>
    void look_for_hosts(const std::string& host, Take& take) const {
        for (std::string_view rest = host; !rest.empty();) {
            auto row = std::lower_bound(
                hosts_.begin(), hosts_.end(), rest,
                [](const auto& one, std::string_view name) { return one.first < name; });
            for (; row != hosts_.end() && row->first == rest; ++row) take(row->second);
            const std::size_t dot = rest.find('.');
            rest.remove_prefix(dot == npos ? rest.size() : dot + 1);
        }
    }

    template <class Take>
    static void look_for_names(const ByBit& rows, std::uint64_t names, Take& take) {
        for (std::uint64_t left = names; left != 0; left &= left - 1)
            for (const Named& one : rows[static_cast<std::size_t>(std::countr_zero(left))])
                if (may_be_among(one.name_mark, names)) take(one.row);
    }

    template <class Take>
    void look_for_words(std::string_view body, Take& take) const {
        for (std::size_t at = 0; at < body.size(); ++at) {
            if (is_within_word(body, at)) continue;
            const std::string_view rest = body.substr(at);
            const std::size_t two = start_of(rest), one = start_of(rest.substr(0, 1));
            for (const Worded& it : words_[two])
                if (find_words_here(rest, it.words)) take(it.row);
            if (one == two) continue;
            for (const Worded& it : words_[one])
                if (find_words_here(rest, it.words)) take(it.row);
        }
    }

    // By the first two letters; what is no letter counts as none, as a blank stands for much else.
    static std::size_t start_of(std::string_view words) {
        return letter(words[0]) * 27 + (words.size() < 2 ? 0 : letter(words[1]));
    }
    static std::size_t letter(char c) {
        return is_alpha(c) ? static_cast<std::size_t>(lower(c) - 'a' + 1) : 0;
    }

    std::vector<std::pair<std::string_view, Row>> hosts_{};
    ByBit answer_fields_{}, request_fields_{}, members_{};
    std::array<std::vector<Worded>, std::size_t{27} * 27> words_{};
    std::vector<Row> others_{};
};

}  // namespace

std::vector<const Dialect*> marked_systems(const Exchange& exchange, const Heard& heard) {
    static const Index index;
    std::vector<const Dialect*> systems;
    index.look(exchange, heard, [&](const Index::Row& row) {
        std::string_view ignored;
        if (std::find(systems.begin(), systems.end(), row.system) != systems.end()) return;
        if (holds(row.mark, exchange, heard, ignored)) systems.push_back(row.system);
    });
    std::sort(systems.begin(), systems.end());  // they lie in one array
    return systems;
}

}  // namespace whogoes::rules
