#include "rules/condition.hpp"

#include "rules/exchange.hpp"
#include "rules/json_members.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules {
namespace {

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
    if (!may_be_among(term.name_mark, heard.members)) return false;
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
            return may_be_among(term.name_mark, exchange.answer_names) &&
                   (field_holds(exchange.response.fields, term) ||
                    field_holds(exchange.response.trailers, term));
        case Asks::request_field:
            return may_be_among(term.name_mark, exchange.request_names) &&
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

}  // namespace

std::string_view around(std::string_view text, std::size_t at, std::size_t end) {
    if (text.size() <= longest_excerpt) return text;
    std::size_t first = at - std::min<std::size_t>(at, 60);
    std::size_t last = std::min(text.size(), std::max(first + longest_excerpt, end));
    // Not through the middle of a word: it could be a part of a secret that nobody would know
    // again.
    if (first > 0) first = std::min(text.find(' ', first), at);
    if (last < text.size()) last = std::max(text.rfind(' ', last) + 1, end);
    return text.substr(first, std::min(last - first, longest_excerpt));
}

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

}  // namespace whogoes::rules
