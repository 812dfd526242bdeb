#include "proxy/http/body_reader.hpp"
#include "proxy/http/field_line.hpp"
#include "proxy/http/head.hpp"
#include "proxy/upstream/fetch.hpp"
#include "proxy/upstream/pool.hpp"
#include "proxy/upstream/waiting_resolver.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>

namespace whogoes::upstream {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds one_tick{20};
constexpr std::size_t one_read = std::size_t{16} * 1024;

PoolSettings pool_settings(const FetchRequest& request) {
    PoolSettings settings;
    settings.target.tls = request.url.tls;
    settings.target.host = request.url.host;
    settings.target.origin = request.url.origin();
    settings.target.authority = request.url.authority;
    const std::string& port = request.url.port;
    std::from_chars(port.data(), port.data() + port.size(), settings.target.port);
    settings.tls.verify = request.verify;
    settings.tls_context = request.tls;
    settings.protocol = request.protocol;
    settings.connect_timeout = request.timeout;
    return settings;
}

// One request, on a loop that runs for it alone.
class Fetch {
public:
    explicit Fetch(FetchRequest request)
        : request_(std::move(request)), until_(net::Clock::now() + request_.timeout) {}

    Fetched run() {
        if (!may_trust()) return std::move(fetched_);
        pool_ =
            std::make_unique<Pool>(pool_settings(request_), resolver_, io_, deadlines_, *counters_);
        net::spawn(ask(), [this](const std::exception_ptr&) {
            end_with("ran out of memory");
            io_.stop();
        });
        io_.run(one_tick, [this] { tick(); });
        return std::move(fetched_);
    }

private:
    bool may_trust() {
        if (!request_.url.tls || request_.tls) return true;
        try {
            net::ClientTls settings;
            settings.verify = request_.verify;
            request_.tls = net::client_tls(settings);
            return true;
        } catch (const std::exception& error) {
            fetched_.stage = Fetched::Stage::trusting;
            fetched_.error = fetched_.reason = error.what();
            return false;
        }
    }

    // What is still waited for when the time is over, or nobody wants it any more, finds that its
    // deadline has passed: the clock of this loop jumps ahead, and each wait ends where it is.
    void tick() {
        const net::Clock::time_point now = net::Clock::now();
        const bool abandoned = request_.abandoned != nullptr && request_.abandoned->load();
        if (!over_ && (now >= until_ || abandoned)) {
            gives_up_ = true;
            resolver_.give_up();
        }
        if (gives_up_ || over_) ahead_ += std::chrono::hours(1);
        deadlines_.sweep(now + ahead_);
    }

    void end_with(std::string error, std::string reason = {}) {
        fetched_.error = std::move(error);
        if (!reason.empty()) fetched_.error.append(" (").append(reason).append(")");
        fetched_.reason = std::move(reason);
        if (!gives_up_) return;
        fetched_.timed_out = true;
        fetched_.error =
            "did not answer within " + std::to_string(request_.timeout.count()) + " ms";
        if (fetched_.reason.empty()) fetched_.reason = "it took too long";
    }

    net::Task<> ask() {
        co_await exchange();
        lease_.reset();
        over_ = true;
        pool_.reset();
        // What served a connection of HTTP/2 ends in the turns that follow, and belongs to this
        // loop.
        constexpr int turns = 4;
        for (int turn = 0; turn < turns; ++turn) co_await io_.next_turn();
        io_.stop();
    }

    net::Task<> exchange() {
        const bool connected = co_await connect();
        if (!connected) co_return;
        fetched_.stage = Fetched::Stage::answering;
        std::string message = write_message();
        http::RequestHead asked;
        asked.is_head = request_.method == "HEAD";
        // In one piece: several small ones are put together in a place that nobody wipes.
        iovec piece{message.data(), message.size()};
        const std::span<iovec> pieces(&piece, 1);
        lease_->stream.set_deadline(request_.timeout);
        // An answer may be there although the rest of the request was not taken.
        const net::Io sent = co_await lease_->stream.write_all(pieces);
        net::wipe(message);
        if (sent == net::Io::timed_out)
            end_with("broke off", "it took too long");
        else
            co_await receive(asked);
        net::wipe(came_);
    }

    net::Task<bool> connect() {
        const Pool::Wish wish;
        Connecting made = co_await pool_->connect(wish);
        lease_ = std::move(made.lease);
        if (lease_) {
            fetched_.http_2 = lease_->shared != nullptr;
            co_return true;
        }
        std::string words = made.error;
        if (const std::size_t at = words.find(": "); at != std::string::npos)
            words.erase(0, at + 2);
        fetched_.distrusted = made.distrusted;
        using Stage = Fetched::Stage;
        fetched_.stage = made.reached      ? Stage::shaking_hands
                         : made.unresolved ? Stage::resolving
                                           : Stage::connecting;
        if (made.reached)
            end_with("refused the TLS handshake, or its certificate is not to be trusted", words);
        else
            end_with(
                fetched_.stage == Stage::resolving ? "cannot be resolved" : "cannot be reached",
                words);
        co_return false;
    }

