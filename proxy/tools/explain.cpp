#include "proxy/tools/explain.hpp"

#include "proxy/report/escape.hpp"
#include "proxy/report/recorder.hpp"
#include "proxy/tools/curl_line.hpp"
#include "proxy/tools/words.hpp"
#include "rules/diagnosis.hpp"
#include "rules/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace whogoes::tools {
namespace {

namespace json = boost::json;

// The field that the credential would stand in, taken from what people paste.
struct Placed {
    std::string name = "Authorization";
    std::string value;
};

// A pipe brings a line end along.
std::string_view without_white_space(std::string_view text) {
    const auto ink = text.find_first_not_of(" \t\r\n");
    if (ink == text.npos) return {};
    return text.substr(ink, text.find_last_not_of(" \t\r\n") - ink + 1);
}

bool is_proof(const rules::Jwt& jwt) { return rules::iequals(jwt.typ, "dpop+jwt"); }

Placed place(std::string_view text) {
    text = without_white_space(text);
    const auto colon = text.find(':');
    const std::string_view before = text.substr(0, colon == text.npos ? 0 : colon);
    // Only a dash tells "X-Api-Key: secret" from "user: secret", which must not be shown.
    const bool field = rules::iequals(before, "authorization") ||
                       rules::iequals(before, "cookie") || rules::iequals(before, "dpop") ||
                       (rules::is_token(before) && before.find('-') != text.npos);
    if (field && colon + 1 < text.size() && text[colon + 1] == ' ')
        return {std::string(before), std::string(rules::trim(text.substr(colon + 1)))};
    // A bare token is what is in the variable of somebody who asks; its scheme is added, not
    // missed.
    if (const auto jwt = rules::parse_jwt(text); jwt && is_proof(*jwt))
        return {"DPoP", std::string(text)};
    const bool bare = rules::is_token68(text) && rules::scheme_of(text) == rules::Scheme::unknown;
    return {"Authorization", (bare ? "Bearer " : "") + std::string(text)};
}

struct Row {
    std::string name;
    std::string text;
};

class Explanation {
public:
    Explanation(const ExplainRequest& request, rules::TimePoint now)
        : request_(request), now_(now), placed_(place(request.credential)) {
        exchange_.request.method = "GET";
        exchange_.request.target = exchange_.request.path = "/";
        exchange_.request.fields.add(placed_.name, placed_.value);
        exchange_.response.status = 401;
        exchange_.answered_at = now;
        exchange_.expected = &request.expected;
        exchange_.keys = request.keys.get();
        exchange_.read();
        // A proof stands beside the token, and nothing is judged by it without one.
        if (rules::iequals(placed_.name, "dpop")) proof_ = rules::parse_jwt(placed_.value);
        rules::Fingerprinter fingerprinter(
            request.fingerprint_key.value_or(rules::FingerprintKey{}));
        event_ = report::describe(exchange_, rules::diagnose(exchange_), {}, fingerprinter, {});
        judge();
    }
    Explanation(const Explanation&) = delete;
    Explanation& operator=(const Explanation&) = delete;

    Explained result() const {
        const bool certain =
            std::any_of(findings_.begin(), findings_.end(), [](const rules::Finding* finding) {
                return finding->evidence.confidence == rules::Confidence::certain;
            });
        return {request_.json ? as_json() : as_text(), certain ? 1 : 0};
    }

private:
    void judge() {
        const auto keep = [&](const rules::Finding& finding) {
            // Offline there was no API that refused.
            if (!finding.cause->has(rules::Trait::needs_answer)) findings_.push_back(&finding);
        };
        if (event_.diagnosis.main) keep(*event_.diagnosis.main);
        for (const rules::Finding& finding : event_.diagnosis.also) keep(finding);
        length_ = placed_.value.size();
        for (const rules::Credentials& credentials : exchange_.credentials) {
            scheme_ = rules::registered_spelling(credentials.kind);
            if (scheme_.empty() && event_.scheme != "unknown") scheme_ = event_.scheme;
            length_ = credentials.value.size();
        }
    }

    std::string kind() const {
        if (proof_) return is_proof(*proof_) ? "a DPoP proof" : "a JWT";
        if (exchange_.jwt) return exchange_.jwt->encrypted ? "an encrypted JWT" : "a JWT";
        if (!rules::iequals(placed_.name, "authorization")) return "a value";
        return scheme_ == "Basic" ? "user name and password in base64" : "an opaque credential";
    }

    std::string safe(std::string_view text) const {
        return report::visible(report::cut_end(text, 200), request_.utf8);
    }

    std::string joined(const std::vector<std::string>& words) const {
        std::string all;
        for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
        return safe(all);
    }

