#pragma once

namespace whogoes::app {

// What the process asks of the system for itself before it serves: no signal of a peer's making
// ends it, no core that holds tokens is written (but with WHOGOES_CORE_DUMPS=1), and as many
// descriptors as are allowed.
void harden_process();

}  // namespace whogoes::app