    // Ours, unless the request names another; then what is beside them.
    void add_own(std::string& head, std::string_view name, std::string_view value) {
        const auto same = [name](const auto& field) {
            return boost::beast::iequals(field.first, name);
        };
        const auto named = std::find_if(request_.fields.begin(), request_.fields.end(), same);
        add(head, name, named == request_.fields.end() ? value : std::string_view(named->second));
        std::erase_if(request_.fields, same);
    }
    void add(std::string& head, std::string_view name, std::string_view value) {
        if (!http::is_field_value(value)) return;
        fetched_.sent.emplace_back(name, value);
        http::append_field(head, name, value);
    }

    // Head and body. What is secret is written once there is room for all of it: a string that
    // grows leaves copies.
    std::string write_message() {
        std::string head = request_.method + " " + request_.url.target + " HTTP/1.1\r\n";
        add_own(head, "Host", request_.url.authority);
        add_own(head, "User-Agent", request_.user_agent);
        add_own(head, "Accept", request_.accept);
        if (!fetched_.http_2) add(head, "Connection", "close");
        if (!request_.content_type.empty()) add_own(head, "Content-Type", request_.content_type);
        for (const auto& [name, value] : request_.fields) add(head, name, value);
        const std::string_view body = request_.body.reveal();
        if (!body.empty() || request_.method == "POST")
            add(head, "Content-Length", std::to_string(body.size()));
        const std::string_view authorization = request_.authorization.reveal();
        constexpr std::size_t name_and_ends = 32;
        head.reserve(head.size() + authorization.size() + body.size() + name_and_ends);
        if (!authorization.empty() && http::is_field_value(authorization))
            http::append_field(head, "Authorization", authorization);
        head.append("\r\n").append(body);
        return head;
    }

    // More of the answer into came_. False: its end, or a failure.
    net::Task<bool> read_more() {
        const std::size_t size = came_.size();
        came_.resize(size + one_read);
        lease_->stream.set_deadline(request_.timeout);
        const net::IoResult read = co_await lease_->stream.read_some(came_.data() + size, one_read);
        came_.resize(size + read.octets);
        ended_well_ = read.outcome == net::Io::closed;
        co_return read.outcome == net::Io::ok;
    }

    std::string trouble() const {
        return ended_well_ ? "it closed the connection" : lease_->stream.failure();
    }

    net::Task<> receive(const http::RequestHead& asked) {
        http::ResponseHead answer;
        came_.reserve(http::HeadLimits{}.octets + 2 * one_read);  // else it grows, as above
        for (;;) {
            const http::HeadProgress read = http::parse_response_head(came_, {}, asked, answer);
            if (read.progress == http::Progress::flawed)
                co_return end_with("sent no whole answer", std::string(read.flaw.words));
            if (read.progress == http::Progress::complete) {
                if (!answer.interim()) {
                    take_head(answer);
                    came_.erase(0, read.octets);
                    break;
                }
                came_.erase(0, read.octets);
                continue;
            }
            const bool more = co_await read_more();
            if (!more) co_return end_with("sent no whole answer", trouble());
        }
        co_await receive_body(http::BodyReader(answer));
    }

    void take_head(const http::ResponseHead& answer) {
        fetched_.status = answer.status;
        for (const http::FieldLine& line : answer.fields)
            fetched_.fields.emplace_back(answer.name_of(line), answer.value_of(line));
    }

    net::Task<> receive_body(http::BodyReader body) {
        body.keep_trailers(fetched_.trailers);
        const auto keep = [this](std::string_view data) { fetched_.body += data; };
        for (;;) {
            body.take(came_, keep);
            net::wipe(came_);
            if (body.done() || body.flawed() || fetched_.body.size() > request_.most_octets) break;
            const bool more = co_await read_more();
            if (!more && ended_well_) body.connection_ended();
            if (!more) break;
        }
        const bool too_long = fetched_.body.size() > request_.most_octets;
        fetched_.whole = body.done() && !too_long;
        if (fetched_.whole || request_.cut) co_return;
        fetched_.status = 0;
        if (too_long)
            end_with("sent more than " + std::to_string(request_.most_octets / 1024) + " KiB");
        else
            end_with("sent no whole answer", body.flawed() ? std::string(body.flaw()) : trouble());
    }

    FetchRequest request_;
    const net::Clock::time_point until_;
    net::Clock::duration ahead_{};
    bool gives_up_ = false, over_ = false;
    bool ended_well_ = false;
    Fetched fetched_;
    std::string came_;
    net::Reactor io_;
    net::Deadlines deadlines_;
    const std::unique_ptr<net::Counters> counters_ = std::make_unique<net::Counters>();
    WaitingResolver resolver_;
    std::unique_ptr<Pool> pool_;
    Lease lease_;
};

}  // namespace

Fetched fetch_now(FetchRequest request) {
    try {
        return Fetch(std::move(request)).run();
    } catch (const std::exception& error) {
        Fetched failed;
        failed.error = failed.reason = error.what();
        return failed;
    }
}

}  // namespace whogoes::upstream
