#pragma once

#include "proxy/app/config.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

// A machine of a test's own: a temporary folder, an environment that holds what the test puts in.
namespace whogoes::app {

class Machine {
public:
    Machine() {
        static int number = 0;
        folder_ =
            std::filesystem::temp_directory_path() /
            ("whogoes-app-test-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
        std::filesystem::create_directories(folder_);
        here.directory = folder_.string();
        here.system_file = path("etc/config.yaml");
        here.cores = 6;
    }
    ~Machine() { std::filesystem::remove_all(folder_); }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }

    // All problems, one a line; empty: it loads.
    std::string problems(const Arguments& arguments = {}) const {
        try {
            load_options(arguments, here);
            return {};
        } catch (const ConfigError& error) {
            return error.what();
        }
    }

    RunOptions load(const Arguments& arguments = {}) const { return load_options(arguments, here); }

    Surroundings here;

private:
    std::filesystem::path folder_;
};

inline Arguments flags(std::map<std::string, std::vector<std::string>> values) {
    Arguments arguments;
    arguments.flags = std::move(values);
    return arguments;
}

}  // namespace whogoes::app
