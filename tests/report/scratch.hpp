#pragma once

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <unistd.h>

// A folder that goes away with its test, and what a file or a pipe holds.
namespace whogoes::report {

class Scratch {
public:
    Scratch() {
        std::string name = std::filesystem::temp_directory_path() / "whogoes-report-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        folder_ = name;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::string path(const std::string& name) const { return folder_ / name; }
    bool has(const std::string& name) const { return std::filesystem::exists(folder_ / name); }
    std::string text(const std::string& name) const {
        std::ostringstream out;
        out << std::ifstream(folder_ / name).rdbuf();
        return out.str();
    }

private:
    std::filesystem::path folder_;
};

// Puts a pipe in a descriptor's place for as long as it lives.
class PipeOn {
public:
    explicit PipeOn(int target) : target_(target), saved_(::dup(target)) {
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
        reader_ = ends[0];
        ::dup2(ends[1], target_);
        ::close(ends[1]);
        ::fcntl(reader_, F_SETFL, O_NONBLOCK);
    }
    ~PipeOn() {
        ::dup2(saved_, target_);
        ::close(saved_);
        close_reader();
    }
    PipeOn(const PipeOn&) = delete;
    PipeOn& operator=(const PipeOn&) = delete;

    void close_reader() {
        if (reader_ >= 0) ::close(reader_);
        reader_ = -1;
    }
    std::string text() const {  // what is there by now
        std::string out;
        char piece[4096];
        for (ssize_t n = 0; (n = ::read(reader_, piece, sizeof piece)) > 0;) {
            out.append(piece, static_cast<std::size_t>(n));
        }
        return out;
    }

private:
    int target_ = -1, saved_ = -1, reader_ = -1;
};

}  // namespace whogoes::report
