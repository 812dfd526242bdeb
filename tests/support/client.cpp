#include "tests/support/client.hpp"

namespace whogoes::support {

Message Client::reply(std::string_view method) {
    for (;;) {
        Message message = read_head(wire);
        const int status = message.status();
        if (status >= 100 && status < 200 && status != 101) {
            interims.push_back(std::move(message));
            continue;
        }
        read_reply_body(wire, message, method);
        return message;
    }
}

Message Client::ask(std::string_view request) {
    send(request);
    return reply(request.substr(0, request.find(' ')));
}

End Client::ending() {
    const std::string rest = wire.read_to_end();
    if (!rest.empty()) throw WireError("before the end came: " + rest);
    return wire.end();
}

}  // namespace whogoes::support
