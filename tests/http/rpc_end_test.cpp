#include "proxy/http/rpc_end.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace whogoes::http {
namespace {

std::string frame(std::uint8_t flags, const std::string& content) {
    std::string framed(1, static_cast<char>(flags));
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        framed += static_cast<char>(content.size() >> shift & 0xffU);
    return framed + content;
}

std::string base64(const std::string& bytes) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        unsigned group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8U |
                    (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += at + i > bytes.size() ? '=' : alphabet[group >> (18U - 6U * i) & 63U];
    }
    return text;
}

const std::string status = "grpc-status: 16\r\ngrpc-message: no\r\n";

TEST_CASE("the type of an answer says how a call in it ends") {
    const struct {
        const char* type;
        RpcFraming framing;
    } rows[] = {
        {"application/grpc", RpcFraming::trailers},
        {"application/grpc+proto", RpcFraming::trailers},
        {"Application/GRPC; charset=x", RpcFraming::trailers},
        {"application/grpc-web", RpcFraming::web},
        {"application/grpc-web+json", RpcFraming::web},
        {"application/grpc-web-text", RpcFraming::web_text},
        {"application/grpc-web-text+proto", RpcFraming::web_text},
        {"application/connect+json", RpcFraming::connect},
        {"application/connect+proto", RpcFraming::connect},
        {"application/connect", RpcFraming::none},
        {"application/grpcs", RpcFraming::none},
        {"application/grpc-websocket", RpcFraming::none},
        {"application/grpc-web-textual", RpcFraming::none},
        {"application/json", RpcFraming::none},
        {"text/plain", RpcFraming::none},
        {"", RpcFraming::none},
    };
    for (const auto& row : rows) {
        CAPTURE(row.type);
        CHECK(rpc_framing(row.type) == row.framing);
    }
}

TEST_CASE("what the last frame holds is found in any slices") {
    const std::string messages = frame(0, std::string(300, 'm')) + frame(0, "") + frame(1, "zip");
    const struct {
        const char* given;
        RpcFraming framing;
        std::string body;
        std::string text;
    } rows[] = {
        {"the trailers alone", RpcFraming::web, frame(0x80, status), status},
        {"messages before them", RpcFraming::web, messages + frame(0x80, status), status},
        {"capitals and blanks", RpcFraming::web, frame(0x80, "GRPC-Status:7\r\n"),
         "GRPC-Status:7\r\n"},
        {"nothing behind them counts", RpcFraming::web, frame(0x80, status) + frame(0x80, "x"),
         status},
        {"an end without a word", RpcFraming::web, messages + frame(0x80, ""), ""},
        {"no end", RpcFraming::web, messages, ""},
        {"half an end", RpcFraming::web, frame(0x80, status).substr(0, 20), ""},
        {"an end that is too long", RpcFraming::web, frame(0x80, std::string(20000, 'x')), ""},
        {"in base64", RpcFraming::web_text, base64(messages + frame(0x80, status)), status},
        {"in base64, each by itself", RpcFraming::web_text,
         base64(messages) + base64(frame(0, "a")) + base64(frame(0x80, status)), status},
        {"in base64 with line ends", RpcFraming::web_text,
         base64(frame(0x80, status)).insert(4, "\r\n"), status},
        {"in broken base64", RpcFraming::web_text, "gAAA!" + base64(status), ""},
        {"in base64, broken behind its end", RpcFraming::web_text,
         base64(frame(0x80, status)) + "!", status},
        {"in base64 without padding", RpcFraming::web_text, "gAAAAAFh", "a"},
        {"a stream's end", RpcFraming::connect, messages + frame(2, "{\"error\":{}}"),
         "{\"error\":{}}"},
        {"what is an end to others only", RpcFraming::connect, frame(0x80, "x") + frame(2, "{}"),
         "{}"},
        {"what is not in the body", RpcFraming::trailers, frame(0x80, status), ""},
        {"no call", RpcFraming::none, frame(0x80, status), ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        for (const std::size_t piece :
             {std::size_t{1}, std::size_t{3}, std::size_t{7}, row.body.size()}) {
            RpcEnd end(row.framing);
            for (std::size_t at = 0; at < row.body.size(); at += piece)
                end.take(std::string_view(row.body).substr(at, piece));
            CHECK(end.text() == row.text);
        }
    }
}

TEST_CASE("an answer of any length leaves its end and nothing else") {
    RpcEnd end(RpcFraming::web);
    const std::string head = frame(0, std::string(0x1000, 'm')).replace(1, 4, "\x40\0\0\0", 4);
    const std::string block(1U << 20U, 'm');
    end.take(head);
    for (std::size_t left = (std::size_t{1} << 30U) - 0x1000; left > 0; left -= block.size()) {
        if (left < block.size()) {
            end.take(std::string_view(block).substr(0, left));
            break;
        }
        end.take(block);
    }
    CHECK(end.wants_more());
    CHECK(end.text().empty());
    end.take(frame(0x81, status));
    CHECK_FALSE(end.wants_more());
    CHECK(end.text() == status);
    CHECK(end.compressed());
    end.clear();
    CHECK(end.framing() == RpcFraming::none);
    CHECK(end.text().empty());
}

TEST_CASE("trailers are field lines, and what is none is passed over") {
    std::vector<std::pair<std::string, std::string>> lines;
    each_trailer(
        "Grpc-Status: 16 \r\nno line\r\ngrpc-message:\r\nbad name: x\r\n: y\r\nlast: z",
        [&](std::string_view name, std::string_view value) { lines.emplace_back(name, value); });
    CHECK(lines == std::vector<std::pair<std::string, std::string>>{
                       {"Grpc-Status", "16"}, {"grpc-message", ""}, {"last", "z"}});
}

}  // namespace
}  // namespace whogoes::http
