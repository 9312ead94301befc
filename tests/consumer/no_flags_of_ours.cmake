# SPDX-License-Identifier: BSL-1.0
#
# A user's target gets include directories, libraries and C++20 from howdah, and not one flag of ours: program/main.cpp
# looks at what is said here, when everything that comes along by linking is known.
target_compile_definitions(consumer PRIVATE "FLAGS_THAT_CAME_ALONG=\"$<JOIN:$<TARGET_PROPERTY:consumer,COMPILE_OPTIONS>, >\"")
if(CMAKE_CXX_FLAGS MATCHES "-W" OR NOT COMMAND howdah_embed_migrations)
  message(FATAL_ERROR "howdah changed the flags of the whole project, or brought no howdah_embed_migrations()")
endif()
if(TARGET howdah_unit_tests OR TARGET howdah_demo)
  message(FATAL_ERROR "howdah builds its own tests or examples in a user's project")
endif()
