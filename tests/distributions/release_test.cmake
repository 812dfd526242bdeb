# The preset `release` asks for no more than the group `build` of tests/packages brings: who installs from
# source has neither Python nor any other tool of the tests.
#
#   cmake -D ROOT=DIR -D SCRATCH=DIR -P release_test.cmake
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${SCRATCH})
execute_process(COMMAND ${CMAKE_COMMAND} --preset release -B ${SCRATCH}
        -D CMAKE_DISABLE_FIND_PACKAGE_Python3=ON -D CMAKE_DISABLE_FIND_PACKAGE_benchmark=ON
    WORKING_DIRECTORY ${ROOT} RESULT_VARIABLE status OUTPUT_VARIABLE words ERROR_VARIABLE words)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "the preset release wants more than a compiler and libraries:\n${words}")
endif()
file(REMOVE_RECURSE ${SCRATCH})
