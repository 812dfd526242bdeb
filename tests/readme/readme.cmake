# rules/CATALOGUE.md is what `whogoes causes -o markdown` prints, and the README is short, leads
# there and to every guide, and has a row for every verb.
#
#   cmake -D WHOGOES=build/dev/whogoes -D ROOT=. [-D WRITE=ON] -P readme.cmake
#
# With WRITE it writes the catalogue; without, it fails when they differ. That the table of
# settings is the program's is tested in tests/app/settings_table_test.cpp.
cmake_minimum_required(VERSION 3.25)

set(catalogue ${ROOT}/rules/CATALOGUE.md)
execute_process(COMMAND ${WHOGOES} causes -o markdown OUTPUT_VARIABLE wanted RESULT_VARIABLE status)
if(NOT status EQUAL 0 OR NOT wanted MATCHES "### no-credentials")
    message(FATAL_ERROR "whogoes causes -o markdown: status ${status}")
endif()
if(WRITE)
    file(WRITE ${catalogue} "${wanted}")
endif()
set(text "")
if(EXISTS ${catalogue})
    file(READ ${catalogue} text)
endif()
if(NOT wanted STREQUAL text)
    message(SEND_ERROR "${catalogue} is not what whogoes says. Mend it with:\n"
        "  cmake -D WHOGOES=${WHOGOES} -D ROOT=${ROOT} -D WRITE=ON -P ${CMAKE_CURRENT_LIST_FILE}")
endif()

file(READ ${ROOT}/README.md readme)
string(REPLACE "[" "" readme "${readme}")   # CMake would count it
string(REPLACE "]" "" readme "${readme}")
file(SIZE ${ROOT}/README.md size)
if(size GREATER 25000)
    message(SEND_ERROR "README.md has ${size} bytes: a newcomer reads 25000; long tables belong into a guide")
endif()
foreach(guide IN ITEMS rules/CATALOGUE.md rules/dialects/README.md proxy/CONFIGURATION.md proxy/DEV.md proxy/MCP.md
    proxy/REFRESH.md proxy/REVIEW.md proxy/FORWARDED.md examples/clients/README.md)
    string(FIND "${readme}" "(${guide})" at)
    if(at EQUAL -1 OR NOT EXISTS ${ROOT}/${guide})
        message(SEND_ERROR "README.md does not lead to ${guide}, or it is not there")
    endif()
endforeach()

# Each verb of `whogoes --help` has a row, and each row is of a verb that there is.
execute_process(COMMAND ${WHOGOES} --help OUTPUT_VARIABLE help)
string(REGEX MATCHALL "\n  (run|[a-z]+) +[A-Z][^\n]*" lines "${help}")
set(verbs "")
foreach(line IN LISTS lines)
    string(REGEX MATCH "[a-z]+" verb "${line}")
    list(APPEND verbs ${verb})
endforeach()
list(REMOVE_ITEM verbs version)   # needs no telling
list(LENGTH verbs count)
if(count LESS 9)
    message(SEND_ERROR "whogoes --help lists ${count} verbs: is its form another by now?")
endif()
foreach(verb IN LISTS verbs)
    if(NOT readme MATCHES "\n\\| `whogoes ${verb}[ `]")
        message(SEND_ERROR "README.md: the table of the command has no row for ${verb}")
    endif()
endforeach()
string(REGEX MATCHALL "\n\\| `whogoes [a-z]+" rows "${readme}")
foreach(row IN LISTS rows)
    string(REGEX MATCH "[a-z]+$" verb "${row}")
    if(NOT verb IN_LIST verbs)
        message(SEND_ERROR "README.md: whogoes has no verb ${verb}")
    endif()
endforeach()
