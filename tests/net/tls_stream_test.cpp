#include "proxy/net/stream.hpp"
#include "tests/net/start.hpp"

#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <signal.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

// TLS streams against a peer that says what it likes when it likes, on a loop that the test turns
// by hand.
namespace whogoes::net {
namespace {

using namespace std::chrono_literals;

constexpr unsigned char shared_key[16] = {1, 2, 3};

// No certificates: both sides know a key (RFC 8446, 2.2).
unsigned int client_key(SSL*, const char*, char* identity, unsigned int room, unsigned char* key,
                        unsigned int) {
    std::strncpy(identity, "test", room);
    std::memcpy(key, shared_key, sizeof shared_key);
    return sizeof shared_key;
}
unsigned int server_key(SSL*, const char*, unsigned char* key, unsigned int) {
    std::memcpy(key, shared_key, sizeof shared_key);
    return sizeof shared_key;
}

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

Context context(const SSL_METHOD* method) {
    Context made(SSL_CTX_new(method), SSL_CTX_free);
    SSL_CTX_set_min_proto_version(made.get(), TLS1_3_VERSION);
    SSL_CTX_set_mode(made.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_psk_client_callback(made.get(), client_key);
    SSL_CTX_set_psk_server_callback(made.get(), server_key);
    SSL_CTX_set_num_tickets(made.get(), 0);
    return made;
}

// Stands before a socket and lets nothing out while it is shut, as a full socket does. Counts what
// it lets out.
struct Lock {
    bool shut = false;
    bool alternates = false;  // every other time
    int writes = 0;

    static int write(BIO* self, const char* at, int octets) {
        BIO_clear_retry_flags(self);
        Lock& lock = *static_cast<Lock*>(BIO_get_data(self));
        lock.shut = lock.shut != lock.alternates;
        if (lock.shut) {
            BIO_set_retry_write(self);
            return -1;
        }
        ++lock.writes;
        const int written = BIO_write(BIO_next(self), at, octets);
        BIO_copy_next_retry(self);
        return written;
    }
    static long control(BIO* self, int command, long number, void* pointer) {
        return BIO_ctrl(BIO_next(self), command, number, pointer);
    }
    static int create(BIO* self) {
        BIO_set_init(self, 1);
        return 1;
    }

    Lock() {
        BIO_meth_set_write(method.get(), write);
        BIO_meth_set_ctrl(method.get(), control);
        BIO_meth_set_create(method.get(), create);
    }
    void put_before(SSL* ssl) {
        BIO* const socket = SSL_get_wbio(ssl);
        BIO_up_ref(socket);
        BIO* const self = BIO_new(method.get());
        BIO_set_data(self, this);
        SSL_set0_wbio(ssl, BIO_push(self, socket));
    }
    std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method{
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_FILTER, "lock"), BIO_meth_free};
};

struct TlsPair {
    TlsPair() {
        ::signal(SIGPIPE, SIG_IGN);  // as the program does: OpenSSL writes without MSG_NOSIGNAL
        int ends[2];
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);
        stream = Stream(reactor, deadlines, ends[0]);
        SSL* const ours = SSL_new(ours_context.get());
        SSL_set_connect_state(ours);
        stream.start_tls(ours);
        other = ends[1];
        peer.reset(SSL_new(peer_context.get()));
        SSL_set_accept_state(peer.get());
        SSL_set_fd(peer.get(), other);
    }
    ~TlsPair() { ::close(other); }

    // Steps behind the handshake; what a step causes has happened when the next one runs.
    void play(std::vector<std::function<void()>> steps) {
        std::size_t next = 0, shakes = 0;
        std::function<void()> go = [&] {
            if (shakes == 0) spawn(shake(), [](const std::exception_ptr&) {});
            if (shakes++ < 4) {
                SSL_do_handshake(peer.get());
                return reactor.post(go);
            }
            if (next == 0) CHECK(shaken == Io::ok);
            steps[next++]();
            if (next < steps.size()) return reactor.post(go);
            reactor.stop();
        };
        reactor.post(go);
        reactor.run(1h, [] {});
    }
    Task<> shake() { shaken = co_await stream.handshake(); }

