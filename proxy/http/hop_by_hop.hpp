#pragma once

#include "proxy/http/head.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// Which fields a Connection field may take along with it (RFC 9110, 7.6.1). Cuts nothing: see
// Edits.
namespace whogoes::http {

class NameSet {
public:
    void add(FieldName name, bool condition = true) {
        if (condition) bits_ |= bit(name);
    }
    bool has(FieldName name) const { return (bits_ & bit(name)) != 0; }

private:
    static std::uint64_t bit(FieldName name) {
        static_assert(static_cast<unsigned>(FieldName::x_request_id) < 64, "one bit a name");
        return std::uint64_t{1} << static_cast<unsigned>(name);
    }
    std::uint64_t bits_ = 0;
};

// What belongs to one connection by its nature, on requests and answers alike. Upgrade is decided
// by the caller.
NameSet hop_by_hop_names();

// The values of all Connection lines, one list; empty when they nominate nothing. A copy, since
// the lines themselves are cut while it is in use.
std::string nominations(const Head&);

// Whether `line` is named in `nominations` and is one that may be cut by naming: never what frames
// or routes a message, says who sends it, or is meant for every recipient.
bool is_nominated(const Head&, const FieldLine& line, std::string_view nominations);

bool is_listed(std::string_view name, std::string_view list);

}  // namespace whogoes::http
