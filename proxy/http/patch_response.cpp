#include "proxy/http/field_line.hpp"
#include "proxy/http/hop_by_hop.hpp"
#include "proxy/http/patch.hpp"

namespace whogoes::http {
namespace {

constexpr std::size_t version_digit = 7;  // of HTTP/1.x

bool keeps_upgrade(const ResponseHead& head, const ResponsePatch& patch) {
    // RFC 9110, 15.5.22: a 426 has to say which protocol it wants, though nothing is switched.
    return patch.keep_upgrade || head.status == 426;
}

NameSet names_to_cut(const ResponseHead& head, const ResponsePatch& patch) {
    using enum FieldName;
    NameSet names = hop_by_hop_names();
    names.add(upgrade, !keeps_upgrade(head, patch));
    // RFC 9110, 8.6 and RFC 9112, 6.1: neither in 1xx nor in 204.
    const bool never_framed = head.status < 200 || head.status == 204;
    names.add(content_length, never_framed);
    names.add(transfer_encoding, never_framed || patch.drop_chunked);
    names.add(trailer, patch.drop_chunked || head.framing != Framing::chunked);
    names.add(access_control_expose_headers, patch.replace_expose_headers);
    return names;
}

void append_connection(std::string& lines, const ResponseHead& head, const ResponsePatch& patch) {
    const bool upgrade = keeps_upgrade(head, patch) && head.find(FieldName::upgrade);
    if (upgrade && patch.close)
        lines += "Connection: Upgrade, close\r\n";
    else if (upgrade)
        lines += "Connection: Upgrade\r\n";
    else if (patch.close)
        lines += "Connection: close\r\n";
    else if (patch.keep_alive_1_0)
        lines += "Connection: keep-alive\r\n";
}

}  // namespace

Edits edit_response(const ResponseHead& head, const ResponsePatch& patch, std::string& added) {
    Edits edits;
    edits.nominated = nominations(head);
    edits.names = names_to_cut(head, patch);
    edits.listed = patch.cut;
    added.clear();
    if (!patch.date.empty() && !head.find(FieldName::date)) append_field(added, "Date", patch.date);
    append_connection(added, head, patch);
    added += patch.lines;
    return edits;
}

PatchedHead patch_response(const ResponseHead& head, char* bytes, const ResponsePatch& patch,
                           std::string& scratch) {
    const Edits edits = edit_response(head, patch, scratch);
    scratch += "\r\n";
    // RFC 9110, 2.5: a sender gives its own version. An HTTP/1.0 answer is HTTP/1.1 already in all
    // that was let through: no chunks, and Connection is ours.
    bytes[version_digit] = '1';
    const std::size_t begin = patch.status_line.empty() ? 0 : head.line_end;
    PatchedHead patched = apply_edits(head, bytes, begin, edits, scratch);
    patched.lead = patch.status_line;
    return patched;
}

}  // namespace whogoes::http
