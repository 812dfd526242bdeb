#pragma once

#include <openssl/crypto.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

// A token, password or key that the proxy itself holds. Has no formatter and no stream operator;
// copies share one piece of memory, which is wiped when the last of them ends. Whoever calls
// reveal() is named in proxy/README.md.
namespace whogoes::net {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text)
        : held_(text.empty() ? nullptr : std::make_shared<const Held>(text)) {}

    bool empty() const noexcept { return held_ == nullptr; }
    std::string_view reveal() const noexcept {
        return held_ ? std::string_view(held_->text) : std::string_view();
    }
    bool operator==(const Secret& other) const noexcept {
        const std::string_view mine = reveal(), theirs = other.reveal();
        return mine.size() == theirs.size() &&
               CRYPTO_memcmp(mine.data(), theirs.data(), mine.size()) == 0;
    }

private:
    struct Held {
        explicit Held(std::string_view from) : text(from) {}
        ~Held() { OPENSSL_cleanse(text.data(), text.size()); }
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        std::string text;
    };
    std::shared_ptr<const Held> held_;
};

// Wipes a string that a secret was put together in, with what it held before.
inline void wipe(std::string& text) noexcept {
    text.resize(text.capacity());  // allocates nothing
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

}  // namespace whogoes::net
