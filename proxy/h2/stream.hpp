#pragma once

#include "proxy/h2/field_block.hpp"
#include "proxy/http/body_reader.hpp"
#include "proxy/net/channel.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// One HTTP/2 stream, seen from inside the house: a message goes in as the octets of HTTP/1.1 and
// one comes out of it in the same form, so that whoever serves or asks needs no second way to do
// it. Outlives the Connection that it is one of, and the Channel that shows it, whichever ends
// first.
namespace whogoes::h2 {

class Connection;
class Carrier;

class Stream : public std::enable_shared_from_this<Stream> {
public:
    Stream(Connection& connection, std::int32_t id);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream();

    std::int32_t id() const noexcept { return id_; }
    // The channel for a net::Stream; once.
    std::unique_ptr<net::Channel> carrier();
    bool has_carrier() const noexcept { return carrier_ != nullptr; }

    // ---- for the connection: what the peer sent
    std::optional<FieldBlock> block;  // that is arriving
    struct Framing {
        bool chunked = false, ends = false;
        std::uint64_t length = no_length;
    };
    static constexpr std::uint64_t no_length = ~std::uint64_t{0};
    void head_came(std::string_view head, Framing);
    void interim_came(std::string_view head);
    void data_came(std::string_view payload);
    void trailers_came(std::string_view lines);
    void end_came();
    // It ends here, after both sides' last octets or before.
    void closed(std::uint32_t error_code);
    // Wakes whoever waits for what came since; may end the connection's whole world but itself.
    void tell();

    // ---- for the connection: what is to be sent
    struct Portion {
        std::size_t octets = 0;
        bool last = false;
    };
    // Of the body, into `at`; nothing and not the last: the connection is told to resume() it.
    Portion take(char* at, std::size_t most);
    std::string& trailers() noexcept { return trailers_; }
    bool sent_all() const noexcept { return out_ended_ && pending() == 0; }
    std::size_t pending() const noexcept { return out_.size() - out_at_; }
    bool head_sent() const noexcept { return head_sent_; }
    bool takes_data() const noexcept { return carrier_ != nullptr || !let_go_; }
    bool ended_by_peer() const noexcept { return in_ended_; }
    bool is_closed() const noexcept { return closed_; }
    // All of the message is there, by its end or by its length: the frame that ends it may be late.
    bool is_whole() const noexcept { return in_ended_ || in_left_ == 0; }
    bool brought_nothing() const noexcept { return !in_began_; }
    // REFUSED_STREAM, or behind the last that a GOAWAY names: the peer did nothing (RFC 9113, 8.7);
    // nor did one that wants_http_1().
    bool never_processed() const noexcept { return never_processed_ || wants_http_1_; }
    bool wants_http_1() const noexcept { return wants_http_1_; }  // HTTP_1_1_REQUIRED
    // The peer ended this stream, and not the connection that it is one of.
    bool was_reset() const noexcept { return was_reset_; }
    void lost();                     // the connection is gone, or will be
    bool to_head = false;            // an answer to HEAD is to be sent, or awaited
    net::Clock::time_point moved{};  // when octets of it last went out

    // ---- for the carrier
    net::IoResult read(char* at, std::size_t octets);
    net::IoResult write(std::span<const iovec> pieces);
    net::Io peek() const noexcept;
    void end_writing();
    void let_go(bool broken);  // the carrier ends
    bool is_secure() const noexcept;

private:
    friend class Connection;
    bool write_piece(std::string_view& octets);
    bool take_head(std::string_view& octets);
    void send_head();
    void wake(net::Readiness);
    void give_credit(std::size_t octets);

    Connection* connection_;  // null: it is gone
    std::int32_t id_;         // -1: a request that was not sent yet
    Carrier* carrier_ = nullptr;
    net::Readiness news_ = net::Readiness::none;  // not told yet

    std::string in_;
    std::size_t in_at_ = 0;
    std::size_t owed_ = 0;  // octets of DATA in it that the peer got no credit for
    bool in_chunked_ = false, in_ended_ = false, in_began_ = false;
    std::uint64_t in_left_ = no_length;  // of a body with a length
    bool secure_;

    std::string head_;  // until it is whole
    bool head_sent_ = false;
    http::BodyReader body_;
    std::string out_;
    std::size_t out_at_ = 0;
    std::string trailers_;
    bool out_ended_ = false, deferred_ = false, blocked_ = false, let_go_ = false;

    bool closed_ = false, failed_ = false, never_processed_ = false, wants_http_1_ = false,
         was_reset_ = false;
};

}  // namespace whogoes::h2