    std::string time_text(const rules::TimeClaim& claim) const {
        if (claim.kind == rules::ClaimKind::not_a_number)
            return "is " + safe(claim.json_type) + ", not a number";
        const double seconds = claim.milliseconds() ? claim.value / 1000 : claim.value;
        const std::string utc = utc_words(seconds);
        return (utc.empty() ? "at no time of this calendar"
                            : utc + ", " + relative_words(seconds, now_)) +
               (claim.milliseconds() ? " (written in milliseconds)" : "");
    }

    void add(std::vector<Row>& rows, std::string name, std::string text) const {
        if (!text.empty()) rows.push_back({std::move(name), std::move(text)});
    }

    std::vector<Row> jwt_rows(const rules::Jwt& jwt) const {
        std::vector<Row> rows;
        const report::JwtSummary& shown = event_.jwt;
        add(rows, "alg", safe(shown.alg));
        add(rows, "typ", safe(shown.typ));
        add(rows, "kid", safe(shown.kid));
        add(rows, "iss", safe(shown.iss));
        add(rows, "aud", joined(shown.aud));
        add(rows, "azp", safe(shown.azp));
        add(rows, "scope", joined(shown.scope));
        add(rows, "acr", safe(shown.acr));
        if (jwt.iat.kind != rules::ClaimKind::absent) add(rows, "issued", time_text(jwt.iat));
        if (jwt.nbf.kind != rules::ClaimKind::absent) add(rows, "not before", time_text(jwt.nbf));
        if (jwt.exp.kind != rules::ClaimKind::absent) add(rows, "expires", time_text(jwt.exp));
        if (const auto lived = lifetime(jwt)) add(rows, "lives", report::duration_words(*lived));
        add(rows, "bound to", bound_to(jwt));
        if (proof_) add_proof(rows, jwt);
        add(rows, "signature", signature_text(jwt));
        return rows;
    }

    // RFC 7800, 3.1: it proves nothing without the key that it names.
    static std::string bound_to(const rules::Jwt& jwt) {
        if (!jwt.cnf_jkt.empty()) return "a DPoP key (cnf.jkt): send a DPoP proof with it";
        if (jwt.cnf_certificate)
            return "a client certificate (cnf.x5t#S256): send it over TLS with that certificate";
        return {};
    }

    // RFC 9449, 4.2.
    void add_proof(std::vector<Row>& rows, const rules::Jwt& jwt) const {
        add(rows, "htm", safe(jwt.htm));
        // The query may hold secrets, and is no part of htu.
        add(rows, "htu", safe(std::string_view(jwt.htu).substr(0, jwt.htu.find_first_of("?#"))));
        add(rows, "ath",
            jwt.ath.empty() ? "absent: it goes with no access token"
                            : "there: it goes with one access token");
        add(rows, "nonce", jwt.nonce.empty() ? "" : "there");
        add(rows, "key",
            jwt.jwk_private ? "in its header, with the private half"
            : jwt.has_jwk   ? "in its header"
                            : "absent from its header");
    }

    const rules::Jwt* jwt() const {
        if (proof_) return &*proof_;
        return exchange_.jwt ? &*exchange_.jwt : nullptr;
    }

    std::string painted(std::string_view mark, std::string_view paint) const {
        if (!request_.colour) return std::string(mark);
        return "\x1b[" + std::string(paint) + "m" + std::string(mark) + "\x1b[0m";
    }

    static std::optional<std::int64_t> lifetime(const rules::Jwt& jwt) {
        const auto seconds = [](const rules::TimeClaim& claim) {
            return claim.milliseconds() ? claim.value / 1000 : claim.value;
        };
        if (jwt.exp.kind != rules::ClaimKind::number || jwt.iat.kind != rules::ClaimKind::number)
            return std::nullopt;
        const double lived = seconds(jwt.exp) - seconds(jwt.iat);
        if (!(lived > 0 && lived < 1e11)) return std::nullopt;
        return static_cast<std::int64_t>(lived);
    }

    std::string_view signature_name(const rules::Jwt& jwt) const {
        if (!request_.keys) return "not_checked";
        switch (request_.keys->verify(jwt)) {
            case rules::Signature::verified:
                return "verified";
            case rules::Signature::invalid:
                return "invalid";
            case rules::Signature::unknown_kid:
                return "unknown_kid";
            case rules::Signature::algorithm_mismatch:
                return "algorithm_mismatch";
            case rules::Signature::not_checked:
                return "not_checked";
        }
        return "not_checked";
    }

    std::string signature_text(const rules::Jwt& jwt) const {
        const std::string_view name = signature_name(jwt);
        std::string text = std::to_string(jwt.signature_bytes) + " bytes, ";
        if (name == "verified") return text + "verified";
        if (name == "invalid") return text + "does not verify with these keys";
        if (name == "unknown_kid") return text + "no key of the set has this kid";
        if (name == "algorithm_mismatch") return text + "no key of the set is for this alg";
        return text + (request_.keys ? "could not be checked" : "not checked (--keys FILE)");
    }

