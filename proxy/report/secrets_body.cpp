#include "proxy/report/redact.hpp"
#include "rules/text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>

// What the body of a request says under a name that tells a secret or a user. Read leniently: it
// may be cut, and a text that looks like JSON may be none.
namespace whogoes::report {
namespace {

using rules::npos;
constexpr int most_nested = 3;  // JSON in a string of JSON, as queues and gateways send it

enum class Tells : std::uint8_t { nothing, user, secret };

Tells told_by(std::string_view key) {
    constexpr std::string_view users[] = {"username", "user", "user_name",  "login",
                                          "email",    "mail", "identifier", "email_address"};
    if (names_a_secret(key) || rules::icontains(key, "password")) return Tells::secret;
    const bool user = std::any_of(std::begin(users), std::end(users),
                                  [&](std::string_view name) { return rules::iequals(name, key); });
    return user ? Tells::user : Tells::nothing;
}

// The content of a string of JSON; as it stands where its escapes are broken.
std::string unescaped(std::string_view content) {
    if (content.find('\\') == npos) return std::string(content);
    boost::system::error_code broken;
    const boost::json::value value = boost::json::parse("\"" + std::string(content) + "\"", broken);
    const boost::json::string* const text = broken ? nullptr : value.if_string();
    return text == nullptr ? std::string(content) : std::string(*text);
}

class BodyReader {
public:
    BodyReader(const SecretsPolicy& policy, Secrets& secrets)
        : policy_(policy), secrets_(secrets) {}

    void form(std::string_view text) {
        for (const std::string_view pair : rules::parts_of(text, '&')) {
            const std::size_t equals = pair.find('=');
            if (equals == npos) continue;
            const std::string key = decoded(pair.substr(0, equals));
            const std::string_view value = pair.substr(equals + 1);
            take(value, told_by(key));
            if (value.find_first_of("%+") != npos) take(decoded(value), told_by(key));
        }
    }

    void other(std::string_view text) {
        const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
        text.remove_prefix(begin);
        if (text.starts_with('<')) return elements(text);
        if (text.starts_with("--")) return parts(text);
        pairs(text, most_nested);
    }

private:
    void take(std::string_view value, Tells tells) {
        if (tells == Tells::nothing || (tells == Tells::user && policy_.user_names_plain)) return;
        secrets_.add_owned(std::string(value));
    }

    static std::string decoded(std::string_view text) {
        std::string out(text);
        std::replace(out.begin(), out.end(), '+', ' ');
        return rules::percent_decoded(out).value_or(out);
    }

    // JSON, and what is written like it: a query of GraphQL, "password: x" in a text.
    void pairs(std::string_view text, int layers) {
        Tells tells = Tells::nothing;
        int depth = 0, secret_depth = 0;  // within a list or an object that is a secret's value
        for (std::size_t at = 0; at < text.size();) {
            const char c = text[at];
            if (c == '{' || c == '[') {
                ++depth;
                if (tells == Tells::secret && secret_depth == 0) secret_depth = depth;
                tells = Tells::nothing;
            } else if (c == '}' || c == ']') {
                if (depth == secret_depth) secret_depth = 0;
                depth = std::max(depth - 1, 0);
                tells = Tells::nothing;
            } else if (c == ',') {
                tells = Tells::nothing;
            } else if (c == '"' || is_bare(c)) {
                const std::string_view word = c == '"' ? quoted(text, at) : bare(text, at);
                const std::size_t next = text.find_first_not_of(" \t\r\n", at);
                if (next != npos && text[next] == ':')
                    tells = told_by(word);
                else
                    value(word, secret_depth > 0 ? Tells::secret : tells, layers);
                continue;
            }
            ++at;
        }
    }

    void value(std::string_view raw, Tells tells, int layers) {
        if (tells != Tells::nothing) take(raw, tells);
        if (raw.find_first_of("\\:") == npos) return;
        const std::string text = unescaped(raw);
        if (tells != Tells::nothing) take(text, tells);
        if (tells == Tells::nothing && layers > 0 && text.find(':') != npos)
            pairs(text, layers - 1);
    }

    static bool is_bare(char c) { return std::string_view(" \t\r\n,:{}[]()\"").find(c) == npos; }
    static std::string_view bare(std::string_view text, std::size_t& at) {
        const std::size_t begin = at;
        while (at < text.size() && is_bare(text[at])) ++at;
        return text.substr(begin, at - begin);
    }
    // Up to its closing quote, or to the end of what was kept of the body.
    static std::string_view quoted(std::string_view text, std::size_t& at) {
        const std::size_t begin = ++at;
        while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
        at = std::min(at, text.size());
        const std::string_view content = text.substr(begin, at - begin);
        if (at < text.size()) ++at;
        return content;
    }

    void parts(std::string_view text) {  // multipart/form-data, RFC 7578
        constexpr std::string_view label = " name=\"";
        for (std::size_t at = text.find(label); at != npos; at = text.find(label, at + 1)) {
            const std::size_t name = at + label.size();
            const std::size_t name_end = text.find('"', name);
            const std::size_t head_end = text.find("\r\n\r\n", name);
            if (name_end == npos || head_end == npos) return;
            const std::size_t begin = head_end + 4;
            take(text.substr(begin, text.find("\r\n--", begin) - begin),
                 told_by(text.substr(name, name_end - name)));
        }
    }

    void elements(std::string_view text) {  // XML
        for (std::size_t at = text.find('<'); at != npos; at = text.find('<', at + 1)) {
            const std::size_t end = text.find('>', at);
            if (end == npos) return;
            std::string_view name = text.substr(at + 1, end - at - 1);
            name = name.substr(0, name.find_first_of(" \t\r\n/"));
            if (const std::size_t colon = name.find(':'); colon != npos)
                name.remove_prefix(colon + 1);
            constexpr std::string_view raw = "<![CDATA[";
            const std::string_view rest = text.substr(end + 1);
            const std::string_view content =
                rest.starts_with(raw) ? rest.substr(raw.size(), rest.find("]]>") - raw.size())
                                      : rest.substr(0, rest.find('<'));
            take(content, told_by(name));
        }
    }

    const SecretsPolicy& policy_;
    Secrets& secrets_;
};

}  // namespace

void collect_body_secrets(const rules::Request& request, const SecretsPolicy& policy,
                          Secrets& secrets) {
    BodyReader reader(policy, secrets);
    if (!request.form_body.empty()) {
        redacted_query(request.form_body, &secrets);  // for what it finds; a body is never written
        reader.form(request.form_body);
    }
    if (!request.other_body.empty()) reader.other(request.other_body);
}

}  // namespace whogoes::report
