# `cmake --install` puts the manual page and each shell's completions where that shell looks.
#
#   cmake -D BUILD=build/dev -D FOLDER=DIR -D SCRATCH=DIR -P install_test.cmake
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${SCRATCH})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}
    RESULT_VARIABLE status OUTPUT_VARIABLE words ERROR_VARIABLE words)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "cmake --install: ${words}")
endif()
foreach(row IN ITEMS
    "share/man/man1/whogoes.1|whogoes.1"
    "share/bash-completion/completions/whogoes|whogoes.bash"
    "share/zsh/site-functions/_whogoes|_whogoes"
    "share/fish/vendor_completions.d/whogoes.fish|whogoes.fish")
    string(REPLACE "|" ";" row ${row})
    list(GET row 0 place)
    list(GET row 1 made)
    execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${SCRATCH}/${place} ${FOLDER}/${made}
        RESULT_VARIABLE status ERROR_VARIABLE words)
    if(NOT status EQUAL 0)
        message(SEND_ERROR "${place} is not what the build made: ${words}")
    endif()
endforeach()
if(NOT EXISTS ${SCRATCH}/bin/whogoes)
    message(SEND_ERROR "bin/whogoes is not there")
endif()
file(REMOVE_RECURSE ${SCRATCH})