    std::string heading() const {
        if (!rules::iequals(placed_.name, "authorization"))
            return safe(placed_.name) + ": a value of " + std::to_string(placed_.value.size()) +
                   " bytes";
        return (scheme_.empty() ? "No scheme that is known" : safe(scheme_)) + ": " + kind() +
               " of " + std::to_string(length_) + " bytes";
    }

    std::string as_text() const {
        std::string out = heading();
        if (request_.fingerprint_key && !event_.token.empty())
            out += ", in the log " + event_.token;
        out += "\n";
        if (const rules::Jwt* const shown = jwt())
            for (const Row& row : jwt_rows(*shown)) {
                std::string name = "  " + row.name;
                name.resize(std::max<std::size_t>(name.size() + 1, 14), ' ');
                out += name + folded(row.text, std::string(14, ' ')) + "\n";
            }
        if (findings_.empty())
            return out + painted(request_.utf8 ? "✓ " : "OK ", "32") +
                   "nothing wrong can be seen here; whether it is accepted, only the API knows\n";
        for (const rules::Finding* finding : findings_) {
            const bool certain = finding->evidence.confidence == rules::Confidence::certain;
            out += painted(request_.utf8 ? "✗ " : "!! ", certain ? "31" : "33") +
                   painted(finding->cause->id, "1") + ": " + std::string(finding->cause->summary) +
                   " (" + std::string(rules::name(finding->evidence.confidence)) + ")\n";
            out += "  " + folded(safe(finding->evidence.words), "  ") + "\n";
            out += "  fix: " + folded(finding->what_to_do(), "       ") + "\n";
        }
        return out;
    }

    json::object jwt_json(const rules::Jwt& jwt) const {
        json::object object;
        for (const Row& row : jwt_rows(jwt)) object[row.name] = row.text;
        if (object.contains("bound to"))
            object["bound_to"] = jwt.cnf_jkt.empty() ? "certificate" : "dpop";
        object.erase("bound to");
        for (const char* name : {"issued", "not before", "expires", "lives", "signature"})
            object.erase(name);
        const auto time = [&](const char* name, const rules::TimeClaim& claim) {
            const bool whole = claim.kind == rules::ClaimKind::number &&
                               std::abs(claim.value) < 9e15 &&
                               claim.value == std::floor(claim.value);
            if (whole)
                object[name] = static_cast<std::int64_t>(claim.value);
            else if (claim.kind == rules::ClaimKind::number)
                object[name] = claim.value;
            if (claim.kind == rules::ClaimKind::not_a_number) object[name] = time_text(claim);
        };
        time("iat", jwt.iat);
        time("nbf", jwt.nbf);
        time("exp", jwt.exp);
        object["aud"] = json::array(event_.jwt.aud.begin(), event_.jwt.aud.end());
        object["scope"] = json::array(event_.jwt.scope.begin(), event_.jwt.scope.end());
        object["encrypted"] = jwt.encrypted;
        object["signature"] = signature_name(jwt);
        return object;
    }

    std::string as_json() const {
        json::object object{{"field", safe(placed_.name)},
                            {"scheme", scheme_},
                            {"kind", kind()},
                            {"bytes", length_}};
        if (request_.fingerprint_key && !event_.token.empty()) object["token"] = event_.token;
        if (const rules::Jwt* const shown = jwt()) object["jwt"] = jwt_json(*shown);
        json::array findings;
        for (const rules::Finding* finding : findings_) findings.push_back(json_of(*finding));
        object["findings"] = std::move(findings);
        return json::serialize(object) + "\n";
    }

    const ExplainRequest& request_;
    rules::TimePoint now_;
    Placed placed_;
    rules::Exchange exchange_;
    std::optional<rules::Jwt> proof_;  // of DPoP
    report::AuthEvent event_;          // what may be shown of it
    std::vector<const rules::Finding*> findings_;
    std::string scheme_;
    std::size_t length_ = 0;
};

}  // namespace

Explained explain(const ExplainRequest& request, rules::TimePoint now) {
    if (without_white_space(request.credential).empty())
        return {"whogoes: no credential was given: pipe it in, or answer the question\n", 2};
    if (!is_curl_line(request.credential)) return Explanation(request, now).result();
    const auto found = credential_of_curl(request.credential);
    if (!found)
        return {
            "whogoes: this curl command carries no credential: neither -H with one, -u, -b "
            "nor --oauth2-bearer\n",
            2};
    ExplainRequest of_curl = request;
    of_curl.credential = *found;
    return Explanation(of_curl, now).result();
}

}  // namespace whogoes::tools
