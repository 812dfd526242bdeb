#include "proxy/report/console.hpp"
#include "proxy/report/record.hpp"
#include "proxy/report/tally.hpp"
#include "report/given.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace whogoes::report {
namespace {

// Random secrets in every place where one may stand; the API echoes them wherever it can. Of none
// may seven octets in a row be found in what the product writes.
class Canaries {
public:
    explicit Canaries(unsigned seed) : random_(seed) {}

    std::string secret(std::size_t length,
                       std::string_view alphabet =
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") {
        std::string out;
        while (out.size() < length) out += alphabet[random_() % alphabet.size()];
        secrets.push_back(out);
        return out;
    }
    std::string base64(const std::string& text) {
        constexpr std::string_view alphabet =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string out;
        unsigned bits = 0;
        int held = 0;
        for (const char c : text) {
            bits = bits << 8 | static_cast<unsigned char>(c);
            for (held += 8; held >= 6;) out += alphabet[bits >> (held -= 6) & 63];
        }
        if (held > 0) out += alphabet[bits << (6 - held) & 63];
        while (out.size() % 4 != 0) out += '=';
        secrets.push_back(out);
        return out;
    }
    std::size_t pick(std::size_t count) { return random_() % count; }

    std::vector<std::string> secrets;

private:
    std::mt19937 random_;
};

std::string authorization(Canaries& canaries) {
    switch (canaries.pick(10)) {
        case 0:
            return "Bearer " + canaries.secret(20 + canaries.pick(60));
        case 1:
            return "Bearer eyJ" + canaries.secret(30) + "." + canaries.secret(40) + "." +
                   canaries.secret(43);
        case 2:
            return "Basic " + canaries.base64(canaries.secret(9) + ":" + canaries.secret(12));
        case 3:
            return canaries.secret(9) + ":" + canaries.secret(12);  // malformed Basic
        case 4:
            return canaries.secret(40);  // no scheme
        case 5:
            return "Bearer Bearer " + canaries.secret(24);
        case 6:
            return "Digest username=\"" + canaries.secret(10) + "\", realm=\"api\", response=\"" +
                   canaries.secret(32) + "\", cnonce=\"" + canaries.secret(16) + "\"";
        case 7:
            return "Bearer " + canaries.secret(20) + ", Basic " + canaries.secret(24);
        case 8:
            return "Session-Key " + canaries.secret(20);
        default:
            return "\"" + canaries.secret(20) + "\"";
    }
}

std::string written(const AuthEvent& event) {
    std::string out;
    TimeText times;
    AuthEvent complete = event;
    complete.message = headline(event);
    append_record(out, complete, times);
    out += console_lines(complete, {.columns = 1000, .verbose = true});
    out += console_lines(complete, {.colour = true, .utf8 = false, .columns = 80});
    out += console_lines(complete, {.columns = 80, .dev = true});
    Tally tally;
    tally.count(complete);
    Counts counts;
    tally.add_to(counts);
    append_auth_metrics(out, counts, 0);
    return out;
}

void check_silent(const std::string& out, const std::vector<std::string>& secrets) {
    constexpr std::size_t longest = 6;
    for (const std::string& secret : secrets) {
        for (std::size_t at = 0; at + longest < secret.size(); ++at) {
            const std::string run = secret.substr(at, longest + 1);
            const std::size_t found = out.find(run);
            if (found == std::string::npos) continue;
            CAPTURE(secret);
            FAIL_CHECK("written: ", out.substr(found < 60 ? 0 : found - 60, 120));
            return;
        }
    }
}

// Secrets in every place of a request, echoed in every place of the answer.
struct Leaky {
    Given given;
    std::string echo;  // all of them, as an API might quote them
};

Leaky leaky(Canaries& canaries) {
    const std::string offered = authorization(canaries);
    const std::string key = canaries.secret(16);
    const std::string cookie = canaries.secret(24);
    const std::string query = canaries.secret(14);
    const std::string csrf = canaries.secret(18);
    const std::string code = canaries.secret(12);
    const std::string set = canaries.secret(22);
    const std::string form = canaries.secret(13);
    const std::string json = canaries.secret(15);
    const std::string nameless = canaries.secret(20, "abcdefghijklmnopqrstuvwxyz");
    const std::string value = offered.substr(offered.find(' ') + 1);
    Leaky out;
    out.echo = offered + " " + key + " " + cookie + " " + query + " " + csrf + " " + set + " " +
               form + " " + json + " " + nameless;
    out.given = {
        .path = "/v1/" + key + "/x;jsessionid=" + canaries.secret(16),
        .query = "page=1&access_token=" + query + "&X-Amz-Signature=" + canaries.secret(20) +
                 "&next=https%3A%2F%2Fa%2F%3Fcode%3D" + code,
        .request = {{"Authorization", offered},
                    {"X-API-Key", key},
                    {"Cookie", "lang=de; sid=" + cookie + "; " + nameless},
                    {"X-CSRF-Token", csrf},
                    {"Referer", "https://app.example/cb?code=" + code},
                    {"User-Agent", "client/1 " + value},
                    {"Accept", "text/html, x/" + key},
                    {"Origin", "http://" + cookie + ".example"}},
        .response = {{"WWW-Authenticate",
                      "Bearer realm=\"api\", error=\"insufficient_scope\", error_description=\"" +
                          out.echo + "\", scope=\"read " + out.echo + "\""},
                     {"WWW-Authenticate", "Negotiate " + canaries.secret(30)},
                     {"Location", "https://id.example/login?state=" + canaries.secret(20)},
                     {"Set-Cookie", "sid=" + set + "; Path=/; HttpOnly"},
                     {"Access-Control-Allow-Origin", "http://" + key}},
        .status = canaries.pick(2) == 0 ? 401 : 403,
        .form = "password=" + form + "&user=joe",
        .other_body = "{\"user\":\"joe\",\"password\":\"" + json + "\"}",
    };
    return out;
}

TEST_CASE("no secret of an exchange is written, though evidence and facts were full of them") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        Canaries canaries(seed);
        const auto [given, echo] = leaky(canaries);
        rules::Diagnosis diagnosis = diagnosed(
            expired, "the API said: " + echo,
            {{"upstream_text", echo}, {"required_scope", std::vector<std::string>{"read", echo}}});
        diagnosis.violations.push_back(
            {&without_challenge, {{}, "echo " + echo, {{"text", echo}}}});
        check_silent(written(described(given, diagnosis)), canaries.secrets);
    }
}

TEST_CASE("no secret of an exchange is written by way of the rules") {
    for (unsigned seed = 1000; seed < 1300; ++seed) {
        CAPTURE(seed);
        Canaries canaries(seed);
        Leaky leak = leaky(canaries);
        if (seed % 3 == 0) leak.given.response.erase(leak.given.response.begin());
        if (seed % 2 == 0) leak.given.path = "/v1/orders";
        const std::string body = "{\"error\":\"invalid_token\",\"message\":\"" + leak.echo + "\"}";
        rules::Exchange exchange = leak.given.exchange();
        exchange.response.body = body;
        exchange.response.body_evidence = rules::BodyEvidence::whole;
        rules::Fingerprinter prints = fingerprinter();
        const AuthEvent event = describe(exchange, rules::diagnose(exchange), {}, prints, {});
        check_silent(written(event), canaries.secrets);
    }
}

}  // namespace
}  // namespace whogoes::report
