#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>

// A file that is written whole: under a name beside its own first, then put in its place, so that a
// reader finds the old one or the new one and never a half. What is no regular file (a device, a
// pipe, a descriptor under /proc) is written through and never replaced; a link keeps pointing
// where it pointed, and what it leads to is replaced. The only place of the program that puts a
// file in place of another, but for the log's rotation, which asks end_of_links() too.
namespace whogoes::net {

class OutputFile {
public:
    // `mode` as in open(2). A pipe is waited for until it has a reader only where `patient`.
    explicit OutputFile(std::string path, mode_t mode, bool patient = false);
    ~OutputFile();  // without a finish(): nothing has changed, unless it was written through
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void write(std::string_view octets);

    enum class Existing { replace, keep };
    // Empty: it is there, and what it lies on has been told to keep it. Else why not, in words that
    // name the path and, where nothing may be written beside it, the folder. With `keep` a file
    // that is there already stays as it is, which is no failure.
    std::string finish(Existing = Existing::replace);

private:
    void open_beside(mode_t mode);
    void open_through(bool patient);
    void fail(std::string_view what, std::string_view path);  // by errno
    std::string put_in_place(Existing);

    std::string path_;
    std::string target_;  // where the links end
    std::string beside_;  // empty: written through
    std::string flaw_;
    int descriptor_ = -1;
};

// The path itself where it is no link; else where its links end, whether or not there is a file.
std::string end_of_links(const std::string& path);

}  // namespace whogoes::net