    void say(std::string_view bytes) const {
        CHECK(SSL_write(peer.get(), bytes.data(), static_cast<int>(bytes.size())) > 0);
    }
    // One record at most.
    std::string hear() const {
        char block[32 * 1024];
        const int got = SSL_read(peer.get(), block, sizeof block);
        return {block, static_cast<std::size_t>(got > 0 ? got : 0)};
    }
    // What saying this would put on the wire.
    std::string sealed(std::string_view bytes) const {
        BIO* const socket = SSL_get_wbio(peer.get());
        BIO_up_ref(socket);
        BIO* const memory = BIO_new(BIO_s_mem());
        SSL_set0_wbio(peer.get(), memory);
        say(bytes);
        char* record = nullptr;
        const long octets = BIO_get_mem_data(memory, &record);
        std::string sealed(record, static_cast<std::size_t>(octets));
        SSL_set0_wbio(peer.get(), socket);
        return sealed;
    }
    void put_on_wire(std::string_view bytes) const {
        CHECK(::send(other, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    // The peer changes its keys and demands the same of us (RFC 8446, 4.6.3).
    void demand_new_keys() const {
        CHECK(SSL_key_update(peer.get(), SSL_KEY_UPDATE_REQUESTED) == 1);
        CHECK(SSL_do_handshake(peer.get()) == 1);
    }

    Lock lock;
    Context ours_context = context(TLS_client_method());
    Context peer_context = context(TLS_server_method());
    std::unique_ptr<SSL, decltype(&SSL_free)> peer{nullptr, SSL_free};
    Reactor reactor;
    Deadlines deadlines;
    Stream stream;
    Io shaken = Io::again;
    int other = -1;
};

Task<> read_into(Stream& stream, std::string& heard, std::size_t octets) {
    while (heard.size() < octets) {
        char block[64];
        const IoResult read = co_await stream.read_some(block, sizeof block);
        if (read.outcome != Io::ok) co_return;
        heard.append(block, read.octets);
    }
}

Task<> write_pieces(Stream& stream, std::vector<std::string> texts, Io& outcome) {
    std::vector<iovec> pieces;
    for (std::string& text : texts) pieces.push_back({text.data(), text.size()});
    const std::span<iovec> all(pieces);
    outcome = co_await stream.write_all(all);
}

Task<> write_whole_tls(Stream& stream, std::string text, Io& outcome) {
    std::vector<std::string> texts(1, std::move(text));
    co_await write_pieces(stream, std::move(texts), outcome);
}

// No event tells of room any more.
void fill(int socket) {
    const std::string block(4096, 'x');
    while (::send(socket, block.data(), block.size(), 0) > 0) {
    }
}

TEST_CASE("a message of up to 16 KiB is one record and one write, in however many pieces it lies") {
    TlsPair pair;
    Io written = Io::again;
    const std::string head(300, 'h'), body(16 * 1024 - 300, 'b');
    pair.play({[&] {
                   pair.lock.put_before(pair.stream.tls());
                   start(write_pieces(pair.stream, {head, "", body, ""}, written));
               },
               [&] { CHECK((pair.hear() == head + body)); }});
    CHECK(written == Io::ok);
    CHECK(pair.lock.writes == 1);
}

TEST_CASE("a longer message fills its records, also where each has to be written twice") {
    TlsPair pair;
    Io written = Io::again;
    const std::vector<std::string> pieces = {
        std::string(300, 'h'), std::string(20000, 'a'), "",
        std::string(7, 'c'),   std::string(40000, 'b'), std::string(3000, 'e')};
    std::string all, heard;
    for (const std::string& piece : pieces) all += piece;
    std::vector<std::size_t> records;
    std::vector<std::function<void()>> steps = {[&] {
        pair.lock.put_before(pair.stream.tls());
        pair.lock.alternates = true;
        start(write_pieces(pair.stream, pieces, written));
        CHECK(written == Io::again);
    }};
    steps.insert(steps.end(), 12, [&] {
        const std::string record = pair.hear();
        if (!record.empty()) records.push_back(record.size());
        heard += record;
    });
    pair.play(steps);
    CHECK(written == Io::ok);
    CHECK((heard == all));
    CHECK(records == std::vector<std::size_t>{16384, 16384, 16384, 14155});
    CHECK(pair.lock.writes == 4);
}

TEST_CASE("records that came with one read are read without another word of the socket") {
    TlsPair pair;
    std::string heard;
    Io waited = Io::again;
    bool told = false;
    const auto wait = [&]() -> Task<> { waited = co_await pair.stream.readable(); };
    pair.play({[&] {
                   start(read_into(pair.stream, heard, 3));
                   const std::string one = pair.sealed("one"), two = pair.sealed("two");
                   pair.put_on_wire(one + two);
               },
               [&] {
                   CHECK(heard == "one");
                   CHECK(pair.stream.has_decrypted());
                   CHECK(pair.stream.has_unread());
                   start(wait());
                   CHECK(waited == Io::ok);
                   pair.stream.watch([](void* seen) { *static_cast<bool*>(seen) = true; }, &told);
                   CHECK(told);
                   start(read_into(pair.stream, heard, 6));
                   CHECK(heard == "onetwo");
                   CHECK_FALSE(pair.stream.has_decrypted());
                   CHECK_FALSE(pair.stream.has_unread());
               }});
    pair.stream.cancel();
}

TEST_CASE("a record that came in parts is waited for, and a record without data is no data") {
    TlsPair pair;
    std::string heard, record;
    bool told = false;
    const auto tell = [](void* seen) { *static_cast<bool*>(seen) = true; };
    pair.play({[&] {
                   start(read_into(pair.stream, heard, 8));
                   record = pair.sealed("in parts");
                   pair.put_on_wire(std::string_view(record).substr(0, 9));
               },
               [&] {
                   CHECK(heard.empty());
                   CHECK_FALSE(pair.stream.has_decrypted());
                   pair.put_on_wire(std::string_view(record).substr(9));
               },
               [&] {
                   CHECK(heard == "in parts");
                   pair.stream.watch(tell, &told);
                   pair.demand_new_keys();
               },
               [&] {
                   CHECK_FALSE(told);
                   pair.say("data");
               },
               [&] { CHECK(told); }});
    pair.stream.cancel();
}

TEST_CASE("a message costs one read") {
    TlsPair pair;
    std::string heard;
    pair.play({[&] { start(read_into(pair.stream, heard, 5)); }, [&] { pair.say("hello"); },
               [&] {
                   CHECK(heard == "hello");
                   // Nobody asks again what a short read has told.
                   const BIO* const socket = SSL_get_rbio(pair.stream.tls());
                   CHECK(BIO_should_retry(socket) == 0);
               }});
    pair.stream.cancel();
}

TEST_CASE("a key update while octets go both ways leaves neither direction waiting for ever") {
    TlsPair pair;
    std::string heard;
    Io written = Io::again;
    // Our new keys are announced by the next write. While that waits, a read has to write first as
    // well: two that wait for the same room.
    pair.play({[&] {
                   pair.lock.put_before(pair.stream.tls());
                   start(read_into(pair.stream, heard, 10));
                   pair.demand_new_keys();
               },
               [&] {
                   pair.lock.shut = true;
                   start(write_whole_tls(pair.stream, "upload", written));
                   CHECK(written == Io::again);
                   pair.say("early");
               },
               [&] {
                   CHECK(written == Io::again);
                   pair.lock.shut = false;
                   pair.say("later");
               },
               [&] { CHECK(pair.hear() == "upload"); }});
    CHECK(heard == "earlylater");
    CHECK(written == Io::ok);
    pair.stream.cancel();
}

TEST_CASE("a read that had to write waits for octets again afterwards") {
    TlsPair pair;
    std::string heard;
    Io written = Io::again, waited = Io::again;
    const auto wait = [&]() -> Task<> { waited = co_await pair.stream.readable(); };
    pair.play({[&] {
                   pair.lock.put_before(pair.stream.tls());
                   start(read_into(pair.stream, heard, 5));
                   pair.demand_new_keys();
               },
               [&] {
                   pair.lock.shut = true;
                   start(write_whole_tls(pair.stream, "upload", written));
                   pair.say("early");
               },
               [&] {
                   pair.lock.shut = false;
                   // Room, and nothing to read: the end of what the reader waits for.
                   CHECK(pair.hear().empty());
                   pair.demand_new_keys();
               },
               [&] {
                   CHECK(heard == "early");
                   fill(pair.stream.native());
                   start(wait());
                   pair.say("later");
               },
               [&] { CHECK(waited == Io::ok); }});
    pair.stream.cancel();
}

}  // namespace
}  // namespace whogoes::net
