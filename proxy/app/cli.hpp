#pragma once

namespace whogoes::app {

// The whole program: parses the command line, does what the verb asks, and gives the exit code:
// 0 fine, 1 a check found something, 2 usage, 3 could not start.
int main_program(int argc, char** argv);

}  // namespace whogoes::app
