#include "proxy/mcp/stdio.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <unistd.h>

namespace whogoes::mcp {
namespace {

constexpr std::size_t longest_message = 1024 * 1024;

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

bool answer_line(const Server& server, std::string_view line, int out) {
    if (is_blank(line)) return true;
    Reply reply = server.answer(line);
    if (reply.body.empty()) return true;
    return write_all(out, reply.body += '\n');
}

}  // namespace

void serve_stdio(const Server& server, int in, int out) {
    std::string held;
    bool too_long = false;  // the rest of a line that was refused
    char block[64 * 1024];
    while (true) {
        const ssize_t octets = ::read(in, block, sizeof block);
        if (octets < 0 && errno == EINTR) continue;
        if (octets <= 0) break;
        std::string_view rest(block, static_cast<std::size_t>(octets));
        for (std::size_t end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
            held += rest.substr(0, end);
            rest.remove_prefix(end + 1);
            if (!too_long && !answer_line(server, held, out)) return;
            too_long = false;
            held = std::string();
        }
        if (!too_long) held += rest;
        if (held.size() <= longest_message) continue;
        held = std::string();
        too_long = true;
        const std::string words = "a message has at most 1 MiB here";
        if (!write_all(out, flaw_text({Fault::invalid_request, words, {}, {}}) + "\n")) return;
    }
    answer_line(server, held, out);
}

}  // namespace whogoes::mcp
