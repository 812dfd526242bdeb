#pragma once

#include "proxy/http/head.hpp"
#include "proxy/http/hop_by_hop.hpp"

#include <string>
#include <string_view>

// What a proxy changes in a head that it passes on, decided and not yet done: which lines are
// cut. Pure, and of no wire form: apply_edits() does it in place for HTTP/1.1; who sends fields
// otherwise asks cuts() of each.
namespace whogoes::http {

struct Edits {
    NameSet names{};            // these are cut
    std::string nominated{};    // and what Connection names, as far as it may
    std::string_view listed{};  // and these: comma-separated, lower case
    bool cuts_aliases = false;  // and disguises of the forwarding fields
    bool cuts_lesser = false;   // and lesser ones that a stranger sent

    bool cuts(const Head&, const FieldLine&) const;
};

// The head as it will be sent, in pieces, all views: into the buffer that `head` lies in
// (cut in place: its first octets may have moved up) and into what the edits add.
struct PatchedHead {
    std::string_view lead;   // a status line of ours; empty: it is in `kept`
    std::string_view kept;   // without the last CRLF
    std::string_view added;  // ends with CRLF CRLF
};

// Cuts in place, from the octet `begin` of the head on, whose mutable memory `bytes` is. `added`:
// whole lines to add and the empty line.
PatchedHead apply_edits(const Head& head, char* bytes, std::size_t begin, const Edits&,
                        std::string_view added);

}  // namespace whogoes::http
