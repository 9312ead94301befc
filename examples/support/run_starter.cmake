# SPDX-License-Identifier: BSL-1.0
#
# Copies examples/starter, builds it against an installed howdah and runs it; with WAY=source only configures it, with
# howdah's source.
cmake_minimum_required(VERSION 3.25)
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(code)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(COPY "${HOWDAH}/examples/starter" DESTINATION "${WORK}")
if(WAY STREQUAL "source")
  set(options "-DHOWDAH_SOURCE=${HOWDAH}")
else()
  run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/installed")
  set(options "-DCMAKE_PREFIX_PATH=${WORK}/installed")
endif()
run("${CMAKE_COMMAND}" -S "${WORK}/starter" -B "${WORK}/starter/build" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_CXX_FLAGS=${FLAGS}" "${options}")
if(WAY STREQUAL "source")
  return()
endif()
run("${CMAKE_COMMAND}" --build "${WORK}/starter/build")

unset(ENV{DATABASE_URL})
execute_process(COMMAND "${WORK}/starter/build/notes" WORKING_DIRECTORY "${WORK}/starter"
                RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE errors)
message("${output}${errors}")
if(code AND errors MATCHES "no PostgreSQL server programs" AND NOT "$ENV{HOWDAH_REQUIRE_SERVER}" STREQUAL "1")
  message("SKIPPED: no PostgreSQL")
elseif(code OR NOT output MATCHES "^version 2 says: buy bread and salt\n[-0-9]+T[:.0-9]+Z  buy bread and salt\n$")
  message(FATAL_ERROR "it ended with ${code} and did not say what it should")
endif()
