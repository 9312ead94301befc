# SPDX-License-Identifier: BSL-1.0
#
# Compiles CASE, which has to fail and to say what its lines "// expect: <regular expression>" ask for.
set(ENV{LC_ALL} C)
file(READ ${CASE} text)
string(REGEX MATCHALL "// expect: [^\n]+" expectations "${text}")
if(NOT expectations)
  message(FATAL_ERROR "${CASE} has no line \"// expect: <regular expression>\"")
endif()

execute_process(COMMAND ${COMPILER} ${FLAGS} ${CASE} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
  message(FATAL_ERROR "${CASE} compiles, and must not")
endif()

# Compilers quote the source as well; only what they say themselves counts.
string(REGEX REPLACE "\n *[0-9]* \\|[^\n]*" "" said "\n${output}")
foreach(expectation IN LISTS expectations)
  string(REGEX REPLACE "^// expect: " "" expectation "${expectation}")
  if(NOT said MATCHES "${expectation}")
    message("${output}")
    message(FATAL_ERROR "${CASE} fails, but without saying \"${expectation}\"")
  endif()
endforeach()
