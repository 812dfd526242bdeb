#include "proxy/session/token_file.hpp"

#include "proxy/net/output_file.hpp"

namespace whogoes::session {

std::string store_token(const std::string& path, std::string_view token) {
    net::OutputFile file(path, 0600);
    file.write(token);
    file.write("\n");
    return file.finish();
}

}  // namespace whogoes::session
