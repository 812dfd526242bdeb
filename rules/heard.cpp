#include "rules/heard.hpp"

#include "rules/exchange.hpp"
#include "rules/json_members.hpp"
#include "rules/json_text.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

// The statements of an answer.
namespace whogoes::rules {
namespace {

// No member of any body, so that an odd phrase alone counts as nothing that the API says.
constexpr std::string_view reason_phrase_member = "reason-phrase";

constexpr std::size_t most_statements = 48;
constexpr std::size_t longest_code = 80;
constexpr std::size_t longest_statement = 2048;

bool is_any(std::string_view name, std::initializer_list<std::string_view> names) {
    for (const std::string_view one : names)
        if (iequals(name, one)) return true;
    return false;
}

// Members that hold words of the API, or a code.
bool carries_words(std::string_view name) {
    name = name.substr(name.find(':') + 1);  // "hydra:description"
    static constexpr std::array known{
        std::string_view("message"),     std::string_view("msg"),
        std::string_view("detail"),      std::string_view("details"),
        std::string_view("description"), std::string_view("error_description"),
        std::string_view("title"),       std::string_view("error"),
        std::string_view("errors"),      std::string_view("reason"),
        std::string_view("reasons"),     std::string_view("cause"),
        std::string_view("err"),         std::string_view("text"),
        std::string_view("info"),        std::string_view("hint"),
        std::string_view("summary"),     std::string_view("exception"),
        std::string_view("messages"),    std::string_view("fault"),
        std::string_view("faultstring"), std::string_view("code"),
        std::string_view("type"),        std::string_view("__type"),
        std::string_view("name"),        std::string_view("key"),
        std::string_view("kind"),        std::string_view("status"),
        std::string_view("subcode"),     std::string_view("trace"),
        std::string_view("debug"),       std::string_view("result"),
        std::string_view("response"),    std::string_view("data"),
        std::string_view("body"),        std::string_view("errmsg"),
        std::string_view("errcode"),     std::string_view("errortext"),
        std::string_view("id"),          std::string_view("error_subcode"),
        std::string_view("auth"),        std::string_view("domain"),
        std::string_view("metadata"),    std::string_view("non_field_errors"),
        std::string_view("label"),       std::string_view("serviceErrorCode"),
        std::string_view("violations"),
    };
    for (const std::string_view one : known)
        if (iequals(name, one)) return true;
    return icontains(name, "message") || icontains(name, "error") || icontains(name, "reason") ||
           icontains(name, "exception") || icontains(name, "detail");
}

bool is_code_name(std::string_view name) {
    return iends_with(name, "code") || is_any(name, {"error", "errno", "status", "type"});
}

// Members of a kind, which are heard only where they hold a code and no words.
bool is_code_alone(std::string_view name) {
    return is_any(name, {"name", "type", "__type", "key", "kind", "id", "domain", "status", "label",
                         "result", "auth"});
}

// What holds an error in itself; all else is the API's own business.
bool nests_words(std::string_view name) {
    return name.empty() || carries_words(name) ||
           is_any(name, {"extensions", "meta", "problem", "root_cause", "caused_by", "failed",
                         "authentication", "errorInfo", "_embedded", "responses", "xml",
                         "non_field_errors", "payload", "output", "json"});
}

class Body {
public:
    Body(std::string_view text, Heard& heard) : text_(text), heard_(heard) {}

    void hear() {
        const std::size_t start = text_.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
        if (start == npos) return;
        text_.remove_prefix(start);
        heard_.json = text_[0] == '{' || text_[0] == '[' || is_json_string();
        if (heard_.json) return json();
        if (text_[0] == '<' || text_.find("</") != npos) return markup();
        if (istarts_with(text_, "error=")) return form();
        heard_.add({}, text_.substr(0, longest_statement));
    }

private:
    // A sentence may begin with a quoted word.
    bool is_json_string() const {
        return text_[0] == '"' && text_.find_last_not_of(" \t\r\n") == text_.find('"', 1);
    }

    void json() {
        if (text_[0] == '"') return heard_.add({}, text_.substr(1, text_.find('"', 1) - 1));
        JsonMembers members(text_);
        JsonMembers::Value value;
        while (members.next(value)) {
            for (std::size_t depth = 1; depth <= value.depth; ++depth)
                heard_.members |= name_mark_of(members.name_at(depth));
            if (heard_.statements.size() < most_statements) member(members, value);
        }
    }

    void member(const JsonMembers& members, const JsonMembers::Value& value) {
        const std::string_view name = members.name();
        for (std::size_t depth = 1; depth < value.depth; ++depth)
            if (!nests_words(members.name_at(depth))) return;
        // A sentence in the outermost object is meant for people, whatever its name.
        const bool sentence = value.depth == 1 && value.is_string && value.raw.find(' ') != npos;
        if (!name.empty() && !carries_words(name) && !sentence) return;
        if (is_code_alone(name) && value.raw.find(' ') != npos) return;
        if (!value.is_string && (!is_code_name(name) || value.raw.size() > 8)) return;
        if (value.depth == 1 && value.is_string && name == "error" && value.raw.size() <= 64 &&
            is_token(value.raw))
            heard_.error_code = value.raw;
        heard_.add(path_of(members, value.depth),
                   value.raw.find('\\') == npos
                       ? value.raw.substr(0, longest_statement)
                       : heard_.keep(unescaped_json(value.raw.substr(0, longest_statement))));
    }

