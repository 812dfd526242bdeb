#include "proxy/http/head.hpp"
#include "tests/bench/messages.hpp"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <string>
#include <string_view>

namespace whogoes::bench {

std::string request_head(std::string_view token) {
    std::string head =
        "GET /v1/orders?page=2 HTTP/1.1\r\n"
        "Host: api.example.com\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
        "Accept: application/json\r\n"
        "Accept-Encoding: gzip, br\r\n"
        "X-Request-Id: 0f8fad5b-d9cb-469f-a165-70867728950e\r\n";
    if (!token.empty()) head.append("Authorization: Bearer ").append(token).append("\r\n");
    return head + "\r\n";
}

std::string_view refusal_body() {
    return R"({"error":"unauthorized","message":"the request was refused"})";
}

std::string refusal_head() {
    return "HTTP/1.1 401 Unauthorized\r\n"
           "Server: api\r\n"
           "Date: Mon, 23 Nov 2026 12:51:24 GMT\r\n"
           "Content-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(refusal_body().size()) + "\r\n\r\n";
}

namespace {

void request(benchmark::State& state) {
    const std::string text = request_head(expired_jwt(1));
    http::RequestHead head;
    for (auto _ : state) {
        const http::HeadProgress progress = http::parse_request_head(text, {}, head);
        if (progress.progress != http::Progress::complete) std::abort();
    }
}
BENCHMARK(request)->Name("parse/request_head");

void answer(benchmark::State& state) {
    const std::string asked = request_head(""), text = refusal_head();
    http::RequestHead request;
    http::ResponseHead head;
    http::parse_request_head(asked, {}, request);
    for (auto _ : state) {
        const http::HeadProgress progress = http::parse_response_head(text, {}, request, head);
        if (progress.progress != http::Progress::complete) std::abort();
    }
}
BENCHMARK(answer)->Name("parse/answer_head");

}  // namespace
}  // namespace whogoes::bench
