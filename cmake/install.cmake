# SPDX-License-Identifier: BSL-1.0
#
# What `cmake --install` puts in place: headers, libraries, the package files for find_package() and pkg-config.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(howdah_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/howdah)
set(howdah_installed_targets howdah)
if(TARGET howdah_testing)
  list(APPEND howdah_installed_targets howdah_testing)
endif()
if(TARGET howdah_cli)
  list(APPEND howdah_installed_targets howdah_cli howdah_command)
endif()

install(TARGETS ${howdah_installed_targets} EXPORT howdahTargets ARCHIVE RUNTIME FILE_SET HEADERS)
install(EXPORT howdahTargets NAMESPACE howdah:: DESTINATION ${howdah_package_dir})

if(TARGET howdah_command)
  set(howdah_written_place ${PROJECT_BINARY_DIR}/tools/howdah/written)
  install(FILES ${howdah_written_place}/howdah.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${howdah_written_place}/howdah.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
          RENAME howdah)
  install(FILES ${howdah_written_place}/_howdah DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${howdah_written_place}/howdah.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/howdahConfig.cmake.in ${PROJECT_BINARY_DIR}/howdahConfig.cmake
                              INSTALL_DESTINATION ${howdah_package_dir})
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/howdahConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/howdahConfig.cmake ${PROJECT_BINARY_DIR}/howdahConfigVersion.cmake
        DESTINATION ${howdah_package_dir})

# The helpers that a program's own CMakeLists.txt calls, with the templates and scripts that they use.
file(GLOB howdah_helpers CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/howdah_*)
install(FILES ${howdah_helpers} DESTINATION ${howdah_package_dir})

# Relative to where the file lies, so that an installed tree may be moved.
file(RELATIVE_PATH howdah_pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" howdah_pc_to_prefix "${howdah_pc_to_prefix}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/howdah.pc.in ${PROJECT_BINARY_DIR}/howdah.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/howdah.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
