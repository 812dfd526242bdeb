#include "proxy/net/tls.hpp"
#include "rules/text.hpp"
#include "tests/support/rig.hpp"
#include "tests/support/rig_certificates.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <atomic>
#include <string>

// `diagnose.keys` as a URL: what is said of a signature while keys come, change, or do not come.
namespace whogoes::support {
namespace {

using std::chrono::milliseconds;

const std::string secret_a = "a secret of the tests, no other use";
const std::string secret_b = "another secret of the tests, longer";

std::string base64url(std::string_view octets) {
    std::string text(4 * octets.size() / 3 + 8, '\0');
    const int length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                         reinterpret_cast<const unsigned char*>(octets.data()),
                                         static_cast<int>(octets.size()));
    text.resize(static_cast<std::size_t>(length));
    text.resize(text.find_last_not_of('=') + 1);
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

std::string jwk(const std::string& kid, const std::string& secret) {
    return R"({"kty":"oct","alg":"HS256","kid":")" + kid + R"(","k":")" + base64url(secret) + "\"}";
}

std::string set(const std::string& keys) {
    return ok("{\"keys\":[" + keys + "]}", "Content-Type: application/json\r\n");
}

// A request with a token of this key, valid as far as its times go.
std::string with_token(const std::string& kid, const std::string& secret) {
    const std::string text = base64url(R"({"alg":"HS256","kid":")" + kid + "\"}") + "." +
                             base64url(R"({"iss":"id","iat":1795438000,"exp":1795439000})");
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    ::HMAC(::EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &length);
    const std::string_view octets(reinterpret_cast<const char*>(mac), length);
    return "Authorization: Bearer " + text + "." + base64url(octets) + "\r\n";
}

FakeUpstreamOptions secured(ssl_ctx_st* tls) {
    FakeUpstreamOptions options;
    options.tls = tls;
    return options;
}

// A rig whose keys come from a server that the test plays.
class KeyRig {
public:
    explicit KeyRig(ssl_ctx_st* tls = nullptr) : issuer(secured(tls)) {
        options.key_limits.cool_down = milliseconds{0};
        source.url = *upstream::parse_fetch_url((tls ? "https://" : "http://") +
                                                issuer.endpoint().text() + "/jwks?of=tests");
    }
    ~KeyRig() {
        rig_.reset();
        issuer.stop();
        for (const std::string& failure : issuer.failures()) FAIL_CHECK("issuer: " << failure);
    }

    Rig& start() {
        options.settings.treatment.key_source = std::make_shared<const settings::KeySource>(source);
        rig_ = std::make_unique<Rig>(std::move(options));
        rig_->upstream.always([](Talk& talk) { talk.answer(answer(401)); });
        return *rig_;
    }
    // The cause of a refusal, and what the log says of the keys meanwhile.
    std::string cause(const std::string& kid, const std::string& secret) {
        return text_at(refusal(kid, secret), "/auth/cause");
    }
    boost::json::object refusal(const std::string& kid, const std::string& secret) {
        rig_->settle();  // a set that was told of has reached the worker
        CHECK(rig_->get("/", with_token(kid, secret)).status() == 401);
        for (;;) {
            boost::json::object event = rig_->next_event();
            if (text_at(event, "/event") == "auth.failure") return event;
            words_.push_back(text_at(event, "/msg"));
        }
    }
    std::string words() {
        if (words_.empty()) words_.push_back(text_at(rig_->next_event(), "/msg"));
        std::string first = words_.front();
        words_.erase(words_.begin());
        return first;
    }
    std::string place() const { return source.url.origin() + "/jwks"; }

    RigOptions options;
    settings::KeySource source;
    FakeUpstream issuer;

private:
    std::unique_ptr<Rig> rig_;
    std::vector<std::string> words_;
};

TEST_CASE("keys are fetched at the start, and signatures are verified with them") {
    KeyRig keys;
    keys.issuer.will_answer(set(jwk("a", secret_a) + "," + jwk("b", secret_b)));
    keys.start();
    CHECK(keys.words() == "signatures are verified with 2 keys from " + keys.place());
    CHECK(keys.issuer.request(0).target() == "/jwks?of=tests");
    CHECK(keys.cause("a", secret_a) == "revoked-or-logged-out");
    CHECK(keys.cause("a", secret_b) == "signature-invalid");
}

