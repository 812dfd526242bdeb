#pragma once

#include "page_requests.hpp"
#include "tests/support/rig.hpp"

#include <string>

// Calls as clients of gRPC, gRPC-Web and Connect send them over HTTP/1.1, and answers to them.
namespace whogoes::support {

inline const std::string bearer = "Authorization: Bearer q7Lm2vX9sT4cR8wK1nB5dF3gH6jM0pZy\r\n";
inline const std::string message_frame("\0\0\0\0\2hi", 7);

inline std::string frame(char flags, const std::string& content) {
    std::string framed(1, flags);
    framed.append(2, '\0');
    framed += static_cast<char>(content.size() >> 8U);
    framed += static_cast<char>(content.size() & 0xffU);
    return framed + content;
}

inline std::string web_end(const std::string& lines) { return frame('\x80', lines); }

inline std::string call(const std::string& type, const std::string& fields = "") {
    return post("/orders.v1.Orders/List", message_frame,
                "Content-Type: application/" + type + "\r\n" + fields);
}

// The same by a page of this machine.
inline std::string from_page(const Rig& rig, const std::string& type,
                             const std::string& fields = "") {
    return "POST /orders.v1.Orders/List HTTP/1.1\r\nHost: " + rig.endpoint().text() +
           "\r\nOrigin: " + page + "\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-site\r\n" +
           "Content-Type: application/" + type + "\r\nContent-Length: 7\r\n" + fields + "\r\n" +
           message_frame;
}

inline std::string chunked(const std::string& type, const std::string& body,
                           const std::string& trailers = "") {
    std::string text = "HTTP/1.1 200 OK\r\nContent-Type: application/" + type +
                       "\r\nTransfer-Encoding: chunked\r\n\r\n";
    if (!body.empty()) text += chunk(body);
    return text + "0\r\n" + trailers + "\r\n";
}

inline std::string answered(const std::string& type, const std::string& body,
                            const std::string& fields = "") {
    return answer(200, "Content-Type: application/" + type + "\r\n" + fields, body);
}

}  // namespace whogoes::support