    std::string_view path_of(const JsonMembers& members, std::size_t depth) {
        if (depth == 1) return members.name();
        std::string path;
        std::string_view last;
        for (std::size_t level = 1; level <= depth; ++level) {
            const std::string_view name = members.name_at(level);
            // A list repeats its own name at the level within.
            if (name.empty() || (level > 1 && name.data() == last.data())) continue;
            path.append(path.empty() ? "" : ".").append(name);
            last = name;
        }
        return path == members.name() ? members.name() : heard_.keep(std::move(path));
    }

    // XML elements without children are members; all text that a browser would show is one more
    // statement where the document is no XML.
    void markup() {
        const bool html = ifind(text_.substr(0, 512), "<html") != npos ||
                          ifind(text_.substr(0, 512), "<!doctype html") != npos ||
                          ifind(text_, "<p") != npos || ifind(text_, "<h1") != npos;
        std::string visible;
        std::string_view open;
        std::size_t begin = 0;
        for (std::size_t at = 0; at < text_.size();) {
            if (text_[at] != '<') {
                visible += text_[at++];
                continue;
            }
            const std::size_t end = end_of_tag(at);
            if (end == npos) break;
            const std::string_view tag = text_.substr(at + 1, end - at - 1);
            if (!tag.empty() && tag[0] == '/')
                close(tag.substr(1), open, text_.substr(begin, at - begin), html);
            else
                open = tag.substr(0, tag.find_first_of(" \t\r\n/")), begin = end + 1;
            visible += ' ';
            at = end + 1;
        }
        if (html || heard_.statements.empty())
            heard_.add("page", heard_.keep(visible.substr(0, 4 * longest_statement)));
    }

    void close(std::string_view name, std::string_view& open, std::string_view text, bool html) {
        const bool leaf = !open.empty() && name == open && text.find('<') == npos;
        open = {};
        heard_.members |= name_mark_of(name.substr(name.find(':') + 1));
        if (!leaf || heard_.statements.size() >= most_statements) return;
        if (const std::size_t colon = name.find(':'); colon != npos) name.remove_prefix(colon + 1);
        if (html && iequals(name, "title")) name = "page-title";
        if (html ? name == "page-title" : carries_words(name))
            heard_.add(name, trim(text.substr(0, longest_statement)));
    }

    // Scripts and styles are silent.
    std::size_t end_of_tag(std::size_t at) const {
        const std::string_view rest = text_.substr(at);
        std::size_t end = rest.find('>');
        for (const std::string_view silent : {"script", "style"}) {
            if (!istarts_with(rest.substr(1), silent)) continue;
            const std::size_t close = ifind(rest, std::string("</") + std::string(silent));
            end = close == npos ? npos : rest.find('>', close);
        }
        return end == npos ? npos : at + end;
    }

    void form() {
        for (const std::string_view pair : parts_of(text_, '&')) {
            const std::size_t equals = pair.find('=');
            if (equals == npos || !carries_words(pair.substr(0, equals))) continue;
            std::string value(pair.substr(equals + 1));
            std::replace(value.begin(), value.end(), '+', ' ');
            heard_.add(pair.substr(0, equals), heard_.keep(percent_decoded(value).value_or(value)));
        }
    }

