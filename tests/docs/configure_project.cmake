# SPDX-License-Identifier: BSL-1.0
#
# cmake -D PROJECT= -D PLACE= -D COPY= -D HOWDAH= -D LINK= [-D WAY=] -P: copies a project of the documents to
# PLACE/COPY, puts howdah's source where its CMakeLists.txt looks for it (PLACE/LINK), and configures it.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${PLACE}")
file(COPY "${PROJECT}/" DESTINATION "${PLACE}/${COPY}")
get_filename_component(above "${PLACE}/${LINK}" DIRECTORY)
file(MAKE_DIRECTORY "${above}")
file(CREATE_LINK "${HOWDAH}" "${PLACE}/${LINK}" SYMBOLIC)
execute_process(COMMAND ${CMAKE_COMMAND} -S "${PLACE}/${COPY}" -B "${PLACE}/build" -G "${GENERATOR}"
                        "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DWAY=${WAY}"
                COMMAND_ERROR_IS_FATAL ANY)