TEST_CASE("an outage at the start delays nothing, is told once, and ends by itself") {
    KeyRig keys;
    keys.options.key_limits.cool_down = milliseconds{1};
    std::atomic<bool> down{true};
    std::atomic<int> asked{0};
    keys.issuer.always([&](Talk& talk) {
        ++asked;
        if (down) return talk.answer(answer(503));
        talk.answer(set(jwk("a", secret_a)));
    });
    keys.start();
    CHECK(keys.words() == "diagnose.keys: " + keys.place() +
                              " answered 503; until it gives keys, signatures are not verified");
    CHECK(eventually([&] { return asked >= 3; }));
    CHECK(keys.cause("a", secret_b) == "token-rejected-unknown");
    down = false;
    CHECK(keys.words() == "signatures are verified with 1 key from " + keys.place());
    CHECK(keys.cause("a", secret_b) == "signature-invalid");
}

TEST_CASE("a key that nobody knows has the set fetched again, and the next refusal is explained") {
    KeyRig keys;
    std::atomic<bool> rotated{false};
    keys.issuer.always(
        [&](Talk& talk) { talk.answer(set(rotated ? jwk("b", secret_b) : jwk("a", secret_a))); });
    keys.start();
    CHECK(keys.words() == "signatures are verified with 1 key from " + keys.place());
    rotated = true;
    CHECK(keys.cause("b", secret_b) == "unknown-kid");
    CHECK(keys.words() ==
          "the keys changed: signatures are verified with 1 key from " + keys.place());
    CHECK(keys.cause("b", secret_b) == "revoked-or-logged-out");
    CHECK(keys.cause("b", secret_a) == "signature-invalid");
    CHECK(keys.issuer.requests().size() == 2);
}

TEST_CASE("a flood of unknown keys causes no fetch within the cool-down") {
    KeyRig keys;
    keys.options.key_limits.cool_down = std::chrono::minutes{5};
    keys.issuer.always([&](Talk& talk) { talk.answer(set(jwk("a", secret_a))); });
    Rig& rig = keys.start();
    CHECK(keys.words() == "signatures are verified with 1 key from " + keys.place());
    for (int i = 0; i < 20; ++i)
        CHECK(keys.cause("forged-" + std::to_string(i), secret_b) == "unknown-kid");
    rig.reload([](settings::Settings&) {});  // behind whatever the workers asked for
    CHECK(keys.issuer.requests().size() == 1);
}

