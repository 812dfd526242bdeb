# The test of version.cmake: small trees that it must pass or refuse, each for the right reason.
#
#   cmake -D SCRIPT=version.cmake -D SCRATCH=DIR -P version_test.cmake
cmake_minimum_required(VERSION 3.25)

# verdict(CHANGELOG EXAMPLE EXPECTED [TAG]): EXPECTED is "passes" or a pattern of the complaint.
function(verdict changelog example expected)
    file(REMOVE_RECURSE ${SCRATCH})
    file(WRITE ${SCRATCH}/CMakeLists.txt "project(whogoes VERSION 1.2.0 LANGUAGES CXX)\n")
    file(WRITE ${SCRATCH}/CHANGELOG.md "# Changelog\n\n${changelog}")
    file(WRITE ${SCRATCH}/README.md "whogoes\n")
    file(WRITE ${SCRATCH}/examples/pod.yaml "image: ${example}\n")
    execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${SCRATCH} -DTAG=${ARGN} -P ${SCRIPT}
        RESULT_VARIABLE status OUTPUT_VARIABLE words ERROR_VARIABLE words)
    string(REGEX REPLACE "[ \n]+" " " words "${words}")
    if(expected STREQUAL "passes" AND NOT status EQUAL 0)
        message(SEND_ERROR "should pass: ${changelog}: ${words}")
    elseif(NOT expected STREQUAL "passes" AND (status EQUAL 0 OR NOT words MATCHES "${expected}"))
        message(SEND_ERROR "should be refused for '${expected}': ${changelog}: ${words}")
    endif()
endfunction()

set(entry "## 1.2.0 - 2026-11-29\n### Added\n- x\n")
verdict("${entry}" "whogoes:1.2.0" passes)
verdict("## Unreleased\n### Fixed\n- y\n${entry}## 1.1.0 - 2026-10-01\n" "whogoes:latest" passes)
verdict("${entry}## Unreleased\n" "" "Unreleased stands on top")
verdict("## Unreleased\n" "" "the newest entry is ''")
verdict("## 1.1.0 - 2026-10-01\n${entry}" "" "1.2.0 stands below 1.1.0")
verdict("${entry}### News\n" "" "no section")
verdict("${entry}### Fixed\n- y\n### Security\n- z\n" "" passes)
verdict("${entry}### Added\n- y\n" "" "1.2.0: Added stands twice, or")
verdict("## Unreleased\n### Fixed\n- y\n### Changed\n- z\n${entry}" "" "Unreleased: Changed stands twice, or")
verdict("## 1.2.0\n" "" "no version with its day")
verdict("${entry}" "whogoes:1.1.9" "1.1.9 is not 1.2.0")
verdict("${entry}" "" passes v1.2.0)
verdict("${entry}" "" "the tag is v1.2.1" v1.2.1)
verdict("## Unreleased\n### Fixed\n- y [a; b\n${entry}" "" "entries under Unreleased" v1.2.0)
verdict("## Unreleased\n### Fixed\n\n${entry}" "" passes v1.2.0)
file(REMOVE_RECURSE ${SCRATCH})
