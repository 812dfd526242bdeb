#pragma once

#include "proxy/dialects/read.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

// The places of all built-in dialects as one table (rules/credential_place.hpp).
namespace whogoes::dialects {

class Places {
public:
    // Throws DialectError where an earlier file says that something else stands at the place: what
    // is masked must not depend on the files' order. `name` is the file's, for messages.
    void add(const DialectFile&, const std::string& name);

    // Sorted by place and name. Views into the files that were added.
    std::vector<rules::CredentialPlace> rows() const;

private:
    struct Row {
        rules::Holds holds{};
        std::string said_by{};
    };
    std::map<std::pair<rules::Where, std::string_view>, Row> rows_{};
};

}  // namespace whogoes::dialects
