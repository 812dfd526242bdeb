#pragma once

namespace whogoes::net {

// From now on no core of this process is written, whoever is handed cores, and no other process of
// this user reads its memory. Not a limit: a child that runs another program is as it would be
// without. Elsewhere: PROC_TRACE_CTL (FreeBSD), PT_DENY_ATTACH (macOS), or nothing, and the limit
// on cores alone has to do.
void make_undumpable() noexcept;

}  // namespace whogoes::net
