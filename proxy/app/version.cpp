#include "proxy/app/version.hpp"

#include "commit.hpp"  // written by commit.cmake

namespace whogoes::app {

std::string version() { return WHOGOES_VERSION; }
std::string commit() { return WHOGOES_COMMIT; }

}  // namespace whogoes::app
