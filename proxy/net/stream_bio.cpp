#include "proxy/net/stream_state.hpp"

#include <openssl/bio.h>

#include <cerrno>
#include <memory>
#include <sys/socket.h>

// OpenSSL's way to a stream's socket. Its own says nothing of how much was there, so that every
// message would cost one more read(2), to hear that there is no other; and it raises SIGPIPE.
namespace whogoes::net {
namespace {

bool is_passing(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

Stream::State& state_of(BIO* self) noexcept {
    return *static_cast<Stream::State*>(BIO_get_data(self));
}

int read(BIO* self, char* at, int octets) noexcept {
    Stream::State& state = state_of(self);
    BIO_clear_retry_flags(self);
    const auto got =
        static_cast<int>(::recv(state.descriptor, at, static_cast<std::size_t>(octets), 0));
    if (got == 0) BIO_set_flags(self, BIO_FLAGS_IN_EOF);
    if (got > 0 && got < octets) state.note_short_read();
    if (got < 0 && is_passing(errno)) {
        state.read_pending = false;
        BIO_set_retry_read(self);
    }
    return got;
}

int write(BIO* self, const char* at, int octets) noexcept {
    BIO_clear_retry_flags(self);
    const auto sent = static_cast<int>(
        ::send(state_of(self).descriptor, at, static_cast<std::size_t>(octets), MSG_NOSIGNAL));
    if (sent < 0 && is_passing(errno)) BIO_set_retry_write(self);
    return sent;
}

long control(BIO* self, int command, long, void*) noexcept {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) return BIO_test_flags(self, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    return 0;
}

BIO_METHOD* make_method() {
    BIO_METHOD* const method =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "whogoes stream");
    BIO_meth_set_read(method, read);
    BIO_meth_set_write(method, write);
    BIO_meth_set_ctrl(method, control);
    return method;
}

}  // namespace

bio_st* way_to_socket(Stream::State& state) {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method(make_method(),
                                                                              BIO_meth_free);
    BIO* const bio = BIO_new(method.get());
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, &state);
    BIO_set_init(bio, 1);
    return bio;
}

}  // namespace whogoes::net
