#include "proxy/http/edits.hpp"

#include "proxy/http/compactor.hpp"
#include "proxy/http/forwarding.hpp"

namespace whogoes::http {

bool Edits::cuts(const Head& head, const FieldLine& line) const {
    if (names.has(line.name) || is_nominated(head, line, nominated)) return true;
    if (!listed.empty() && is_listed(head.name_of(line), listed)) return true;
    if (line.name != FieldName::other || !(cuts_aliases || cuts_lesser)) return false;
    const std::string_view name = head.name_of(line);
    return (cuts_aliases && is_forwarding_alias(name)) ||
           (cuts_lesser && is_lesser_forwarding_field(name));
}

PatchedHead apply_edits(const Head& head, char* bytes, std::size_t begin, const Edits& edits,
                        std::string_view added) {
    Compactor compactor(bytes, begin);
    // A name is read where it still lies: only what is in front of it has moved.
    for (const FieldLine& line : head.fields)
        if (edits.cuts(head, line)) compactor.cut(line.begin, line.end);
    PatchedHead patched;
    patched.kept = compactor.kept(head.bytes.size() - 2);
    patched.added = added;
    return patched;
}

}  // namespace whogoes::http
