#pragma once

#include "proxy/http/head.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// A head and the bytes it lies over, as the tests of proxy/http want them.
namespace whogoes::http {

struct ReadRequest {
    std::string bytes;
    RequestHead head;
    HeadProgress progress;

    explicit ReadRequest(std::string text, const HeadLimits& limits = {}) : bytes(std::move(text)) {
        progress = parse_request_head(bytes, limits, head);
    }
    ReadRequest(const ReadRequest&) = delete;
    ReadRequest& operator=(const ReadRequest&) = delete;

    bool complete() const { return progress.progress == Progress::complete; }
    // 0: no flaw was found.
    int refused() const { return progress.progress == Progress::flawed ? progress.flaw.status : 0; }
    // The memory of the head itself, behind empty lines that were skipped.
    char* memory() { return bytes.data() + (head.bytes.data() - bytes.data()); }
};

struct ReadResponse {
    std::string bytes;
    ResponseHead head;
    HeadProgress progress;

    explicit ReadResponse(std::string text, const RequestHead& request = {},
                          const HeadLimits& limits = {})
        : bytes(std::move(text)) {
        progress = parse_response_head(bytes, limits, request, head);
    }
    ReadResponse(const ReadResponse&) = delete;
    ReadResponse& operator=(const ReadResponse&) = delete;

    bool complete() const { return progress.progress == Progress::complete; }
    int refused() const { return progress.progress == Progress::flawed ? progress.flaw.status : 0; }
};

// A GET with a Host and these further lines, each given with its CRLF.
inline std::string get(std::string_view lines = "") {
    return "GET /c HTTP/1.1\r\nHost: example.test\r\n" + std::string(lines) + "\r\n";
}

inline std::string post(std::string_view lines) {
    return "POST /c HTTP/1.1\r\nHost: example.test\r\n" + std::string(lines) + "\r\n";
}

inline std::string ok(std::string_view lines = "") {
    return "HTTP/1.1 200 OK\r\n" + std::string(lines) + "\r\n";
}

}  // namespace whogoes::http
