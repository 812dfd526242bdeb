# Fails where the id of a cause stands as a literal in a source file that is not its own: what is
# special about a cause is a trait of its row, and whoever wants the row asks for the trait.
#
#   cmake -D ROOT=DIR -P cause_ids.cmake
#
# Its own are rules/catalogue.cpp, where the row is, and rules/causes/, where its check asks what
# the answer says of it. An id that is a rule's as well may stand in rules/rulebook.cpp.
# cause_ids_test.cmake shows that this can fail.
cmake_minimum_required(VERSION 3.25)

file(STRINGS ${ROOT}/rules/catalogue.cpp lines REGEX "\\.id = \"")
set(ids "")
foreach(line IN LISTS lines)
    string(REGEX MATCH "\\.id = \"([a-z0-9-]+)\"" unused "${line}")
    list(APPEND ids "${CMAKE_MATCH_1}")
endforeach()
list(LENGTH ids count)
if(count EQUAL 0)
    message(FATAL_ERROR "no cause in ${ROOT}/rules/catalogue.cpp")
endif()

file(GLOB_RECURSE sources RELATIVE ${ROOT}
    ${ROOT}/rules/*.?pp ${ROOT}/proxy/*.?pp ${ROOT}/proxy/*.js ${ROOT}/proxy/*.mjs)
list(FILTER sources EXCLUDE REGEX "^rules/(catalogue\\.cpp|causes/.*|rulebook\\.cpp)$")
foreach(source IN LISTS sources)
    file(READ ${ROOT}/${source} text)
    # Most files have no word in quotes that could be an id.
    if(NOT text MATCHES "[\"'][a-z]+-[a-z0-9-]+[\"']")
        continue()
    endif()
    foreach(id IN LISTS ids)
        foreach(quote "\"" "'")
            string(FIND "${text}" "${quote}${id}${quote}" at)
            if(NOT at EQUAL -1)
                message(SEND_ERROR "${source} names the cause ${id}: give its row a trait "
                    "(rules/diagnosis.hpp) and ask for that")
            endif()
        endforeach()
    endforeach()
endforeach()
message(STATUS "cause ids: ${count} causes")
