#include "proxy/h2/stream.hpp"

#include "proxy/h2/connection.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <nghttp2/nghttp2.h>
#include <utility>

namespace whogoes::h2 {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::size_t interims_kept = std::size_t{256} * 1024;
// A head of ours is one that was let in, with some lines more.
constexpr std::size_t most_head = std::size_t{4} * 1024 * 1024;

http::Head framing_of(const SplitHead& split, bool answer, bool to_head) {
    http::Head head;
    const bool bodiless = answer && (to_head || split.status == 204 || split.status == 304);
    if (bodiless) return head;
    if (split.chunked) {
        head.framing = http::Framing::chunked;
    } else if (!split.length.empty()) {
        std::from_chars(split.length.data(), split.length.data() + split.length.size(),
                        head.content_length);
        head.framing = head.content_length > 0 ? http::Framing::length : http::Framing::none;
    } else {
        head.framing = answer ? http::Framing::until_close : http::Framing::none;
    }
    return head;
}

}  // namespace

// What a net::Stream holds of a stream.
class Carrier final : public net::Channel {
public:
    explicit Carrier(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
    ~Carrier() override { let_go(true); }

    net::IoResult try_read(char* at, std::size_t octets) noexcept override {
        return stream_->read(at, octets);
    }
    net::IoResult try_write(std::span<const iovec> pieces) noexcept override {
        return stream_->write(pieces);
    }
    net::Io peek() noexcept override { return stream_->peek(); }
    void shut_write() noexcept override { stream_->end_writing(); }
    void close() noexcept override { let_go(false); }
    void reset() noexcept override { let_go(true); }
    bool is_secure() const noexcept override { return stream_->is_secure(); }
    const char* failure() const noexcept override {
        return stream_->never_processed() ? "the HTTP/2 stream was refused"
                                          : "the HTTP/2 stream was reset";
    }
    using net::Channel::tell;

private:
    void let_go(bool broken) noexcept {
        if (!held_) return;
        held_ = false;
        stream_->let_go(broken);
    }

    std::shared_ptr<Stream> stream_;
    bool held_ = true;
};

Stream::Stream(Connection& connection, std::int32_t id)
    : connection_(&connection), id_(id), secure_(connection.is_secure()) {}

Stream::~Stream() = default;

std::unique_ptr<net::Channel> Stream::carrier() {
    auto made = std::make_unique<Carrier>(shared_from_this());
    carrier_ = made.get();
    return made;
}

void Stream::head_came(std::string_view head, Framing framing) {
    in_ += head;
    in_chunked_ = framing.chunked;
    in_ended_ = framing.ends;
    in_left_ = framing.length;
    in_began_ = true;
    wake(net::Readiness::readable);
}

void Stream::interim_came(std::string_view head) {
    in_ += head;
    in_began_ = true;
    // Flow control does not bound them.
    if (in_.size() > interims_kept) return connection_->reset(*this, NGHTTP2_ENHANCE_YOUR_CALM);
    wake(net::Readiness::readable);
}

void Stream::data_came(std::string_view payload) {
    if (!in_chunked_) {
        in_ += payload;
    } else {
        char size[20];
        const auto end = std::to_chars(size, size + sizeof size, payload.size(), 16);
        in_.append(size, end.ptr).append("\r\n").append(payload).append("\r\n");
    }
    owed_ += payload.size();
    if (in_left_ != no_length) in_left_ -= std::min<std::uint64_t>(in_left_, payload.size());
    wake(net::Readiness::readable);
}

void Stream::trailers_came(std::string_view lines) {
    if (in_chunked_) in_.append("0\r\n").append(lines).append("\r\n");
    in_ended_ = true;
    wake(net::Readiness::readable);
}

void Stream::end_came() {
    if (in_ended_) return;
    if (in_chunked_) in_ += "0\r\n\r\n";
    in_ended_ = true;
    wake(net::Readiness::readable);
}

void Stream::closed(std::uint32_t error_code) {
    closed_ = true;
    was_reset_ = error_code != NGHTTP2_NO_ERROR;
    // Where the peer does not speak HTTP/2, nghttp2 says so too, and asking again is in vain.
    never_processed_ = error_code == NGHTTP2_REFUSED_STREAM && connection_->has_settings();
    wants_http_1_ = error_code == NGHTTP2_HTTP_1_1_REQUIRED;
    failed_ = error_code != NGHTTP2_NO_ERROR || !in_ended_;
    give_credit(owed_);
    if (carrier_ != nullptr) wake(net::Readiness::failed);
    connection_ = nullptr;
}

void Stream::lost() {
    closed_ = failed_ = true;
    connection_ = nullptr;
    news_ = news_ | net::Readiness::failed;
}

void Stream::wake(net::Readiness readiness) {
    news_ = news_ | readiness;
    if (connection_ != nullptr) connection_->has_news(shared_from_this());
}

void Stream::tell() {
    const net::Readiness news = std::exchange(news_, net::Readiness::none);
    if (carrier_ != nullptr && news != net::Readiness::none) carrier_->tell(news);
}

Stream::Portion Stream::take(char* at, std::size_t most) {
    const std::size_t octets = std::min(most, pending());
    if (octets > 0) std::memcpy(at, out_.data() + out_at_, octets);
    out_at_ += octets;
    if (pending() == 0) {
        out_.clear();
        out_at_ = 0;
    }
    deferred_ = octets == 0 && !out_ended_;
    if (blocked_ && connection_ != nullptr && pending() <= connection_->answer_room() / 2) {
        blocked_ = false;
        wake(net::Readiness::writable);
    }
    return {octets, sent_all()};
}

net::IoResult Stream::read(char* at, std::size_t octets) {
    const std::size_t there = in_.size() - in_at_;
    if (there == 0) return {failed_ ? net::Io::failed : net::Io::again, 0};
    const std::size_t got = std::min(octets, there);
    std::memcpy(at, in_.data() + in_at_, got);
    in_at_ += got;
    // By its share: the framing that was put around it earns nothing.
    give_credit(static_cast<std::size_t>(std::uint64_t{owed_} * got / there));
    if (in_at_ == in_.size()) {
        in_.clear();
        in_at_ = 0;
    } else if (in_at_ > in_.size() / 2) {
        in_.erase(0, in_at_);
        in_at_ = 0;
    }
    return {net::Io::ok, got};
}

void Stream::give_credit(std::size_t octets) {
    if (octets == 0 || connection_ == nullptr) return;
    owed_ -= octets;
    connection_->consumed(id_, octets, closed_);
}

net::Io Stream::peek() const noexcept {
    if (in_.size() > in_at_) return net::Io::ok;
    return failed_ ? net::Io::failed : net::Io::again;
}

net::IoResult Stream::write(std::span<const iovec> pieces) {
    std::size_t taken = 0;
    for (const iovec& piece : pieces) {
        std::string_view octets(static_cast<const char*>(piece.iov_base), piece.iov_len);
        while (!octets.empty()) {
            if (closed_ || connection_ == nullptr) return {net::Io::failed, taken};
            const std::size_t before = octets.size();
            const bool more = write_piece(octets);
            taken += before - octets.size();
            if (!more) return {closed_ ? net::Io::failed : net::Io::again, taken};
        }
    }
    return {net::Io::ok, taken};
}

// False: no room now, or what is written is no message.
bool Stream::write_piece(std::string_view& octets) {
    if (!head_sent_) return take_head(octets);
    const std::size_t most = connection_->answer_room();
    if (pending() >= most) {
        blocked_ = true;
        return false;
    }
    const http::BodyReader::Step step = body_.take(
        octets.substr(0, most - pending()), [this](std::string_view payload) { out_ += payload; });
    out_ended_ = step.done;
    // Octets behind a message: whoever wrote them has lost count.
    if (step.flawed || (step.octets == 0 && step.done)) {
        connection_->reset(*this, NGHTTP2_INTERNAL_ERROR);
        return false;
    }
    octets.remove_prefix(step.octets);
    if (deferred_) connection_->resume(*this);
    return true;
}

bool Stream::take_head(std::string_view& octets) {
    const std::size_t before = head_.size();
    head_ += octets;
    const std::size_t end = head_.find(head_end, before < 3 ? 0 : before - 3);
    if (end == std::string::npos) {
        octets = {};
        if (head_.size() <= most_head) return true;
        connection_->reset(*this, NGHTTP2_INTERNAL_ERROR);
        return false;
    }
    const std::size_t behind = head_.size() - (end + head_end.size());
    octets.remove_prefix(octets.size() - behind);
    head_.resize(end + head_end.size());
    send_head();
    return true;
}

void Stream::send_head() {
    const bool answer = connection_->is_server();
    SplitHead split = answer ? split_answer(head_) : split_request(head_);
    if (answer && split.status < 200) {
        connection_->send_interim(*this, split);
        head_.clear();
        return;
    }
    if (!answer) to_head = split.method == "HEAD";
    body_ = http::BodyReader(framing_of(split, answer, to_head));
    body_.keep_trailers(trailers_);
    out_ended_ = body_.done();
    head_sent_ = true;
    connection_->send_head(*this, split, out_ended_);
    head_ = std::string();
}

void Stream::end_writing() {
    if (!head_sent_ || out_ended_ || connection_ == nullptr) return;
    body_.connection_ended();
    out_ended_ = body_.done();
    if (out_ended_ && deferred_) connection_->resume(*this);
}

void Stream::let_go(bool broken) {
    carrier_ = nullptr;
    let_go_ = true;
    if (connection_ == nullptr) return;
    in_.clear();
    in_at_ = 0;
    give_credit(owed_);
    if (!broken) end_writing();
    connection_->let_go(*this, broken);
}

bool Stream::is_secure() const noexcept { return secure_; }

}  // namespace whogoes::h2
