#include "rules/challenge.hpp"
#include "rules/diagnosis.hpp"
#include "rules/keys.hpp"
#include "rules/text.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <string>
#include <vector>

// Lets an outside judge try the parsers and the diagnosis: one JSON value a line in, one JSON line
// out. `vectors challenges` reads an array of field values, `vectors jwt` an object with
// authorization, now, expected and jwks, and is answered in the judge's words. Strings are Latin-1
// views of octets.
namespace whogoes::rules {
namespace {

namespace json = boost::json;

std::string octets_of(const json::value& text) {
    std::string octets;
    const std::string_view utf8 = text.as_string();
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        if (lead < 0x80 || i + 1 >= utf8.size()) {
            octets += utf8[i];
        } else {
            const auto next = static_cast<unsigned char>(utf8[++i]);
            octets += static_cast<char>(((lead & 0x03U) << 6U) | (next & 0x3FU));
        }
    }
    return octets;
}

std::string text_of(std::string_view octets) {
    std::string text;
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < 0x80) {
            text += c;
        } else {
            text += static_cast<char>(0xC0U | (octet >> 6U));
            text += static_cast<char>(0x80U | (octet & 0x3FU));
        }
    }
    return text;
}

std::vector<std::string> all_octets_of(const json::value& texts) {
    std::vector<std::string> values;
    if (!texts.is_array()) return values;
    for (const json::value& text : texts.get_array()) values.push_back(octets_of(text));
    return values;
}

bool repeats_a_parameter(const Challenge& challenge) {
    for (const Parameter& parameter : challenge.parameters)
        if (challenge.parameter(parameter.name) != &parameter) return true;
    return false;
}

json::value judged_challenges(const json::value& field_values) {
    const std::vector<std::string> values = all_octets_of(field_values);
    const std::vector<std::string_view> views(values.begin(), values.end());
    const ChallengeList list = parse_challenges(views);
    // The judge asks what a sender may write: each line whole, SP after a scheme (RFC 9110, 11.3),
    // each parameter once (11.2). The parser itself is a recipient, and reads on.
    bool valid = list.flaws.empty() && !list.joined && !list.tab_after_scheme;
    json::array challenges;
    for (const Challenge& challenge : list.challenges) {
        valid = valid && !repeats_a_parameter(challenge);
        json::object shown{{"scheme", lowered(challenge.scheme)}};
        if (!challenge.token68.empty()) {
            shown["token68"] = challenge.token68;
        } else {
            json::object parameters;
            for (const Parameter& parameter : challenge.parameters)
                parameters.emplace(lowered(parameter.name), text_of(parameter.value));
            shown["params"] = std::move(parameters);
        }
        challenges.push_back(std::move(shown));
    }
    return {{"valid", valid}, {"challenges", std::move(challenges)}};
}

std::string text_member(const json::object& object, std::string_view name) {
    const json::value* const member = object.if_contains(name);
    return member && member->is_string() ? octets_of(*member) : std::string();
}

Expectations expectations_of(const json::object& told) {
    Expectations expected;
    expected.issuer = text_member(told, "iss");
    expected.scheme = text_member(told, "scheme");
    expected.token_type = text_member(told, "typ");
    const std::string audience = text_member(told, "aud");
    if (!audience.empty()) expected.audiences.push_back(audience);
    if (const json::value* const algorithms = told.if_contains("algs"))
        expected.algorithms = all_octets_of(*algorithms);
    return expected;
}

// Where the catalogue has several causes for one word of the judge's, or none, the judge's word.
// It holds a field without a value for no field, any other first word than the expected scheme for
// a wrong scheme, and a scheme in other letters for the scheme (RFC 9110, 11.1).
std::string_view in_words_of_the_judge(const Finding& found, const Exchange& exchange) {
    const std::string_view id = found.cause->id;
    if (id == "empty-authorization") return "missing_header";
    if (id == "scheme-case-rejected" && found.evidence.confidence == Confidence::possible)
        return "ok";
    if (id != "scheme-missing" && id != "scheme-separator-wrong") return id;
    const std::string_view value = exchange.request.fields.first("Authorization").value_or("");
    const bool other = !iequals(value.substr(0, value.find(' ')), exchange.expected->scheme);
    return other ? "wrong_scheme" : id;
}

// As if an API had refused with a bare 401.
json::value judged_credentials(const json::value& given) {
    const json::object& fields = given.as_object();
    const std::vector<std::string> values = all_octets_of(fields.at("authorization"));
    const Expectations expected = expectations_of(fields.at("expected").as_object());
    KeySet keys;
    if (const json::value* const jwks = fields.if_contains("jwks"); jwks && jwks->is_object()) {
        auto loaded = KeySet::from_jwks(json::serialize(*jwks));
        if (!loaded) return {{"error", loaded.error()}};
        keys = std::move(*loaded);
    }

    Exchange exchange;
    exchange.request.method = "GET";
    exchange.request.target = exchange.request.path = "/v1/items";
    for (const std::string& value : values)
        exchange.request.fields.add("Authorization", trim(value));
    exchange.response.status = 401;
    exchange.answered_at =
        TimePoint(std::chrono::seconds(fields.at("now").to_number<std::int64_t>()));
    exchange.expected = &expected;
    if (!keys.empty()) exchange.keys = &keys;
    exchange.read();
    const Diagnosis diagnosis = diagnose(exchange);
    if (!diagnosis.main) return {{"cause", nullptr}};
    return {{"cause", in_words_of_the_judge(*diagnosis.main, exchange)},
            {"id", diagnosis.main->cause->id},
            {"confidence", name(diagnosis.main->evidence.confidence)},
            {"evidence", diagnosis.main->evidence.words}};
}

int judge_lines(json::value (*judge)(const json::value&)) {
    std::string line;
    while (std::getline(std::cin, line)) {
        boost::system::error_code error;
        const json::value given = json::parse(line, error);
        const json::value answer = error ? json::value{{"error", error.message()}} : judge(given);
        std::cout << json::serialize(answer) << std::endl;
    }
    return 0;
}

}  // namespace
}  // namespace whogoes::rules

int main(int count, char** arguments) {
    const std::string_view what = count == 2 ? arguments[1] : "";
    using namespace whogoes::rules;
    try {
        if (what == "challenges") return judge_lines(judged_challenges);
        if (what == "jwt") return judge_lines(judged_credentials);
    } catch (const std::exception& flaw) {
        std::cerr << "vectors: a line is not what " << what << " asks for: " << flaw.what() << '\n';
        return 1;
    }
    std::cerr << "usage: vectors challenges|jwt\n";
    return 2;
}