    std::string_view text_;
    Heard& heard_;
};

// Fields in which systems tell a reason, beside the challenge.
bool tells_a_reason(std::string_view name) {
    if (is_any(name, {"X-Authentication-Denied-Reason", "X-Seraph-LoginReason", "x-amzn-ErrorType",
                      "x-ms-error-code", "x-amzn-error-type", "X-OAuth-Error", "X-Auth-Error",
                      "Error", "X-Reason", "x-ms-diagnostics", "X-Responded-JSON",
                      "X-Goog-IAP-Generated-Response", "X-Vercel-Error"}))
        return true;
    return istarts_with(name, "x-") &&
           (iends_with(name, "-error") || iends_with(name, "-reason") ||
            iends_with(name, "-error-code") || iends_with(name, "-error-message") ||
            iends_with(name, "-errormessage") || iends_with(name, "-auth-message"));
}

void hear_fields(const Exchange& exchange, Heard& heard) {
    for (const Field& line : exchange.response.fields.lines()) {
        if (!tells_a_reason(line.name) || line.value.empty()) continue;
        std::string_view value = line.value;
        if (iequals(line.name, "x-amzn-ErrorType")) value = value.substr(0, value.find(':'));
        heard.add(line.name, value);
    }
}

// error="invalid_token" error_description="…", without the commas that are due.
void hear_quoted(std::string_view challenge, Heard& heard) {
    for (const std::string_view name : {"error", "error_description"}) {
        const std::string opening = std::string(name) + "=\"";
        const std::size_t at = ifind(challenge, opening);
        if (at == npos || (at > 0 && is_token_char(challenge[at - 1]))) continue;
        const std::string_view rest = challenge.substr(at + opening.size());
        if (rest.find('"') != npos) heard.add(name, rest.substr(0, rest.find('"')));
    }
}

void hear_challenges(const Exchange& exchange, Heard& heard) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        for (const std::string_view name :
             {"error", "error_description", "error_codes", "title", "reason"})
            if (const Parameter* const parameter = challenge.parameter(name))
                if (!parameter->value.empty()) heard.add(name, heard.keep(parameter->value));
    // Where the grammar is broken, its words can still be read.
    if (exchange.challenges.flaws.empty()) return;
    for (const Field& line : exchange.response.fields.lines()) {
        if (!iequals(line.name, "WWW-Authenticate")) continue;
        hear_quoted(line.value, heard);
        heard.add("WWW-Authenticate", line.value);
    }
}

// A call's own status. An ErrorInfo has the names that it has in JSON (Google's AIP-193), so that
// what is known of a system's codes holds here as well.
void hear_status(const Exchange& exchange, Heard& heard) {
    const std::optional<RpcStatus>& status = exchange.rpc.status;
    if (!status || status->code == rpc_code::ok) return;
    if (!status->reason.empty()) {
        heard.error_reason = heard.keep(status->reason);
        heard.add("error.details.reason", heard.error_reason);
        if (!status->domain.empty()) heard.add("error.details.domain", heard.keep(status->domain));
    }
    // Connect's message is a member of its body.
    if (!status->message.empty() && exchange.rpc.system != RpcSystem::connect)
        heard.add("grpc-message", heard.keep(status->message));
}

// Jetty, Tomcat and older frameworks put their message there, some of them there alone.
void hear_reason_phrase(const Exchange& exchange, Heard& heard) {
    if (exchange.response.status < 400) return;
    if (exchange.response.reason.find(' ') != npos)
        heard.add(reason_phrase_member, exchange.response.reason);
}

// What a redirect to a login page carries along.
void hear_location(const Exchange& exchange, Heard& heard) {
    const int status = exchange.response.status;
    if (status < 300 || status >= 400) return;
    const std::string_view location =
        exchange.response.fields.first("Location").value_or(std::string_view());
    const std::size_t query = location.find('?');
    if (query == npos) return;
    for (const std::string_view pair : parts_of(location.substr(query + 1), '&')) {
        const std::string_view name = pair.substr(0, pair.find('='));
        if (!is_any(name, {"error", "error_description", "reason", "message"})) continue;
        std::string value(pair.substr(std::min(pair.size(), name.size() + 1)));
        std::replace(value.begin(), value.end(), '+', ' ');
        heard.add(name, heard.keep(percent_decoded(value).value_or(value)));
    }
}

bool body_was_seen(const Response& response) {
    return response.body_evidence == BodyEvidence::partial ||
           response.body_evidence == BodyEvidence::whole;
}

}  // namespace

void Heard::add(std::string_view member, std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == npos) return;
    text = text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
    if (text.empty() || statements.size() >= most_statements) return;
    std::string_view code = text;
    // RFC 9457: the last part of the type's URI.
    if (code.find("://") != npos && code.rfind('/') + 1 < code.size())
        code = code.substr(code.find_last_of("/#") + 1);
    // "com.amazon.coral.service#AccessDeniedException"
    else if (code.rfind('#') != npos && code.find(' ') == npos)
        code = code.substr(code.rfind('#') + 1);
    members |= name_mark_of(member.substr(member.rfind('.') + 1));
    statements.push_back({member, text, code.size() <= longest_code ? letters_of(code) : 0, false});
}

std::string_view Heard::keep(std::string text) {
    if (!kept_) kept_ = std::make_shared<std::deque<std::string>>();
    return kept_->emplace_back(std::move(text));
}

void collect_statements(const Exchange& exchange, Heard& heard) {
    hear_challenges(exchange, heard);
    hear_fields(exchange, heard);
    hear_status(exchange, heard);
    hear_location(exchange, heard);
    // The frames of a gRPC answer are no text; its message was heard above. What is left of a
    // Connect stream is.
    const std::string_view type = exchange.response.fields.first("Content-Type").value_or("");
    bool silent = istarts_with(type, "application/grpc") || istarts_with(type, "application/octet");
    for (const std::string_view kind : {"image/", "audio/", "video/", "font/"})
        silent = silent || istarts_with(type, kind);
    if (body_was_seen(exchange.response) && !silent) Body(exchange.response.body, heard).hear();
    hear_reason_phrase(exchange, heard);
}

}  // namespace whogoes::rules
