#include "proxy/net/kernel.hpp"

#include <cerrno>
#include <sys/random.h>

namespace whogoes::net {

std::optional<std::string> kernel_flaw() {
    unsigned char octet = 0;
    if (::getrandom(&octet, 1, GRND_NONBLOCK) >= 0 || errno != ENOSYS) return std::nullopt;
    return "this kernel is too old: it has no getrandom(), so Linux 3.17 or later is needed";
}

}  // namespace whogoes::net
