#include "proxy/dialects/read.hpp"

#include "proxy/dialects/yaml_file.hpp"
#include "rules/diagnosis.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace whogoes::dialects {

using namespace rules;

namespace {

constexpr std::array sent_words{
    std::pair<std::string_view, Sent>{"nothing", Sent::nothing},
    std::pair<std::string_view, Sent>{"credential", Sent::credential},
    std::pair<std::string_view, Sent>{"basic", Sent::basic},
    std::pair<std::string_view, Sent>{"bearer", Sent::bearer},
    std::pair<std::string_view, Sent>{"jwt", Sent::jwt},
    std::pair<std::string_view, Sent>{"opaque", Sent::opaque},
    std::pair<std::string_view, Sent>{"api-key", Sent::api_key},
    std::pair<std::string_view, Sent>{"cookie", Sent::cookie},
    std::pair<std::string_view, Sent>{"signature", Sent::signature},
    std::pair<std::string_view, Sent>{"password", Sent::password},
    std::pair<std::string_view, Sent>{"authorization", Sent::authorization},
};

constexpr std::array held_words{
    std::pair<std::string_view, Holds>{"nothing", Holds::nothing},
    std::pair<std::string_view, Holds>{"token", Holds::token},
    std::pair<std::string_view, Holds>{"api-key", Holds::api_key},
    std::pair<std::string_view, Holds>{"password", Holds::password},
    std::pair<std::string_view, Holds>{"session", Holds::session},
    std::pair<std::string_view, Holds>{"refresh-token", Holds::refresh_token},
    std::pair<std::string_view, Holds>{"signature", Holds::signature},
    std::pair<std::string_view, Holds>{"csrf", Holds::csrf},
    std::pair<std::string_view, Holds>{"secret", Holds::secret},
    std::pair<std::string_view, Holds>{"identity", Holds::identity},
};

constexpr std::array place_words{
    std::pair<std::string_view, Where>{"field", Where::field},
    std::pair<std::string_view, Where>{"cookie", Where::cookie},
    std::pair<std::string_view, Where>{"query", Where::query},
    std::pair<std::string_view, Where>{"member", Where::member},
    std::pair<std::string_view, Where>{"scheme", Where::scheme},
};

constexpr std::array layer_words{
    std::pair<std::string_view, Layer>{"base", Layer::base},
    std::pair<std::string_view, Layer>{"edge", Layer::edge},
};

template <class Words, class Value>
std::string_view word_in(const Words& words, Value wanted) noexcept {
    for (const auto& [word, value] : words)
        if (value == wanted) return word;
    return {};
}

// "error.code" of a member is asked for by "code".
std::string last_part(const std::string& name, std::string_view key) {
    return key == "member" ? name.substr(name.rfind('.') + 1) : name;
}

// A text is compared in one white space.
std::string squeezed(std::string_view text) {
    std::string out;
    for (const char c : lowered(text)) {
        const bool gap = c == ' ' || c == '\t' || c == '\n' || c == '_' || c == '-';
        if (gap && (out.empty() || out.back() == ' ')) continue;
        out += gap ? ' ' : c;
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

}  // namespace

class Reader : private YamlFile {
public:
    Reader(std::string name, DialectFile& file) : YamlFile(std::move(name)), file_(file) {}

    void read(const std::string& yaml, const std::string& id) {
        const YAML::Node root = load(yaml, "a dialect is a map with name, marks, sayings …");
        only(root, "a dialect",
             {"name", "about", "layer", "in_successes", "marks", "places", "sayings", "quirks",
              "cases", "empty"});
        Dialect& dialect = file_.dialect;
        dialect.id = keep(id);
        dialect.name = keep(text(root, "name"));
        if (root["layer"]) dialect.layer = word(root["layer"], layer_words);
        file_.about = text_or(root, "about", "");
        dialect.in_successes = flag(root, "in_successes");
        for (const YAML::Node& mark : list(root, "marks"))
            file_.marks_.push_back(condition(mark, true));
        for (const YAML::Node& node : list(root, "places")) file_.places_.push_back(place(node));
        for (const YAML::Node& node : list(root, "sayings")) saying(node);
        for (const YAML::Node& node : list(root, "quirks")) quirk(node);
        for (const std::string& words : texts(root, "empty"))
            file_.empty_words_.push_back(keep(words));
        for (const YAML::Node& node : list(root, "cases")) file_.cases.push_back(one_case(node));
        dialect.marks = file_.marks_;
        dialect.places = file_.places_;
        dialect.sayings = file_.sayings_;
        dialect.quirks = file_.quirks_;
        dialect.empty_words = file_.empty_words_;
    }

private:
    std::string_view keep(std::string text) { return file_.texts_.emplace_back(std::move(text)); }

    Condition condition(const YAML::Node& map, bool mark) {
        if (!map.IsMap()) fail(map.Mark(), "a map is due here");
        if (mark)
            only(map, "a mark",
                 {"host", "field", "has", "member", "body", "sent", "path", "status", "text",
                  "code", "method", "unless"});
        std::vector<Term>& terms = file_.conditions_.emplace_back();
        for (const auto& pair : map) add_term(pair.first, pair.second, map, mark, terms);
        const bool looks = std::any_of(terms.begin(), terms.end(),
                                       [](const Term& term) { return term.asks != Asks::unless; });
        if (!looks) fail(map.Mark(), "says nothing to look for");
        // What is cheap and rare first.
        std::stable_sort(terms.begin(), terms.end(), [mark](const Term& a, const Term& b) {
            return !mark && is_word(a) && !is_word(b);
        });
        return terms;
    }

    static bool is_word(const Term& term) {
        return term.asks == Asks::code || term.asks == Asks::text;
    }

    // `has` is about the member written before it: {sent: X-Amz-Target, member: code, has:
    // expired}.
    static std::string before_has(const YAML::Node& map, bool mark) {
        std::string last;
        for (const auto& pair : map) {
            const std::string name = pair.first.Scalar();
            if (name == "has") return last;
            if (name == "field" || name == "member" || (mark && name == "sent")) last = name;
        }
        return {};
    }

    // What no answer can hold would be a condition that never does.
    std::string_view words(const YAML::Node& node, const std::string& key) {
        return words(scalar(node, key), key, node.Mark());
    }

    std::string_view words(const std::string& text, const std::string& key,
                           const YAML::Mark& mark) {
        std::string kept = squeezed(text);
        if (letters_of(kept) == 0) fail(mark, "'" + key + "' holds no word");
        if (kept.front() == '*') fail(mark, "'" + key + "' begins with a gap: leave it out");
        return keep(std::move(kept));
    }

    std::uint64_t letters(const YAML::Node& node, const std::string& key, std::string_view name) {
        const std::uint64_t mark = letters_of(name);
        if (mark == 0) fail(node.Mark(), "'" + key + "' holds no letter or digit");
        return mark;
    }

    void add_term(const YAML::Node& key_node, const YAML::Node& value, const YAML::Node& map,
                  bool mark, std::vector<Term>& terms) {
        const std::string& key = key_node.Scalar();
        if (key == "status") return terms.push_back(status_term(value));
        if (key == "unless") {
            for (const std::string& one : texts(map, "unless"))
                terms.push_back({.asks = Asks::unless, .words = words(one, key, value.Mark())});
            return;
        }
        if (key == "sent" && !mark) refuse_miswritten(value);
        if (key == "has" && before_has(map, mark).empty())
            fail(key_node.Mark(), "'has' wants a field or member before it");
        Term term;
        if (key == "code")
            term = {.asks = Asks::code,
                    .words = keep(scalar(value, key)),
                    .name_mark = letters(value, key, value.Scalar())};
        else if (key == "text" || key == "body")
            term = {.asks = key == "text" ? Asks::text : Asks::body, .words = words(value, key)};
        else if (key == "path" || key == "method" || key == "host")
            term = {.asks = key == "path"     ? Asks::path
                            : key == "method" ? Asks::method
                                              : Asks::host,
                    .words = keep(lowered(scalar(value, key)))};
        else if (key == "field" || key == "member" ||
                 (key == "sent" && (mark || is_field(value.Scalar()))))
            term = {.asks = key == "field"    ? Asks::field
                            : key == "member" ? Asks::member
                                              : Asks::request_field,
                    .name = keep(scalar(value, key)),
                    .words = before_has(map, mark) == key ? words(map["has"], "has") : "",
                    .name_mark = named(value, key)};
        else if (key == "sent")
            term = {.asks = Asks::sent, .sent = word(value, sent_words)};
        else
            return;  // of a saying: cause, advice and their like, which were looked at
        terms.push_back(term);
    }

    // "Bearer" for "bearer" would ask for a field of that name. Authorization is one.
    void refuse_miswritten(const YAML::Node& value) const {
        for (const auto& [word, sent] : sent_words)
            if (sent != Sent::authorization && word != value.Scalar() &&
                iequals(word, value.Scalar()))
                fail(value.Mark(),
                     "'" + value.Scalar() + "' is written " + std::string(word) + " here");
    }

    // Of a saying's `sent`: "CF-Access-Client-Id", and no word for what came.
    static bool is_field(std::string_view name) {
        return std::any_of(name.begin(), name.end(), [](char c) { return c != lower(c); });
    }

    std::uint64_t named(const YAML::Node& value, const std::string& key) {
        const std::string name = last_part(value.Scalar(), key);
        letters(value, key, name);
        return name_mark_of(name);
    }

    Term status_term(const YAML::Node& value) const {
        Term term{.asks = Asks::status};
        std::size_t count = 0;
        const auto add = [&](const YAML::Node& node) {
            const int number = node.as<int>(0);
            if (number < 100 || number > 599) fail(node.Mark(), "a status is a number like 401");
            if (count >= term.statuses.size())
                fail(node.Mark(), "at most six statuses fit in here");
            term.statuses[count++] = static_cast<std::uint16_t>(number);
        };
        if (value.IsSequence())
            for (const YAML::Node& node : value) add(node);
        else
            add(value);
        if (count == 0) fail(value.Mark(), "'status' wants a number like 401, or a list");
        return term;
    }

    CredentialPlace place(const YAML::Node& map) {
        only(map, "a place", {"field", "cookie", "query", "member", "scheme", "holds"});
        CredentialPlace place;
        bool found = false;
        for (const auto& [name, where] : place_words) {
            const YAML::Node node = map[std::string(name)];
            if (!node) continue;
            if (found) fail(node.Mark(), "a place is one of " + words_in(place_words));
            place.where = where;
            place.name = keep(lowered(scalar(node, std::string(name))));
            found = true;
        }
        if (!found) fail(map.Mark(), "a place is one of " + words_in(place_words));
        if (!map["holds"]) fail(map.Mark(), "'holds' is missing: " + words_in(held_words));
        place.holds = word(map["holds"], held_words);
        return place;
    }

    void saying(const YAML::Node& map) {
        only(map, "a saying",
             {"code", "text", "field", "member", "has", "body", "status", "sent", "path", "method",
              "host", "unless", "cause", "advice", "weak", "seen", "source"});
        Saying saying;
        saying.when = condition(map, false);
        saying.cause = keep(text(map, "cause"));
        if (!find_cause(saying.cause))
            fail(map["cause"].Mark(),
                 "'" + std::string(saying.cause) + "' is no cause; `whogoes causes` lists them");
        if (map["advice"]) saying.advice = keep(text(map, "advice"));
        saying.weak = flag(map, "weak");
        file_.sayings_.push_back(saying);
        file_.sources.push_back({map.Mark().line + 1, text(map, "seen")});
    }

    void quirk(const YAML::Node& map) {
        only(map, "a quirk", {"not", "why"});
        const std::string id = text(map, "not");
        text(map, "why");
        if (!find_cause(id) && !find_rule(id))
            fail(map["not"].Mark(), "'" + id + "' is neither a cause nor a rule");
        file_.quirks_.push_back(keep(id));
    }

    std::vector<std::string> causes(const YAML::Node& map, const char* key) const {
        std::vector<std::string> all = texts(map, key);
        for (const std::string& id : all)
            if (id != "nothing" && !find_cause(id))
                fail(map[key].Mark(), "'" + id + "' is no cause; `whogoes causes` lists them");
        return all;
    }

    Case one_case(const YAML::Node& map) {
        only(map, "a case",
             {"title", "source", "upstream", "request", "response", "cause", "accept", "not",
              "earlier"});
        Case one;
        one.line = map.Mark().line + 1;
        one.title = text(map, "title");
        one.source = text_or(map, "source", "");
        one.upstream = text_or(map, "upstream", "https://api.example.test");
        one.request = text(map, "request");
        one.response = text(map, "response");
        one.cause = text(map, "cause");
        if (one.cause == "nothing") one.cause.clear();
        if (!one.cause.empty() && !find_cause(one.cause))
            fail(map["cause"].Mark(),
                 "'" + one.cause + "' is no cause; `whogoes causes` lists them");
        one.accept = causes(map, "accept");
        one.never = causes(map, "not");
        for (const YAML::Node& before : list(map, "earlier")) {
            only(before, "an earlier exchange", {"request", "response"});
            one.earlier.push_back({text(before, "request"), text(before, "response")});
        }
        return one;
    }

    DialectFile& file_;
};

std::string_view word_of(Sent sent) noexcept { return word_in(sent_words, sent); }
std::string_view word_of(Where where) noexcept { return word_in(place_words, where); }
std::string_view word_of(Holds holds) noexcept { return word_in(held_words, holds); }
std::string_view word_of(Layer layer) noexcept { return word_in(layer_words, layer); }

std::unique_ptr<DialectFile> read_dialect(const std::string& yaml, const std::string& name,
                                          const std::string& id) {
    auto file = std::make_unique<DialectFile>();
    Reader(name, *file).read(yaml, id);
    return file;
}

}  // namespace whogoes::dialects
