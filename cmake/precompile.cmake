# SPDX-License-Identifier: BSL-1.0
#
# HOWDAH_PRECOMPILE: the standard headers that most of howdah's own sources include, parsed once for each target with many
# sources. Only standard headers, and doctest for tests: they hardly ever change, so nothing is compiled more often for it,
# and no name of howdah's is seen where its header is not included. A standard header that a source forgot to include would
# not be noticed, though; so the builds by g++ do without.
set(headers <algorithm> <array> <charconv> <chrono> <cstdint> <cstring> <memory> <optional> <string> <string_view> <utility>
            <vector>)
foreach(target howdah howdah_testing howdah_cli)
  if(TARGET ${target})
    target_precompile_headers(${target} PRIVATE ${headers})
  endif()
endforeach()
foreach(target howdah_unit_tests howdah_integration_tests howdah_memory_tests howdah_docs_tests howdah_cli_tests)
  if(TARGET ${target})
    target_precompile_headers(${target} PRIVATE <doctest/doctest.h> <atomic> <fstream> <functional> <random> <sstream> <stdexcept>
                               <thread> ${headers})
    # These turn doctest's header into its implementation.
    set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/support/unit_main.cpp
                                ${PROJECT_SOURCE_DIR}/tests/support/integration_main.cpp
                                TARGET_DIRECTORY ${target} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  endif()
endforeach()
# ccache takes precompiled headers of clang only without the time at which they were made.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(howdah_own_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
