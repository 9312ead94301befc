# SPDX-License-Identifier: BSL-1.0
#
# howdah_embed_migrations(<target> NAMESPACE <namespace> DIRECTORY <directory> [HEADER <name>])
#
# Puts all migrations of a directory into a target, so that the program carries them in itself:
#
#     howdah_embed_migrations(app NAMESPACE app DIRECTORY migrations)
#
#     #include <app_migrations.hpp>              // <namespace>_migrations.hpp, unless HEADER names it
#     howdah::migrate(pool, app::migrations);
#
# Files that are added, removed or changed are noticed by the next `cmake --build`. The directory is relative to the
# CMakeLists.txt that calls. Whatever links the target may include the header too. What is embedded are the files that
# migrations_in() would read; they are checked when the program makes a migration_set of them.

if(CMAKE_SCRIPT_MODE_FILE)
  # cmake -D MANIFEST= -D OUTPUT= -D HEADER= -D NAMESPACE= -P: writes the source, at build time. Texts are written byte by
  # byte in hexadecimal, 32 to a line: so no content needs care.
  string(REPEAT ".." 32 line)
  file(STRINGS "${MANIFEST}" files ENCODING UTF-8)
  list(LENGTH files count)
  set(entries "")
  foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME)
    file(READ "${file}" text HEX)
    file(SIZE "${file}" size)
    string(REGEX REPLACE "(${line})" "\\1\n" text "${text}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${text}")
    string(REGEX REPLACE "([^\n]+)" "        \"\\1\"" text "${text}")
    string(REGEX REPLACE "([\"\\\\])" "\\\\\\1" name "${name}")
    string(APPEND entries "    {\"${name}\", std::string_view(\n${text}\n        \"\", ${size})},\n")
  endforeach()
  file(WRITE "${OUTPUT}" "// Made by howdah_embed_migrations(). Changes here are lost.
#include \"${HEADER}\"

#include <array>
#include <string_view>

namespace {
constexpr std::array<howdah::embedded_migration, ${count}> files{{
${entries}}};
} // namespace

const howdah::embedded_migrations ${NAMESPACE}::migrations{files};
")
  return()
endif()

set(howdah_embed_migrations_script "${CMAKE_CURRENT_LIST_FILE}" CACHE INTERNAL "Where howdah_embed_migrations() is")

function(howdah_embed_migrations target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAMESPACE;DIRECTORY;HEADER" "")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_NAMESPACE OR NOT arg_DIRECTORY)
    message(FATAL_ERROR "howdah_embed_migrations(<target> NAMESPACE <namespace> DIRECTORY <directory> [HEADER <name>])")
  endif()
  get_filename_component(directory "${arg_DIRECTORY}" ABSOLUTE)
  if(NOT IS_DIRECTORY "${directory}")
    message(FATAL_ERROR "howdah_embed_migrations: there is no directory ${directory}")
  endif()
  if(NOT arg_HEADER)
    string(REPLACE "::" "_" arg_HEADER "${arg_NAMESPACE}_migrations.hpp")
  endif()
  set(place "${CMAKE_CURRENT_BINARY_DIR}/howdah_migrations/${target}")
  get_filename_component(stem "${arg_HEADER}" NAME_WE)
  set(source "${place}/${stem}.cpp")
  set(manifest "${place}/${stem}.txt")

  # CONFIGURE_DEPENDS: each build looks whether files came or went, and configures again if so. The manifest changes with
  # the list, so that a file that went makes the source anew as well.
  file(GLOB files CONFIGURE_DEPENDS LIST_DIRECTORIES false "${directory}/*.sql" "${directory}/*.SQL")
  list(FILTER files EXCLUDE REGEX "/\\.[^/]*$")
  if(NOT files)
    message(FATAL_ERROR "howdah_embed_migrations: ${directory} holds no .sql file")
  endif()
  list(SORT files)
  list(JOIN files "\n" lines)
  file(CONFIGURE OUTPUT "${manifest}" CONTENT "@lines@\n" @ONLY)
  file(CONFIGURE OUTPUT "${place}/${arg_HEADER}" @ONLY CONTENT
"// Made by howdah_embed_migrations(). Changes here are lost.
#pragma once

#include <howdah/migration.hpp>

namespace @arg_NAMESPACE@ {

/// The files of @directory@. Constant-initialised; lives for ever.
extern const howdah::embedded_migrations migrations;

} // namespace @arg_NAMESPACE@
")

  add_custom_command(OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" -D "MANIFEST=${manifest}" -D "OUTPUT=${source}" -D "HEADER=${arg_HEADER}"
            -D "NAMESPACE=${arg_NAMESPACE}" -P "${howdah_embed_migrations_script}"
    DEPENDS ${files} "${manifest}" "${howdah_embed_migrations_script}"
    COMMENT "Embedding the migrations of ${directory}" VERBATIM)
  target_sources(${target} PRIVATE "${source}")
  target_include_directories(${target} PUBLIC "$<BUILD_INTERFACE:${place}>")
endfunction()
