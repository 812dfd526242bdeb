#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a text says once its escapes are read, whoever wrote them: %HH (RFC 3986, 2.1), &…; of HTML,
// \… of JSON and of C. Only for comparing: nothing decides by it what a text means, so what reads
// like an escape is one.
namespace whogoes::report {

struct Unescaped {
    std::string plain{};
    // Where each octet of `plain` came from; one more at the end, the length of what was read.
    std::vector<std::uint32_t> from{};
};

bool may_be_escaped(std::string_view text) noexcept;  // holds one of % & and backslash

// One layer. `text` is shorter than 4 GiB.
Unescaped unescape(std::string_view text);

}  // namespace whogoes::report
