#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

// Takes pieces out of a run of octets in place, from front to back: what is kept moves towards the
// front, each octet at most once. Inner to proxy/http.
namespace whogoes::http {

class Compactor {
public:
    Compactor(char* bytes, std::size_t begin)
        : bytes_(bytes), begin_(begin), read_(begin), write_(begin) {}

    // [begin, end) goes; not before what was cut last.
    void cut(std::size_t begin, std::size_t end) {
        keep_up_to(begin);
        read_ = end;
    }

    std::string_view kept(std::size_t end) {
        keep_up_to(end);
        return {bytes_ + begin_, write_ - begin_};
    }

private:
    void keep_up_to(std::size_t end) {
        const std::size_t run = end - read_;
        if (run > 0 && read_ != write_) std::memmove(bytes_ + write_, bytes_ + read_, run);
        read_ = end;
        write_ += run;
    }

    char* bytes_;
    std::size_t begin_;
    std::size_t read_;
    std::size_t write_;
};

}  // namespace whogoes::http
