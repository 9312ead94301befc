# SPDX-License-Identifier: BSL-1.0
#
# Compiles CASE, which has to fail and to say what its lines "// expect: <regular expression>" ask for;
# "// expect first:" asks for it in the first error, the one that is read.
set(ENV{LC_ALL} C)
file(READ ${CASE} text)
string(REGEX MATCHALL "// expect( first)?: [^\n]+" expectations "${text}")
if(NOT expectations)
  message(FATAL_ERROR "${CASE} has no line \"// expect: <regular expression>\"")
endif()

execute_process(COMMAND ${COMPILER} ${FLAGS} ${CASE} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
  message(FATAL_ERROR "${CASE} compiles, and must not")
endif()

# Compilers quote the source as well; only what they say themselves counts.
string(REGEX REPLACE "\n *[0-9]* \\|[^\n]*" "" said "\n${output}")
string(REGEX MATCH "error: [^\n]*" first_error "${said}")
foreach(line IN LISTS expectations)
  string(REGEX REPLACE "^// expect[ a-z]*: " "" expectation "${line}")
  if(line MATCHES "^// expect first: " AND NOT first_error MATCHES "${expectation}" OR NOT said MATCHES "${expectation}")
    message("${output}")
    message(FATAL_ERROR "${CASE} fails, but does not say \"${expectation}\"")
  endif()
endforeach()
