# SPDX-License-Identifier: BSL-1.0
#
# cmake -D PROGRAM= -D EXIT= -D ENVIRONMENT= -D EXPECT= -P: runs an example and compares its exit code and what it prints.
# It works on the server of TEST_DATABASE_URL if that is set, on a throw-away one otherwise, never on that of DATABASE_URL.
cmake_minimum_required(VERSION 3.25)
if(EXIT STREQUAL "")
  set(EXIT 0)
endif()
set(ENV{DATABASE_URL} "$ENV{TEST_DATABASE_URL}")
execute_process(COMMAND ${CMAKE_COMMAND} -E env ${ENVIRONMENT} "${PROGRAM}"
                RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
message("${output}")

if(code EQUAL 2 AND NOT EXIT EQUAL 2 AND NOT "$ENV{HOWDAH_REQUIRE_SERVER}" STREQUAL "1")
  message("SKIPPED: no PostgreSQL")
  return()
endif()
if(NOT code STREQUAL EXIT)
  message(FATAL_ERROR "it ended with ${code}, not ${EXIT}")
endif()
# What matched, and all before it, is cut off: so the expressions match in this order.
foreach(pattern IN LISTS EXPECT)
  if(NOT output MATCHES "${pattern}")
    message(FATAL_ERROR "nothing (more) matches ${pattern}")
  endif()
  string(FIND "${output}" "${CMAKE_MATCH_0}" begin)
  string(LENGTH "${CMAKE_MATCH_0}" length)
  math(EXPR begin "${begin} + ${length}")
  string(SUBSTRING "${output}" ${begin} -1 output)
endforeach()
