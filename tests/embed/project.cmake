# SPDX-License-Identifier: BSL-1.0
#
# The project of run.cmake. It needs howdah's headers alone: no library, no server.
cmake_minimum_required(VERSION 3.25)
project(embedding LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)

include(${HOWDAH}/cmake/howdah_embed_migrations.cmake)
add_executable(show main.cpp)
target_include_directories(show PRIVATE ${HOWDAH}/include)
howdah_embed_migrations(show NAMESPACE shop::schema DIRECTORY migrations)
