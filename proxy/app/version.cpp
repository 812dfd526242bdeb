#include "proxy/app/version.hpp"

namespace whogoes::app {

std::string version() { return WHOGOES_VERSION; }
std::string commit() { return WHOGOES_COMMIT; }

}  // namespace whogoes::app
