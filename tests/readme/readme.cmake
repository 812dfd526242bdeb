# The README's tables of causes and rules are what `whogoes causes -o markdown` prints.
#
#   cmake -D WHOGOES=build/dev/whogoes -D README=README.md [-D WRITE=ON] -P readme.cmake
#
# With WRITE it puts them there; without, it fails when they differ.
cmake_minimum_required(VERSION 3.25)

set(begin "<!-- causes: tests/readme/readme.cmake writes this and a test compares -->\n")
set(end "<!-- /causes -->")

execute_process(COMMAND ${WHOGOES} causes -o markdown OUTPUT_VARIABLE tables RESULT_VARIABLE status)
if(NOT status EQUAL 0 OR NOT tables MATCHES "no-credentials")
    message(FATAL_ERROR "whogoes causes -o markdown: status ${status}")
endif()

file(READ ${README} text)
string(FIND "${text}" "${begin}" from)
string(FIND "${text}" "${end}" to)
if(from EQUAL -1 OR to EQUAL -1)
    message(FATAL_ERROR "${README} lacks the two marks around the tables")
endif()
string(LENGTH "${begin}" length)
math(EXPR from "${from} + ${length}")
string(SUBSTRING "${text}" 0 ${from} head)
string(SUBSTRING "${text}" ${to} -1 tail)
set(wanted "${head}${tables}${tail}")

if(wanted STREQUAL text)
    return()
elseif(WRITE)
    file(WRITE ${README} "${wanted}")
else()
    message(FATAL_ERROR "the README's tables are not what whogoes says. Mend them with:\n"
        "  cmake -D WHOGOES=${WHOGOES} -D README=${README} -D WRITE=ON -P ${CMAKE_CURRENT_LIST_FILE}")
endif()
