# Writes OUT, a header that names the commit of the checkout SOURCE; run at build time, since a commit
# may come after configuring. Reads what git keeps: a build machine need not have git. COMMIT, where
# it is not empty, is what a build without a checkout was told.
#
#   cmake -DSOURCE=. -DOUT=commit.hpp [-DCOMMIT=1a2b3c4d] -P commit.cmake
cmake_minimum_required(VERSION 3.25)
set(commit "${COMMIT}")

set(git "${SOURCE}/.git")
if(EXISTS "${git}" AND NOT IS_DIRECTORY "${git}")  # of a worktree: a file that says where it is
    file(READ "${git}" place)
    string(REGEX REPLACE "^gitdir: *([^\n]*).*" "\\1" place "${place}")
    get_filename_component(git "${place}" ABSOLUTE BASE_DIR "${SOURCE}")
endif()
set(common "${git}")
if(EXISTS "${git}/commondir")
    file(READ "${git}/commondir" place)
    string(STRIP "${place}" place)
    get_filename_component(common "${place}" ABSOLUTE BASE_DIR "${git}")
endif()

if(NOT commit AND EXISTS "${git}/HEAD")
    file(READ "${git}/HEAD" commit)
    string(STRIP "${commit}" commit)
    if(commit MATCHES "^ref: *(.*)$")
        set(branch "${CMAKE_MATCH_1}")
        set(commit)
        if(EXISTS "${common}/${branch}")
            file(READ "${common}/${branch}" commit)
        elseif(EXISTS "${common}/packed-refs")
            file(STRINGS "${common}/packed-refs" packed REGEX " ${branch}$")
            string(SUBSTRING "${packed}" 0 40 commit)
        endif()
    endif()
endif()

# What `git archive` fills in, as the archives that GitHub offers are made.
if(NOT commit)
    set(archived "$Format:%H$")
    if(archived MATCHES "^[0-9a-f]+$")
        set(commit "${archived}")
    endif()
endif()

string(STRIP "${commit}" commit)
if(commit MATCHES "^[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]")
    string(SUBSTRING "${commit}" 0 8 commit)
else()
    set(commit unknown)
endif()
file(WRITE "${OUT}" "#define WHOGOES_COMMIT \"${commit}\"\n")
