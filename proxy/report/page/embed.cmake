# Writes a text file as a C++ string literal: cmake -D FROM=page.js -D INTO=page.js.inc -P embed.cmake
file(READ "${FROM}" text)
# Indentation, empty lines and whole lines of comment are for who reads the source.
string(REGEX REPLACE "\n[ \n]+" "\n" text "${text}")
string(REGEX REPLACE "(^|\n)(//[^\n]*\n)+" "\\1" text "${text}")
if(text MATCHES "\\)page\"")
    message(FATAL_ERROR "${FROM} holds the end of the literal")
endif()
file(WRITE "${INTO}" "R\"page(${text})page\"\n")
