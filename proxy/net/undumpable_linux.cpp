#include "proxy/net/undumpable.hpp"

#include <sys/prctl.h>

namespace whogoes::net {

void make_undumpable() noexcept { ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

}  // namespace whogoes::net
