#include "proxy/app/cli.hpp"

int main(int argc, char** argv) { return whogoes::app::main_program(argc, argv); }
