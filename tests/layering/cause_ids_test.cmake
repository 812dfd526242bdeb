# The test of cause_ids.cmake: small trees that it must pass or refuse.
#
#   cmake -D SCRIPT=cause_ids.cmake -D SCRATCH=DIR -P cause_ids_test.cmake
cmake_minimum_required(VERSION 3.25)

# verdict(FILE LINE EXPECTED): EXPECTED is "passes" or a pattern of the complaint.
function(verdict file line expected)
    file(REMOVE_RECURSE ${SCRATCH})
    file(WRITE ${SCRATCH}/rules/catalogue.cpp "{.id = \"no-credentials\",\n{.id = \"token-expired\",\n")
    file(APPEND ${SCRATCH}/${file} "${line}\n")
    execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${SCRATCH} -P ${SCRIPT}
        RESULT_VARIABLE status OUTPUT_VARIABLE words ERROR_VARIABLE words)
    string(REGEX REPLACE "[ \n]+" " " words "${words}")
    if(expected STREQUAL "passes")
        if(NOT status EQUAL 0)
            message(SEND_ERROR "${file} with '${line}' should pass: ${words}")
        endif()
    elseif(status EQUAL 0)
        message(SEND_ERROR "${file} with '${line}' should be refused")
    elseif(NOT words MATCHES "${expected}")
        message(SEND_ERROR "${file} with '${line}' is refused for another reason: ${words}")
    endif()
endfunction()

verdict(rules/catalogue.cpp      [[const auto other = "token-expired";]]     passes)
verdict(rules/causes/jwt.cpp     [[return told(exchange, "token-expired");]] passes)
verdict(rules/rulebook.cpp       [[{{"token-expired", error,]]               passes)
verdict(rules/verdict.cpp        [[if (id == "token-expired") return;]]      "rules/verdict.cpp names the cause token-expired")
verdict(proxy/report/event.cpp   [[if (id == "no-credentials") return;]]     "proxy/report/event.cpp names the cause no-credentials")
verdict(proxy/report/page/page.js [[if (id === 'token-expired') return;]]    "page.js names the cause token-expired")
verdict(proxy/report/event.cpp   [[// token-expired is told with its age]]   passes)
verdict(proxy/report/event.cpp   [[if (id == "token-expired-soon") return;]] passes)
file(REMOVE_RECURSE ${SCRATCH})
