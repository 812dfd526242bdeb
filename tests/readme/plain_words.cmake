# Text that a user reads says "bytes": no string of the sources, and no page for users, has "octet".
#
#   cmake -D ROOT=DIR -P plain_words.cmake
file(GLOB_RECURSE sources ${ROOT}/proxy/*.cpp ${ROOT}/proxy/*.hpp ${ROOT}/proxy/report/page/*
    ${ROOT}/rules/*.cpp)
set(found 0)
foreach(source IN LISTS sources)
    file(STRINGS ${source} lines REGEX "\"[^\"]*[Oo]ctet[^\"]*\"")
    foreach(line IN LISTS lines)
        # Neither a comment nor the name of a file or a function is for users.
        string(REGEX REPLACE "//.*" "" line "${line}")
        string(REGEX MATCHALL "\"([^\"\\]|\\.)*\"" literals "${line}")
        # The name of a media type is nobody's word.
        string(REPLACE "application/octet" "" literals "${literals}")
        if(literals MATCHES "[Oo]ctet" AND NOT line MATCHES "#include")
            message(SEND_ERROR "${source}: say bytes: ${line}")
            math(EXPR found "${found} + 1")
        endif()
    endforeach()
endforeach()
foreach(page README.md CHANGELOG.md .github/SECURITY.md proxy/CONFIGURATION.md proxy/DEV.md proxy/FORWARDED.md proxy/LINT.md proxy/MCP.md
    proxy/REFRESH.md proxy/REVIEW.md)
    file(STRINGS ${ROOT}/${page} lines REGEX "[Oo]ctet")
    if(lines)
        message(SEND_ERROR "${page}: say bytes: ${lines}")
    endif()
endforeach()
list(LENGTH sources count)
message(STATUS "plain words: ${count} files, ${found} octets")
