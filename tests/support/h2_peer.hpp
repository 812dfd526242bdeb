#pragma once

#include "tests/support/rig_wire.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct nghttp2_session;

// A test's end of an HTTP/2 connection, client or server: blocking, on one thread. Frames are
// nghttp2's; it shares no code with the connections that it tests.
namespace whogoes::support {

using H2Fields = std::vector<std::pair<std::string, std::string>>;

struct H2Message {
    H2Fields fields{}, trailers{};
    std::vector<H2Fields> interims{};
    std::string body{};
    bool head_came = false, ended = false, closed = false;
    std::uint32_t error_code = 0;  // of RST_STREAM, or why the connection's end closed it

    std::string field(std::string_view name) const;  // all of that name, joined by "|"
    std::string trailer(std::string_view name) const;
    int status() const;
};

class H2Peer {
public:
    enum class Role { client, server };
    // `came`: what was read of the wire before.
    H2Peer(Wire&, Role, std::string_view came = "");
    ~H2Peer();
    H2Peer(const H2Peer&) = delete;
    H2Peer& operator=(const H2Peer&) = delete;

    // A request. Without `ends` its body goes on with send_data().
    std::int32_t ask(H2Fields fields, std::string body = "", bool ends = true);
    void send_data(std::int32_t id, std::string_view body, bool ends, H2Fields trailers = {});
    void answer(std::int32_t id, H2Fields fields, std::string body = "", H2Fields trailers = {});
    void send_interim(std::int32_t id, H2Fields fields);
    void begin_answer(std::int32_t id, H2Fields fields);  // its body: send_data()
    void reset(std::int32_t id, std::uint32_t error_code);
    void go_away(std::int32_t last_id, std::uint32_t error_code);
    void ping();
    void settings(std::vector<std::pair<std::uint16_t, std::uint32_t>>);

    // Each waits until it is so; throws WireError where the connection ends first.
    const H2Message& whole(std::int32_t id);  // ended or reset
    const H2Message& head_of(std::int32_t id);
    const H2Message& closed(std::int32_t id);
    std::int32_t next_request();  // whose head has come; of a server
    void until_closed();          // the connection ends
    H2Message& message(std::int32_t id) { return streams_[id].in; }
    std::uint32_t went_away() const { return goaway_code_; }
    bool saw_goaway() const { return saw_goaway_; }
    std::uint32_t remote_setting(std::uint16_t id) const;
    bool pump();  // writes what there is, reads once; false: the end

private:
    struct Stream {
        H2Message in;
        std::string out;
        H2Fields trailers;
        bool out_ends = false;
    };
    friend struct H2PeerCallbacks;

    Wire& wire_;
    nghttp2_session* session_ = nullptr;
    std::map<std::int32_t, Stream> streams_;
    std::vector<std::int32_t> arrived_;
    bool saw_goaway_ = false;
    std::uint32_t goaway_code_ = 0;
    void flush();
};

H2Fields h2_get(std::string path, H2Fields more = {});
H2Fields h2_post(std::string path, H2Fields more = {});

}  // namespace whogoes::support