TEST_CASE("a set that is not good is told of, and the good one stays") {
    const struct {
        const char* name;
        std::string bytes;
        std::string words;
    } rows[] = {
        {"no JSON", ok("<html>login</html>"), " gave no keys: the key set is not JSON: "},
        {"no key", ok(R"({"keys":[]})"), " gave no keys: the key set holds no key"},
        {"too large", ok("{\"keys\":[\"" + std::string(300 * 1024, 'x') + "\"]}"),
         " sent more than 256 KiB"},
        {"an error", answer(500), " answered 500"},
        {"another origin", answer(302, "Location: http://id.example/jwks\r\n"),
         " redirects to http://id.example, which is another origin: name the last URL in "
         "diagnose.keys"},
        {"cut off", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", " sent no whole answer ("},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        KeyRig keys;
        keys.issuer.will_answer(set(jwk("a", secret_a)));
        keys.issuer.will_answer_and_close(row.bytes);
        keys.issuer.forgive("");  // what is too large is not taken to its end
        keys.issuer.always([&](Talk& talk) { talk.answer(set(jwk("b", secret_b))); });
        keys.start();
        CHECK(keys.words() == "signatures are verified with 1 key from " + keys.place());
        CHECK(keys.cause("b", secret_b) == "unknown-kid");
        const std::string words = keys.words();
        CAPTURE(words);
        CHECK(words.find("diagnose.keys: " + keys.place() + row.words) == 0);
        CHECK(words.ends_with("; the 1 key that is known stays in use"));
        CHECK(keys.cause("a", secret_b) == "signature-invalid");
        CHECK(keys.cause("b", secret_b) == "unknown-kid");
        CHECK(keys.words() == "signatures are verified with 1 key from " + keys.place());
    }
}

TEST_CASE("an issuer that does not answer is given up, and holds up nothing") {
    KeyRig keys;
    keys.options.key_limits.timeout = milliseconds{20};
    keys.options.key_limits.cool_down = std::chrono::minutes{5};
    Gate gate;
    keys.issuer.will([&](Talk&) { gate.wait(); });
    keys.start();
    CHECK(keys.cause("a", secret_b) == "token-rejected-unknown");
    CHECK(keys.words() == "diagnose.keys: " + keys.place() +
                              " did not answer within 20 ms; until it gives keys, signatures are "
                              "not verified");
    gate.open();
}

TEST_CASE("a redirect is followed where it stays at the origin") {
    KeyRig keys;
    keys.issuer.will_answer(answer(301, "Location: /keys.json\r\n"));
    keys.issuer.will_answer(set(jwk("a", secret_a)));
    keys.start();
    CHECK(keys.words() == "signatures are verified with 1 key from " + keys.place());
    CHECK(keys.issuer.request(1).target() == "/keys.json");
}

TEST_CASE("a circle of redirects ends") {
    KeyRig keys;
    keys.options.key_limits.cool_down = std::chrono::minutes{5};
    keys.issuer.always([&](Talk& talk) { talk.answer(answer(302, "Location: /jwks\r\n")); });
    keys.start();
    CHECK(keys.words().find(" redirects more than three times") != std::string::npos);
    CHECK(keys.issuer.requests().size() == 4);
}

TEST_CASE("a reload keeps the keys of a URL that stays, and fetches those of a new one") {
    KeyRig keys;
    keys.options.key_limits.cool_down = std::chrono::minutes{5};
    keys.issuer.always([&](Talk& talk) {
        talk.answer(
            set(talk.request.target() == "/other" ? jwk("b", secret_b) : jwk("a", secret_a)));
    });
    Rig& rig = keys.start();
    CHECK(keys.words() == "signatures are verified with 1 key from " + keys.place());
    rig.reload([](settings::Settings& settings) {
        settings.treatment.keys = nullptr;
        settings.treatment.key_source =
            std::make_shared<const settings::KeySource>(*settings.treatment.key_source);
    });
    CHECK(keys.cause("a", secret_b) == "signature-invalid");
    CHECK(keys.issuer.requests().size() == 1);
    rig.reload([&](settings::Settings& settings) {
        auto other = std::make_shared<settings::KeySource>(*settings.treatment.key_source);
        other->url.target = "/other";
        settings.treatment.key_source = std::move(other);
        settings.treatment.keys = nullptr;
    });
    CHECK(keys.words() ==
          "signatures are verified with 1 key from " + keys.source.url.origin() + "/other");
    CHECK(keys.cause("b", secret_a) == "signature-invalid");
}

TEST_CASE("a reload asks at once for keys that did not come") {
    KeyRig keys;
    keys.options.key_limits.cool_down = std::chrono::minutes{5};
    keys.issuer.will_answer(answer(404));
    keys.issuer.will_answer(set(jwk("a", secret_a)));
    Rig& rig = keys.start();
    CHECK(keys.words().find(" answered 404; ") != std::string::npos);
    rig.reload([](settings::Settings&) {});
    CHECK(keys.words() == "signatures are verified with 1 key from " + keys.place());
}

TEST_CASE("the certificate of the issuer is checked") {
    for (const bool trusted : {true, false}) {
        CAPTURE(trusted);
        KeyRig keys(certificates().upstream.get());
        keys.options.key_limits.cool_down = std::chrono::minutes{5};
        net::ClientTls authorities;
        authorities.ca_file = certificates().authority.certificate;
        if (trusted)
            keys.source.tls = net::client_tls(authorities);
        else
            keys.issuer.forgive("");
        keys.issuer.always([&](Talk& talk) { talk.answer(set(jwk("a", secret_a))); });
        keys.start();
        const std::string words = keys.words();
        CAPTURE(words);
        if (trusted)
            CHECK(words == "signatures are verified with 1 key from " + keys.place());
        else
            CHECK(words.find("its certificate is not to be trusted") != std::string::npos);
    }
}

TEST_CASE("keys that were fetched long ago make an unknown one less certain") {
    KeyRig keys;
    keys.options.key_limits.cool_down = std::chrono::minutes{5};
    keys.issuer.always([&](Talk& talk) { talk.answer(set(jwk("a", secret_a))); });
    Rig& rig = keys.start();
    CHECK(keys.words() == "signatures are verified with 1 key from " + keys.place());
    boost::json::object event = keys.refusal("b", secret_b);
    CHECK(text_at(event, "/auth/confidence") == "certain");
    rig.set_clock(rig_start + std::chrono::seconds{300});
    event = keys.refusal("b", secret_b);
    CHECK(text_at(event, "/auth/cause") == "unknown-kid");
    CHECK(text_at(event, "/auth/confidence") == "likely");
    CHECK(text_at(event, "/auth/facts/jwks_age_s") == "300");
}

}  // namespace
}  // namespace whogoes::support
