#pragma once

#include <string_view>

// What a service manager is told (sd_notify(3)): nothing where there is none.
namespace whogoes::app {

void notify(std::string_view state);  // "READY=1"
void notify_reloading();              // with the time that systemd wants beside it

}  // namespace whogoes::app
