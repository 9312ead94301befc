# SPDX-License-Identifier: BSL-1.0
#
# Builds the project beside this file and compares what its program prints with what should be in it.
cmake_minimum_required(VERSION 3.25)

set(sql "${WORK}/project/migrations")
file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${sql}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/project.cmake" "${WORK}/project/CMakeLists.txt" COPYONLY)
configure_file("${CMAKE_CURRENT_LIST_DIR}/main.cpp" "${WORK}/project/main.cpp" COPYONLY)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(code)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
endfunction()

# Builds, without configuring by hand, and compares every embedded byte with the files of the directory.
function(expect_embedded)
  run("${CMAKE_COMMAND}" --build "${WORK}/build")
  execute_process(COMMAND "${WORK}/build/show" OUTPUT_VARIABLE shown COMMAND_ERROR_IS_FATAL ANY)
  set(expected "")
  foreach(name ${ARGN})
    file(READ "${sql}/${name}" text HEX)
    string(APPEND expected "${name} ${text}\n")
  endforeach()
  if(NOT shown STREQUAL expected)
    message(FATAL_ERROR "embedded is\n${shown}expected is\n${expected}")
  endif()
endfunction()

# The timestamps that builds compare have to differ.
function(next_moment)
  execute_process(COMMAND "${CMAKE_COMMAND}" -E sleep 1.1)
endfunction()

string(CONCAT awkward "select 'é', E'\\\\n\\x41;', \"a;b\", [[x]], $tag$ \${NAMESPACE} @lines@ $<1:2> )hwd\" $tag$; -- ??/ %s\r\n\t"
       "select \"[\";;\n")
file(WRITE "${sql}/0001_first.sql" "${awkward}")
string(REPEAT "select 'a long file, longer than one literal may be in some compilers';\n" 2000 long)
file(WRITE "${sql}/0002_long.sql" "${long}")
file(WRITE "${sql}/0002_long.down.sql" "select 'back';\n")
file(WRITE "${sql}/R_views.sql" "select 'again';\n")
file(WRITE "${sql}/notes.md" "not a migration")
file(WRITE "${sql}/.hidden.sql" "nor this")

run("${CMAKE_COMMAND}" -S "${WORK}/project" -B "${WORK}/build" -G "${GENERATOR}" -D "HOWDAH=${HOWDAH}"
    -D "CMAKE_CXX_COMPILER=${COMPILER}")
expect_embedded(0001_first.sql 0002_long.down.sql 0002_long.sql R_views.sql)

next_moment()
file(WRITE "${sql}/0003_added.sql" "select 3; -- no line end")
expect_embedded(0001_first.sql 0002_long.down.sql 0002_long.sql 0003_added.sql R_views.sql)

next_moment()
file(WRITE "${sql}/0001_first.sql" "select 'changed';\n")
expect_embedded(0001_first.sql 0002_long.down.sql 0002_long.sql 0003_added.sql R_views.sql)

next_moment()
file(REMOVE "${sql}/0002_long.sql" "${sql}/0002_long.down.sql")
expect_embedded(0001_first.sql 0003_added.sql R_views.sql)

next_moment()
file(RENAME "${sql}/0003_added.sql" "${sql}/0003_renamed.sql")
expect_embedded(0001_first.sql 0003_renamed.sql R_views.sql)
