#pragma once

#include "tests/support/rig.hpp"

#include <string>
#include <vector>

// What a page on this machine sends, and a proxy with the front-end profile.
namespace whogoes::support {

using Values = std::vector<std::string>;

inline const std::string page = "http://localhost:5173";

inline RigOptions dev() {
    RigOptions options;
    options.settings.dev = true;
    return options;
}

// A request as a browser on this machine sends it.
inline std::string from(const Rig& rig, const std::string& method, const std::string& target,
                        const std::string& fields) {
    return method + " " + target + " HTTP/1.1\r\nHost: " + rig.endpoint().text() + "\r\n" + fields +
           "\r\n";
}

// The same by fetch() of a page of another port.
inline std::string call(const Rig& rig, const std::string& method, const std::string& path,
                        const std::string& fields = "") {
    return from(
        rig, method, path,
        "Origin: " + page + "\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-site\r\n" + fields);
}

}  // namespace whogoes::support
